from odoo import fields, models
from odoo.exceptions import UserError


class GrStaffCredentialRevoke(models.TransientModel):
    """Take a verified credential back, with a date and a reason."""

    _name = "gr.staff.credential.revoke"
    _description = "Revoke a Credential"

    credential_id = fields.Many2one("gr.staff.credential", required=True)
    date = fields.Date(
        "Does Not Count From", required=True, default=fields.Date.context_today
    )
    reason = fields.Char(required=True)

    def action_apply(self):
        self.ensure_one()
        self.credential_id.check_access("write")
        if self.date < self.credential_id.issued:
            raise UserError(self.env._("It was issued later. Check the date."))
        self.credential_id._revoke(self.date, self.reason)
        return {"type": "ir.actions.act_window_close"}
