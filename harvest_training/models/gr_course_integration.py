from odoo import fields, models

from ..const import DEFINITION_STATUS


class GrCourseIntegration(models.Model):
    """An eLearning course as a part of a training program."""

    _name = "gr.course.integration"
    _description = "Course Integration between eLearning and Training Suite"
    _inherit = ["gr.guarded.mixin", "mail.thread"]
    _order = "training_program_id, sequence, id"
    _check_company_auto = True

    name = fields.Char("Integration Name", required=True, translate=True)
    sequence = fields.Integer(default=10)
    elearning_course_id = fields.Many2one(
        "slide.channel",
        string="eLearning Course",
        required=True,
        index=True,
        ondelete="restrict",
    )
    training_program_id = fields.Many2one(
        "gr.training.program", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="training_program_id.company_id",
        string="District",
        store=True,
        precompute=True,
        index=True,
    )
    status = fields.Selection(
        DEFINITION_STATUS, required=True, default="active", tracking=True
    )
    auto_enroll_eligible = fields.Boolean(
        "Auto-enroll Eligible Students",
        default=True,
        tracking=True,
        help="Without it an agent reviews each enrollment",
    )
    required = fields.Boolean(
        default=True, help="The program is completed when all required courses are"
    )
    weight = fields.Float(default=1.0, help="How much the course counts in the program")
    completion_threshold = fields.Float(
        "Completion Threshold (%)",
        default=100.0,
        tracking=True,
        help="Overall progress that completes the course",
    )
    prerequisite_ids = fields.Many2many(
        "gr.course.integration",
        "gr_course_integration_prerequisite_rel",
        "course_id",
        "prerequisite_id",
        string="Prerequisites",
        domain="[('training_program_id', '=', training_program_id), ('id', '!=', id)]",
        help="Courses to complete before this one opens",
    )
    sessions_required = fields.Integer(
        help="How many sessions a learner attends; of one topic, one counts"
    )
    weight_elearning = fields.Float(default=1.0)
    weight_sessions = fields.Float(default=1.0)
    weight_homework = fields.Float(default=1.0)
    weight_assessments = fields.Float(default=1.0)
    session_ids = fields.One2many("gr.course.session", "course_integration_id")
    assignment_ids = fields.One2many("gr.homework.assignment", "course_integration_id")
    assessment_ids = fields.One2many(
        "gr.assessment.integration", "course_integration_id"
    )
    tracker_ids = fields.One2many("gr.progress.tracker", "course_integration_id")

    _course_uniq = models.Constraint(
        "UNIQUE (training_program_id, elearning_course_id)",
        "This course is in the program already.",
    )
    _check_threshold = models.Constraint(
        "CHECK (completion_threshold > 0 AND completion_threshold <= 100)",
        "A completion threshold is more than 0 and at most 100 percent.",
    )
    _check_weights = models.Constraint(
        "CHECK (LEAST(weight, weight_elearning, weight_sessions, weight_homework,"
        " weight_assessments) >= 0)",
        "A weight cannot be negative.",
    )
    _check_sessions = models.Constraint(
        "CHECK (sessions_required >= 0)", "A number of sessions cannot be negative."
    )
