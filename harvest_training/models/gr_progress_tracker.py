from odoo import fields, models

from ..const import TRACKER_STATUS


class GrProgressTracker(models.Model):
    """One course of one learner's enrollment: what eLearning and we know together."""

    _name = "gr.progress.tracker"
    _description = "Unified Progress Tracking"
    _inherit = ["gr.student.record.mixin"]
    _order = "enrollment_id, course_integration_id"
    _check_company_auto = True

    enrollment_id = fields.Many2one(
        "gr.training.enrollment", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        related="enrollment_id.student_id", store=True, precompute=True, index=True
    )
    course_integration_id = fields.Many2one(
        "gr.course.integration", required=True, index=True, ondelete="restrict"
    )
    program_id = fields.Many2one(
        related="enrollment_id.program_id", store=True, precompute=True, index=True
    )
    elearning_enrollment_id = fields.Many2one(
        "slide.channel.partner",
        string="eLearning Enrollment",
        index="btree_not_null",
        ondelete="set null",
    )
    elearning_progress = fields.Float("eLearning Progress (%)", aggregator="avg")
    custom_sessions_completed = fields.Integer()
    sessions_required = fields.Integer()
    homework_submissions = fields.Integer(help="Assignments handed in")
    homework_accepted = fields.Integer()
    homework_required = fields.Integer()
    assessments_passed = fields.Integer()
    assessments_required = fields.Integer()
    overall_progress = fields.Float("Overall Progress (%)", aggregator="avg")
    status = fields.Selection(
        TRACKER_STATUS, required=True, default="not_started", index=True
    )
    date_started = fields.Datetime()
    date_completed = fields.Datetime()
    last_activity = fields.Datetime()
    is_locked = fields.Boolean(help="A prerequisite is not completed yet")
    is_frozen = fields.Boolean(help="History: what happens later does not change it")

    _course_uniq = models.Constraint(
        "UNIQUE (enrollment_id, course_integration_id)",
        "This course is tracked already.",
    )
