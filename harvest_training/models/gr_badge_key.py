from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.harvest_crypto.fields import SealedText


class GrBadgeKey(models.Model):
    """A signing key of an issuer: the private half sealed, the public half for ever."""

    _name = "gr.badge.key"
    _description = "Badge Signing Key"
    _order = "id desc"

    issuer_id = fields.Many2one(
        "gr.badge.issuer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="issuer_id.company_id", string="District", store=True, index=True
    )
    name = fields.Char(
        "Fingerprint", required=True, readonly=True, help="RFC 7638, SHA-256"
    )
    public_jwk = fields.Text("Public Key", required=True, readonly=True)
    private_sealed = SealedText(groups=fields.NO_ACCESS, copy=False)
    date_retired = fields.Datetime(
        "Used Until", readonly=True, help="Empty: new certificates are signed with it"
    )

    _active_uniq = models.UniqueIndex(
        "(issuer_id) WHERE date_retired IS NULL", "One key signs at a time."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Certificates signed with this key need it to be verified.")
        )
