from odoo import fields, models


class GrCertificateRevoke(models.TransientModel):
    """Take certificates back, with the reason."""

    _name = "gr.certificate.revoke"
    _description = "Revoke a Certificate"

    certificate_ids = fields.Many2many(
        "gr.certificate", required=True, string="Certificates"
    )
    reason = fields.Text(required=True)
    issue_again = fields.Boolean(
        help="For example when the name was misspelled and has been corrected"
    )

    def action_revoke(self):
        self.ensure_one()
        self.certificate_ids._revoke(self.reason)
        if self.issue_again:
            for certificate in self.certificate_ids:
                certificate.action_issue_again()
        return {"type": "ir.actions.act_window_close"}
