from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.harvest_base.exceptions import HarvestError


class GrHomeworkScore(models.Model):
    """Points for one criterion of one attempt; part of the decision, so it stays."""

    _name = "gr.homework.score"
    _description = "Homework Score"
    _inherit = ["gr.student.record.mixin"]
    _order = "attempt_id, sequence, id"
    _fixed = frozenset({"company_id", "attempt_id", "criterion_id"})

    attempt_id = fields.Many2one(
        "gr.homework.attempt", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        related="attempt_id.student_id", store=True, precompute=True, index=True
    )
    criterion_id = fields.Many2one(
        "gr.homework.criterion", required=True, index=True, ondelete="restrict"
    )
    name = fields.Char(help="The criterion as it was called")
    sequence = fields.Integer()
    most = fields.Float("Most Points", help="As it was when this was handed in")
    points = fields.Float()
    is_scored = fields.Boolean(help="Points were given, if only 0")
    comment = fields.Char()

    _criterion_uniq = models.Constraint(
        "UNIQUE (attempt_id, criterion_id)", "This criterion is scored already."
    )

    @api.constrains("points", "most")
    def _check_points(self):
        for score in self:
            if not 0 <= score.points <= score.most:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is worth 0 to %(most)s points.",
                        name=score.name,
                        most=score.most,
                    )
                )

    def write(self, vals):
        for score in self:
            if score.attempt_id.state != "submitted":
                raise HarvestError(
                    self.env._("The homework is decided: its points are history.")
                )
        if "points" in vals and "is_scored" not in vals:
            vals = {**vals, "is_scored": True}
        return super().write(vals)
