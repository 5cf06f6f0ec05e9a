from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import DEFINITION_STATUS, LEARNING_STATUS

# What a learner's progress depends on.
DEFINITION = {
    "status",
    "required",
    "weight",
    "completion_threshold",
    "prerequisite_ids",
    "sessions_required",
    "weight_elearning",
    "weight_sessions",
    "weight_homework",
    "weight_assessments",
}


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
        default=0,
        help="How many sessions a learner attends; of one topic, one counts",
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

    enrolled_students = fields.Integer(compute="_compute_statistics")
    completed_students = fields.Integer(compute="_compute_statistics")
    average_progress = fields.Float(compute="_compute_statistics")

    @api.depends("tracker_ids.status", "tracker_ids.overall_progress")
    def _compute_statistics(self):
        enrolled, completed, progress = {}, {}, {}
        Tracker = self.env["gr.progress.tracker"]
        if Tracker.has_access("read"):
            mine = [("course_integration_id", "in", self.ids)]
            done = [*mine, ("status", "in", ("completed", "certified"))]
            for course, count, mean in Tracker._read_group(
                mine, ["course_integration_id"], ["__count", "overall_progress:avg"]
            ):
                enrolled[course.id], progress[course.id] = count, mean
            for course, count in Tracker._read_group(
                done, ["course_integration_id"], ["__count"]
            ):
                completed[course.id] = count
        for course in self:
            course.enrolled_students = enrolled.get(course.id, 0)
            course.completed_students = completed.get(course.id, 0)
            course.average_progress = progress.get(course.id, 0.0)

    @api.onchange("elearning_course_id")
    def _onchange_elearning_course_id(self):
        if not self.name:
            self.name = self.elearning_course_id.name

    @api.constrains("prerequisite_ids", "training_program_id")
    def _check_prerequisites(self):
        for course in self:
            if course.prerequisite_ids.training_program_id - course.training_program_id:
                raise ValidationError(
                    self.env._("A prerequisite is a course of the same program.")
                )
            if course._has_cycle("prerequisite_ids"):
                raise ValidationError(
                    self.env._("“%s” would have to be completed first.", course.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        courses = super().create(vals_list)
        # sudo: who is in a program gets its new course, too
        enrollments = courses.training_program_id.enrollment_ids.sudo()
        enrollments.filtered(
            lambda line: line.status in LEARNING_STATUS
        )._ensure_trackers()
        return courses

    def write(self, vals):
        if {"elearning_course_id", "training_program_id"} & vals.keys():
            self._refuse_move(vals)
        result = super().write(vals)
        if DEFINITION & vals.keys():
            # sudo: a definition counts for all learners, seen or not
            self.sudo()._refresh_trackers()
        return result

    def _refuse_move(self, vals):
        for course in self.sudo().filtered("tracker_ids"):  # sudo: all learners count
            for name in ("elearning_course_id", "training_program_id"):
                if name in vals and course[name].id != vals[name]:
                    raise UserError(
                        self.env._(
                            "“%s” has learners. Archive it and add another course, so"
                            " that what they did stays true.",
                            course.name,
                        )
                    )

    def _refresh_trackers(self):
        live = self.tracker_ids.filtered(lambda tracker: not tracker.is_frozen)
        live._derive()
        # A weight or "required" changes the program without changing a tracker.
        live.enrollment_id._refresh()
        self.training_program_id.enrollment_ids.filtered(
            lambda line: line.status in LEARNING_STATUS
        )._ensure_trackers()

    def _get_open_prerequisites(self):
        """The prerequisites that still count: an archived course closes no way."""
        self.ensure_one()
        return self.prerequisite_ids.filtered(lambda course: course.status == "active")

    def action_view_trackers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_training.gr_progress_tracker_action"
        )
        return action | {"domain": [("course_integration_id", "=", self.id)]}
