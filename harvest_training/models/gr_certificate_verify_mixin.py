from odoo import api, fields, models

from ..certificate_text import read_code, same_name


class GrCertificateVerifyMixin(models.AbstractModel):
    """What the public may ask about a certificate that somebody showed."""

    _name = "gr.certificate.verify.mixin"
    _description = "Certificate Verification"

    code = fields.Char("Verification Code", required=True, readonly=True, copy=False)
    verify_url = fields.Char("Verify at", compute="_compute_verify_url")

    @api.depends("code", "issuer_id.base_url")
    def _compute_verify_url(self):
        for certificate in self:
            # sudo: the address is printed on the certificate
            base_url = certificate.issuer_id.sudo().base_url
            certificate.verify_url = f"{base_url}/verify/{certificate.code}"

    @api.model
    def _find_by_code(self, text):
        """Return the certificate with this code (sudoed), or an empty one."""
        # sudo: whoever holds the code, which nobody can guess, was shown the paper
        code = read_code(text)
        return self.sudo().search([("code", "=", code)], limit=1)

    def _get_status(self):
        """Return ``valid``, ``expired`` or ``revoked``: as of today, there."""
        self.ensure_one()
        here = self.with_context(tz=self.company_id.partner_id.tz or "UTC")
        today = fields.Date.context_today(here)
        if self.state == "valid" and self.expires_on and self.expires_on < today:
            return "expired"
        return self.state

    def _is_held_by(self, name):
        """Whether this is the name on it; the name itself is not told."""
        self.ensure_one()
        return same_name(self.holder_name, name or "")

    def action_verify(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.verify_url, "target": "new"}
