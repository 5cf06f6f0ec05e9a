from odoo import fields, models
from odoo.exceptions import UserError


class GrRetentionHold(models.Model):
    """Nothing of this student may be destroyed: litigation, an audit, an inquiry."""

    _name = "gr.retention.hold"
    _description = "Hold on Destruction"
    _inherit = ["gr.student.record.mixin", "mail.thread"]
    _order = "date_start desc, id desc"
    _rec_name = "reason"
    _check_company_auto = True
    _fixed = frozenset({"student_id", "company_id"})
    # About the record, not of it.
    _gr_not_of_record = True

    reason = fields.Char(required=True, tracking=True, help="Who asked, and for what")
    document = fields.Binary(attachment=True)
    document_name = fields.Char()
    date_start = fields.Date(required=True, default=fields.Date.context_today)
    date_end = fields.Date("Lifted on", tracking=True, readonly=True, copy=False)
    lifted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    _guarded = frozenset({"date_end", "lifted_by_id"})

    def action_lift(self):
        for hold in self:
            if hold.date_end:
                raise UserError(self.env._("This hold was lifted already."))
            hold.check_access("write")
            # sudo: guarded fields, after the check
            hold.sudo().write(
                {
                    "date_end": fields.Date.context_today(self),
                    "lifted_by_id": self.env.uid,
                }
            )
