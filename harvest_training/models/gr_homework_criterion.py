from odoo import fields, models


class GrHomeworkCriterion(models.Model):
    """One line of a rubric: what is looked at, and how many points it is worth."""

    _name = "gr.homework.criterion"
    _description = "Homework Criterion"
    _inherit = ["gr.guarded.mixin"]
    _order = "assignment_id, sequence, id"
    _fixed = frozenset({"assignment_id"})

    assignment_id = fields.Many2one(
        "gr.homework.assignment", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="assignment_id.company_id", store=True, precompute=True, index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Criterion", required=True, translate=True)
    description = fields.Text(translate=True, help="What full points look like")
    points = fields.Float("Most Points", required=True, default=10.0)

    _check_points = models.Constraint(
        "CHECK (points > 0)", "A criterion is worth some points."
    )
