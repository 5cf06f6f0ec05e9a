from odoo import fields, models


class GrTrainingDecide(models.TransientModel):
    """Refuse or withdraw learners, with the reason they are told."""

    _name = "gr.training.decide"
    _description = "Refuse or Withdraw"

    enrollment_ids = fields.Many2many(
        "gr.training.enrollment",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    decision = fields.Selection(
        [("refuse", "Refuse"), ("withdraw", "Withdraw")], required=True
    )
    reason = fields.Text(required=True)

    def action_apply(self):
        self.ensure_one()
        if self.decision == "refuse":
            self.enrollment_ids._refuse(self.reason)
        else:
            self.enrollment_ids._withdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}
