from odoo import fields, models

from ..const import PURPOSES


class GrAccessHistoryLine(models.TransientModel):
    """One day, one person, one kind of record."""

    _name = "gr.access.history.line"
    _description = "Line of Who Saw a Student's Record"

    history_id = fields.Many2one(
        "gr.access.history", required=True, index=True, ondelete="cascade"
    )
    day = fields.Date(readonly=True)
    user_id = fields.Many2one("res.users", "Who", readonly=True)
    role = fields.Char(readonly=True)
    organization = fields.Char(readonly=True)
    action = fields.Char("What", readonly=True)
    kind = fields.Char("Kind of Record", readonly=True)
    facts = fields.Char(readonly=True)
    purpose = fields.Selection(PURPOSES, "By Way Of", readonly=True)
    times = fields.Integer("Requests", readonly=True)

    def action_explain(self):
        """Why this user may see this student."""
        self.ensure_one()
        action = self.history_id.student_id.action_explain_access()
        action["context"]["default_user_id"] = self.user_id.id
        return action
