import logging
from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import CERTIFICATE_WARN_DAYS
from ..exceptions import IdentityRefused
from ..saml import messages
from ..saml.keys import look_at
from ..saml.names import PERSISTENT
from ..saml.profiles import profiles
from ..saml.toolkit import settings_for
from ..saml.verify import inspect, verify
from .gr_identity_provider_mixin import STATE_FIELDS
from .gr_saml_trust_mixin import TRUST_FIELDS

_logger = logging.getLogger(__name__)


class GrSamlProvider(models.Model):
    """A district's identity provider that speaks SAML 2.0."""

    _name = "gr.saml.provider"
    _description = "SAML Provider"
    _inherit = [
        "gr.saml.trust.mixin",
        "gr.saml.library.mixin",
        "gr.saml.words.mixin",
        "gr.identity.provider.mixin",
    ]
    _guarded = STATE_FIELDS | TRUST_FIELDS

    mapping_ids = fields.One2many("gr.identity.mapping", "saml_provider_id")
    identity_ids = fields.One2many("gr.identity", "saml_provider_id")
    identity_count = fields.Integer("Accounts", compute="_compute_identity_count")
    profile = fields.Selection(default="generic")
    subject_attribute = fields.Char(
        "Attribute with the Key",
        tracking=True,
        help="An attribute that never changes and is never given to somebody else, such"
        " as the object ID. Empty: the persistent NameID. Never an e-mail address.",
    )
    email_attribute = fields.Char("Attribute with the E-mail", tracking=True)
    name_attribute = fields.Char("Attribute with the Name", tracking=True)
    signed = fields.Selection(
        [
            ("any", "Response or assertion"),
            ("assertion", "Assertion"),
            ("response", "Response"),
            ("both", "Both"),
        ],
        "What Must Be Signed",
        required=True,
        default="any",
        tracking=True,
    )
    force_authn = fields.Boolean(
        "Always Ask for the Password",
        tracking=True,
        help="For shared computers: their system asks although it knows the browser",
    )
    allow_unsolicited = fields.Boolean(
        "Sign-in May Begin There",
        tracking=True,
        help="From a tile of their portal. Off is safer: then nobody can be signed in"
        " to a stranger's account by a link.",
    )

    @api.model
    def _get_profiles(self):
        known = [(profile.code, profile.name) for profile in profiles().values()]
        return self._translate_generic(known)

    @api.model
    def _get_certainty(self, profile):
        return profiles()[profile].certainty

    @api.onchange("profile")
    def _onchange_profile(self):
        known = profiles().get(self.profile)
        if known:
            self.subject_attribute = known.subject_attribute
            self.email_attribute = known.email_attribute
            self.name_attribute = known.name_attribute

    def _compute_identity_count(self):
        groups = self.env["gr.identity"]._read_group(
            [("saml_provider_id", "in", self.ids)], ["saml_provider_id"], ["__count"]
        )
        counts = {provider.id: count for provider, count in groups}
        for provider in self:
            provider.identity_count = counts.get(provider.id, 0)

    @api.constrains("subject_attribute", "email_attribute")
    def _check_subject_attribute(self):
        for provider in self:
            name = provider.subject_attribute
            if name and name == provider.email_attribute:
                raise ValidationError(
                    self.env._(
                        "An e-mail address is given to somebody else when a person"
                        " leaves. Choose an attribute that never changes."
                    )
                )

    def write(self, vals):
        if "subject_attribute" in vals and any(
            provider.identity_count
            and (provider.subject_attribute or "") != (vals["subject_attribute"] or "")
            for provider in self
        ):
            raise UserError(
                self.env._(
                    "Accounts are linked by the present attribute. Delete the linked"
                    " accounts first; they are linked anew at the next sign-in."
                )
            )
        return super().write(vals)

    # SIGN-IN

    def _get_start_path(self):
        return f"/auth/saml/{self.id}/start"

    def _prepare_request(self, row):
        """Return where to send the browser, for a request that was opened.

        The request's ``ID`` is sealed with the row; their answer must name it.
        """
        self.ensure_one()
        settings = settings_for(
            self._get_expected(), self.sso_url, self.slo_url or "", self.slo_path_url
        )
        where, request_id = messages.ask(settings, row.key, self.force_authn)
        row._keep({"request_id": request_id})
        return where

    def _verify(self, text, request_id):
        """Return subject, claims and what was proved; a message counts once.

        :raise IdentityRefused: the first check that fails
        """
        verified = verify(text, self._get_expected(request_id))
        self._claim_message(verified)
        return (*self._read_claims(verified), verified)

    def _claim_message(self, verified):
        until = verified.expires.astimezone(UTC).replace(tzinfo=None)
        key = f"{self.entity_id}|{verified.assertion_id}"
        self.env["gr.identity.replay"]._claim(key, until)

    def _read_claims(self, verified):
        claims = {name: list(values) for name, values in verified.attributes.items()}
        for name, attribute in (
            ("email", self.email_attribute),
            ("name", self.name_attribute),
        ):
            claims[name] = verified.attributes.get(attribute or name, [])
        return self._read_subject(verified), claims

    def _read_subject(self, verified):
        if self.subject_attribute:
            values = set(verified.attributes.get(self.subject_attribute, ()))
            if len(values) != 1:
                raise IdentityRefused("subject_attribute", self.subject_attribute)
            return values.pop()
        if verified.name_id_format != PERSISTENT:
            raise IdentityRefused("subject_format", verified.name_id_format)
        return verified.name_id

    def _get_logout_address(self, session):
        kept = session._get_kept()
        if self.state != "enabled" or not self.slo_url or not kept:
            return None
        if self.library_problem:  # the session here ends all the same
            return None
        settings = settings_for(
            self._get_expected(), self.sso_url, self.slo_url, self.slo_path_url
        )
        return messages.ask_to_end(
            settings, kept["name_id"], kept["format"], kept["index"]
        )

    # TEST

    def action_test(self):
        self.ensure_one()
        self.check_access("write")
        if not self.entity_id:
            raise UserError(self.env._("Read their metadata first."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/auth/saml/{self.id}/test",
            "target": "self",
        }

    def _run_test(self, text, request_id):
        """Make every check, sign nobody in, and keep what came of it."""
        lines, verified = inspect(text, self._get_expected(request_id))
        report = []
        for line in lines:
            if line.passed:
                report.append([line.code, True, ""])
            else:
                report += self._tell_failure(line.code, line.reason, line.detail)
        self.test_claims = verified and verified.attributes
        self._note_test(report + (self._test_identity(verified) if verified else []))

    def _tell_failure(self, code, reason, detail):
        """Return the check that failed, and what to do about the reason."""
        lines = [[code, False, f"{reason}: {detail}" if detail else reason]]
        return [*lines, [reason, False, ""]] if reason in self._get_advice() else lines

    def _test_identity(self, verified):
        try:
            self._claim_message(verified)
            _subject, claims = self._read_claims(verified)
        except IdentityRefused as error:
            return self._tell_failure("key", error.code, error.detail)
        return [["key", True, ""], self._show_decision(claims)]

    # THEIR KEYS

    @api.model
    def _cron_refresh_metadata(self):
        """Read metadata anew, and tell of keys that will end."""
        providers = self.search([("state", "!=", "draft")])
        self.env["ir.cron"]._commit_progress(remaining=len(providers))
        for provider in providers:
            try:
                provider._refresh_metadata()
                provider._check_certificates()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Metadata of gr.saml.provider %s", provider.id)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _check_certificates(self):
        """Alarm when the last of their keys ends soon."""
        ends = [look_at(text)[1] for text in self.certificates or []]
        soon = fields.Datetime.now() + timedelta(days=CERTIFICATE_WARN_DAYS)
        if ends and max(ends).replace(tzinfo=None) < soon:
            self._alarm(
                self.env._(
                    "The signing certificate of %(name)s ends on %(date)s. Ask the"
                    " district for the next one before nobody can sign in.",
                    name=self.name,
                    date=max(ends).date(),
                )
            )
