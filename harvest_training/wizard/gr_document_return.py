from odoo import fields, models


class GrDocumentReturn(models.TransientModel):
    """Send a document back, with the reason that the learner reads."""

    _name = "gr.document.return"
    _description = "Send a Document Back"

    request_id = fields.Many2one("gr.document.request", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_send_back(self):
        self.ensure_one()
        self.request_id._send_back(self.reason)
        return {"type": "ir.actions.act_window_close"}
