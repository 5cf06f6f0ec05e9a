from odoo import api, fields, models

# What learners' progress depends on.
DEFINITION = {"active", "required"}


class GrCoursePartMixin(models.AbstractModel):
    """What a course asks for: when that changes, its learners' progress does."""

    _name = "gr.course.part.mixin"
    _description = "Part of a Course"
    _inherit = ["gr.guarded.mixin", "mail.thread"]

    _fixed = frozenset({"company_id", "course_integration_id"})

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    course_integration_id = fields.Many2one(
        "gr.course.integration",
        string="Course",
        required=True,
        index=True,
        ondelete="restrict",
    )
    program_id = fields.Many2one(
        related="course_integration_id.training_program_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="course_integration_id.company_id",
        string="District",
        store=True,
        precompute=True,
        index=True,
    )
    active = fields.Boolean(default=True)
    required = fields.Boolean(
        default=True, tracking=True, help="Counts for the course's completion"
    )

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._refresh_courses()
        return parts

    def write(self, vals):
        result = super().write(vals)
        if DEFINITION & vals.keys():
            self._refresh_courses()
        return result

    def unlink(self):
        courses = self.course_integration_id
        result = super().unlink()
        courses.sudo()._refresh_trackers()  # sudo: counts for all learners
        return result

    def _refresh_courses(self):
        # sudo: a definition counts for all learners, seen or not
        self.course_integration_id.sudo()._refresh_trackers()
