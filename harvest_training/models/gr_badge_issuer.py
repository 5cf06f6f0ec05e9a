import json
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.harvest_crypto.exceptions import SealError

from ..badges import credential, keys, signing, status

LIST_DAYS = 1  # how long a copy of the list of revoked certificates counts


class GrBadgeIssuer(models.Model):
    """A district as issuer of digital badges: its public address, and its keys.

    The address is written into every credential, so it stays as it was when the first
    one was issued, whatever the server is called later.
    """

    _name = "gr.badge.issuer"
    _description = "Badge Issuer"
    _inherit = ["gr.guarded.mixin"]
    _rec_name = "company_id"
    _check_company_auto = True
    _guarded = frozenset({"uuid", "key_ids"})

    company_id = fields.Many2one(
        "res.company", "District", required=True, index=True, ondelete="restrict"
    )
    uuid = fields.Char(
        "Public Id",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: str(uuid.uuid4()),
    )
    base_url = fields.Char(
        "Web Address",
        required=True,
        help="Where certificates are verified; written into every certificate",
    )
    key_ids = fields.One2many("gr.badge.key", "issuer_id", "Signing Keys")
    certificate_count = fields.Integer(compute="_compute_certificate_count")
    profile_url = fields.Char("Public Profile", compute="_compute_profile_url")

    _company_uniq = models.UniqueIndex(
        "(company_id)", "This district is an issuer already."
    )
    _uuid_uniq = models.UniqueIndex("(uuid)", "This issuer exists already.")

    def _compute_certificate_count(self):
        counts = dict(
            self.env["gr.certificate"]
            .sudo()  # sudo: only how many
            ._read_group([("issuer_id", "in", self.ids)], ["issuer_id"], ["__count"])
        )
        for issuer in self:
            issuer.certificate_count = counts.get(issuer, 0)

    @api.depends("base_url", "uuid")
    def _compute_profile_url(self):
        for issuer in self:
            issuer.profile_url = issuer._get_url()

    def write(self, vals):
        if "base_url" in vals and any(issuer.certificate_count for issuer in self):
            raise UserError(
                self.env._(
                    "The web address is written into certificates that were issued."
                    " Keep it working, for example by a redirection."
                )
            )
        return super().write(vals)

    @api.model
    def _get(self, company):
        """Return the issuer of a district (sudoed); made when it issues first."""
        issuers = self.sudo()  # sudo: whoever issues; nothing of it is secret but keys
        return issuers.search([("company_id", "=", company.id)]) or issuers.create(
            {
                "company_id": company.id,
                "base_url": company.get_base_url().rstrip("/"),
            }
        )

    @api.model
    def _find(self, public_id):
        """Return the issuer with this public id (sudoed), or an empty one."""
        # sudo: anybody may read who issues and with which public keys
        if "\0" in public_id:  # PostgreSQL has no such sign
            return self.browse()
        return self.sudo().search([("uuid", "=", public_id)], limit=1)

    # Keys

    def _get_key(self):
        """Return the key to sign with; made when it is needed first."""
        self.ensure_one()
        active = self.key_ids.filtered(lambda key: not key.date_retired)
        return active or self._make_key()

    def _make_key(self):
        self.ensure_one()
        private = keys.generate()
        jwk = keys.public_jwk(keys.load(private))
        return self.env["gr.badge.key"].create(
            {
                "issuer_id": self.id,
                "name": keys.thumbprint(jwk),
                "public_jwk": json.dumps(jwk),
                "private_sealed": private,
            }
        )

    def action_rotate(self):
        """Sign with a new key from now on; the old ones stay published."""
        self.ensure_one()
        if not self.env.user.has_group("harvest_base.group_harvest_admin"):
            raise AccessError(self.env._("Only administrators change signing keys."))
        self.check_access("write")
        issuer_sudo = self.sudo()  # sudo: keys are the system's; checked above
        active = issuer_sudo.key_ids.filtered(lambda key: not key.date_retired)
        active.date_retired = fields.Datetime.now()
        active.flush_recordset()  # one key signs at a time
        issuer_sudo._make_key()
        return True

    def _sign(self, document):
        """Return a credential as a compact JWS.

        :raise UserError: the key cannot be opened on this server
        """
        key = self._get_key()
        try:
            private = key.private_sealed
        except SealError:
            private = False
        if not private:
            raise UserError(
                self.env._(
                    "The signing key of %(district)s cannot be opened on this server."
                    " Bring back the key file of the backup, or make a new signing key"
                    " under Training / Certificates / Badge Issuers.",
                    district=self.company_id.name,
                )
            )
        return signing.sign(document, private)

    # What is published

    def _get_url(self, *parts):
        self.ensure_one()
        path = ("harvest", "badges", "issuers", self.uuid or "", *map(str, parts))
        return "/".join((self.base_url or "", *path))

    def _describe(self):
        """Return the issuer as the badges' engine knows it."""
        self.ensure_one()
        company = self.company_id
        return credential.Issuer(
            self._get_url(),
            company.name,
            company.website or self.base_url,
            company.email or "",
        )

    def _get_profile(self):
        return {
            "@context": list(credential.CONTEXTS),
            **credential.profile(self._describe()),
        }

    def _get_key_set(self):
        """Return all public keys there ever were: old certificates stay verifiable."""
        return keys.key_set([json.loads(key.public_jwk) for key in self.key_ids])

    def _get_status_list(self, number):
        """Return one list of revoked certificates, signed, good for a day."""
        now = fields.Datetime.now()
        first = number * status.LIST_BITS
        revoked = (
            self.env["gr.certificate"]
            .sudo()  # sudo: only positions in the list
            ._search(
                [
                    ("issuer_id", "=", self.id),
                    ("state", "=", "revoked"),
                    ("id", ">=", first),
                    ("id", "<", first + status.LIST_BITS),
                ]
            )
        )
        return self._sign(
            status.build_list(
                self._get_url(),
                self._get_url("status", number),
                [record_id - first for record_id in revoked],
                credential.aware(now),
                credential.aware(now + timedelta(days=LIST_DAYS)),
            )
        )
