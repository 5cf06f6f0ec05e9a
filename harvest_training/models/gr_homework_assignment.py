from odoo import fields, models


class GrHomeworkAssignment(models.Model):
    """Homework of a course: what to hand in, by when, how it is judged."""

    _name = "gr.homework.assignment"
    _description = "Homework Assignment"
    _inherit = ["gr.guarded.mixin", "mail.thread"]
    _order = "course_integration_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    course_integration_id = fields.Many2one(
        "gr.course.integration", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="course_integration_id.company_id",
        string="District",
        store=True,
        precompute=True,
        index=True,
    )
    active = fields.Boolean(default=True)
    required = fields.Boolean(default=True)
    attempt_ids = fields.One2many("gr.homework.attempt", "assignment_id")
