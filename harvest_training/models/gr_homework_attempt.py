from odoo import fields, models


class GrHomeworkAttempt(models.Model):
    """What a learner handed in for an assignment, and what became of it."""

    _name = "gr.homework.attempt"
    _description = "Homework Attempt"
    _inherit = ["gr.student.record.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "assignment_id, tracker_id, number desc"

    assignment_id = fields.Many2one(
        "gr.homework.assignment", required=True, index=True, ondelete="restrict"
    )
    tracker_id = fields.Many2one(
        "gr.progress.tracker", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        related="tracker_id.student_id", store=True, precompute=True, index=True
    )
    number = fields.Integer("Attempt", default=1)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "To Review"),
            ("returned", "Returned"),
            ("accepted", "Accepted"),
        ],
        required=True,
        default="draft",
        tracking=True,
    )
    submitted_at = fields.Datetime()

    _number_uniq = models.Constraint(
        "UNIQUE (assignment_id, tracker_id, number)", "This attempt exists already."
    )
