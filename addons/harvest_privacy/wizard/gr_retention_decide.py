from odoo import fields, models
from odoo.exceptions import UserError


class GrRetentionDecide(models.TransientModel):
    """Keep records whose time is over, for a while or for a case, and say why."""

    _name = "gr.retention.decide"
    _description = "Records Are Kept Longer"

    review_ids = fields.Many2many("gr.retention.review", required=True)
    decision = fields.Selection(
        [
            ("postpone", "Decide later"),
            (
                "hold",
                "Hold everything of these students: a court, an audit, an inquiry",
            ),
        ],
        required=True,
        default="postpone",
    )
    until = fields.Date()
    reason = fields.Char(
        required=True, help="Who asked, and for what. No health facts."
    )

    def action_decide(self):
        self.ensure_one()
        lines = self.review_ids
        lines._check_decidable()
        if self.decision == "hold":
            for student, own in lines.grouped("student_id").items():
                hold = self.env["gr.retention.hold"].create(
                    {"student_id": student.id, "reason": self.reason}
                )
                own._decide(hold_id=hold.id, reason=self.reason)
        else:
            self._check_until()
            lines._decide(postponed_until=self.until, reason=self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _check_until(self):
        if not self.until or self.until <= fields.Date.context_today(self):
            raise UserError(self.env._("Choose a day after today."))
