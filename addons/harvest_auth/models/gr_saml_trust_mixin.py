import logging
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256

import requests

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.harvest_base.guarded_http import (
    ForbiddenAddress,
    guarded_session,
    parse_hosts,
)
from odoo.addons.harvest_crypto.fields import SealedText

from ..const import METADATA_MAX_BYTES, METADATA_TIMEOUT, TRUSTED_HOSTS_PARAM
from ..exceptions import IdentityRefused
from ..saml import messages, metadata
from ..saml.expected import Expected
from ..saml.keys import look_at, make_pair
from ..saml.toolkit import settings_for

_logger = logging.getLogger(__name__)
TRUST_FIELDS = frozenset(
    {
        "entity_id",
        "sso_url",
        "slo_url",
        "certificates",
        "metadata_date",
        "metadata_problem",
        "sp_key_sealed",
        "sp_certificate",
    }
)


class GrSamlTrustMixin(models.AbstractModel):
    """Two systems that know each other: their metadata and keys, and ours."""

    _name = "gr.saml.trust.mixin"
    _description = "SAML Trust"

    base_url = fields.Char(
        "Address of This System",
        required=True,
        default=lambda self: self._get_base_url(),
        tracking=True,
        help="As people see it. It is part of what their system knows of this one.",
    )
    metadata_url = fields.Char(
        "Address of Their Metadata",
        tracking=True,
        help="It is read again each day, so that their next key is known in time.",
    )
    metadata_xml = fields.Text("Their Metadata", copy=False)
    metadata_pins = fields.Char(
        "Keys That Sign Metadata",
        tracking=True,
        help="SHA-256 fingerprints, with commas, of certificates that sign their"
        " metadata, if these are others than those that sign sign-ins.",
    )
    metadata_date = fields.Datetime("Metadata Read on", readonly=True, copy=False)
    metadata_problem = fields.Char("Metadata Not Taken", readonly=True, copy=False)
    entity_id = fields.Char("Their Entity ID", readonly=True, copy=False, tracking=True)
    sso_url = fields.Char("Sign-in Address", readonly=True, copy=False, tracking=True)
    slo_url = fields.Char("Log-out Address", readonly=True, copy=False, tracking=True)
    certificates = fields.Json(readonly=True, copy=False)
    certificate_summary = fields.Text(
        "Their Keys", compute="_compute_certificate_summary"
    )
    sp_key_sealed = SealedText(groups=fields.NO_ACCESS, copy=False, place="sp_key")
    sp_certificate = fields.Text("Our Certificate", readonly=True, copy=False)
    sp_entity_id = fields.Char("Our Entity ID", compute="_compute_addresses")
    acs_url = fields.Char("Our Address for Answers", compute="_compute_addresses")
    slo_path_url = fields.Char("Our Log-out Address", compute="_compute_addresses")

    @api.model
    def _get_base_url(self):
        # sudo: the system's own address is no secret
        return self.env["ir.config_parameter"].sudo().get_param("web.base.url", "")

    @api.depends("base_url")
    def _compute_addresses(self):
        for provider in self:
            base = f"{(provider.base_url or '').rstrip('/')}/auth/saml/{provider.id}"
            provider.sp_entity_id = provider.id and f"{base}/metadata"
            provider.acs_url = provider.id and f"{base}/acs"
            provider.slo_path_url = provider.id and f"{base}/slo"

    @api.depends("certificates")
    def _compute_certificate_summary(self):
        for provider in self:
            lines = []
            for text in provider.certificates or []:
                digest, until = look_at(text)
                pairs = (digest[at : at + 2] for at in range(0, len(digest), 2))
                lines.append(
                    self.env._(
                        "SHA-256 %(digest)s, until %(date)s",
                        digest=":".join(pairs).upper(),
                        date=until.date(),
                    )
                )
            provider.certificate_summary = "\n".join(lines)

    # OURS

    def _ensure_keys(self):
        """Make our key pair once; the private half is sealed."""
        self.ensure_one()
        mine = self.sudo()  # guarded: nobody's to write by hand
        if mine.sp_certificate:
            return
        # Two pages may need it at once: the second waits, and is tried again by Odoo.
        self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id = %s FOR UPDATE",
                SQL.identifier(self._table),
                self.id,
            )
        )
        if not mine.sp_certificate:
            key, certificate = make_pair(self._name, datetime.now(UTC))
            mine.sp_key_sealed = key
            mine.sp_certificate = certificate

    def _get_expected(self, request_id=None):
        """Return what their messages are measured by, now.

        :raise IdentityRefused: ``not_set_up`` | ``library_unsafe``
        """
        self.ensure_one()
        self._check_library()
        if not self.entity_id or not self.certificates:
            raise IdentityRefused("not_set_up")
        return self._make_expected(self.entity_id, self.certificates, request_id)

    def _make_expected(self, entity_id, certificates, request_id=None):
        self._ensure_keys()
        mine = self.sudo()  # the sealed key is for this method only
        return Expected(
            sp_entity_id=self.sp_entity_id,
            acs_url=self.acs_url,
            idp_entity_id=entity_id,
            certificates=tuple(certificates),
            request_id=request_id,
            signed=self.signed,
            sp_key=mine.sp_key_sealed,
            sp_certificate=self.sp_certificate,
            now=datetime.now(UTC),
        )

    def _get_our_metadata(self):
        """Return our metadata, signed; what their administrator needs."""
        self._ensure_keys()
        own = "".join(self.sp_certificate.splitlines()[1:-1])
        expected = self._make_expected(self.entity_id or self.sp_entity_id, [own])
        return messages.our_metadata(
            settings_for(expected, our_slo_url=self.slo_path_url)
        )

    # THEIRS

    def action_read_metadata(self):
        """Read what was pasted or what the address holds; a person trusts it."""
        self.ensure_one()
        self.check_access("write")
        mine = self.sudo()  # guarded; who may write decides whom to trust
        try:
            xml = mine._fetch() if self.metadata_url else self._get_pasted()
            mine._take(xml, metadata.read(xml, datetime.now(UTC), self._get_trusted()))
        except IdentityRefused as error:
            raise UserError(self._explain_metadata(error)) from error
        mine._ensure_keys()

    def _get_pasted(self):
        if not (self.metadata_xml or "").strip():
            raise IdentityRefused("metadata_empty")
        return self.metadata_xml.strip().encode()

    def _take(self, xml, found):
        """Trust what the metadata says; another system has to be tested anew."""
        if found.entity_id != self.entity_id:
            self.state = "draft"
        self.write(
            {
                "entity_id": found.entity_id,
                "sso_url": found.sso_url,
                "slo_url": found.slo_url,
                "certificates": list(found.certificates),
                "metadata_xml": xml.decode(),
                "metadata_date": fields.Datetime.now(),
                "metadata_problem": False,
            }
        )
        digest = sha256(xml).hexdigest()
        self._audit("provider_changed", detail={"metadata_sha256": digest})

    def _refresh_metadata(self):
        """Take what changed if a key that is trusted signed it; tell otherwise."""
        if not self.metadata_url:
            return
        try:
            xml = self._fetch()
            found = metadata.read(xml, datetime.now(UTC), self._get_trusted())
            self._check_change(xml, found)
        except IdentityRefused as error:
            self.metadata_problem = error.code
            self._alarm(
                self.env._(
                    "The metadata of %(name)s was not taken: %(reason)s",
                    name=self.name,
                    reason=self._explain_metadata(error),
                )
            )
            return
        self._take(xml, found)

    def _check_change(self, xml, found):
        """:raise IdentityRefused: ``metadata_entity`` | ``metadata_untrusted`` |
        ``library_unsafe``
        """
        self._check_library()
        if found.entity_id != self.entity_id:
            raise IdentityRefused("metadata_entity")
        known = (self.sso_url, self.slo_url or "", set(self.certificates))
        is_same = (found.sso_url, found.slo_url, set(found.certificates)) == known
        pins = metadata.pinned(xml, self.metadata_pins or "")
        if not is_same and not metadata.is_signed_by(xml, (*self.certificates, *pins)):
            raise IdentityRefused("metadata_untrusted")

    def _get_trusted(self):
        # sudo: set by the server's administrator
        parameters = self.env["ir.config_parameter"].sudo()
        return parse_hosts(parameters.get_param(TRUSTED_HOSTS_PARAM, ""))

    def _fetch(self):
        """:raise IdentityRefused: ``metadata_address`` | ``metadata_unreachable``"""
        trusted = self._get_trusted()
        metadata.safe_address(self.metadata_url, trusted)
        try:
            with (
                guarded_session(trusted, METADATA_TIMEOUT) as session,
                closing(
                    session.get(self.metadata_url, stream=True, allow_redirects=False)
                ) as answer,
            ):
                body = answer.raw.read(METADATA_MAX_BYTES + 1, decode_content=True)
        except (requests.RequestException, ForbiddenAddress, OSError) as error:
            raise IdentityRefused("metadata_unreachable") from error
        if answer.status_code != requests.codes.ok:
            raise IdentityRefused("metadata_unreachable", f"HTTP {answer.status_code}")
        if len(body) > METADATA_MAX_BYTES:
            raise IdentityRefused("too_large")
        return body
