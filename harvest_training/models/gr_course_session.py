from odoo import fields, models


class GrCourseSession(models.Model):
    """A meeting of a course: a trainer, a time, a place or a link."""

    _name = "gr.course.session"
    _description = "Course Session"
    _inherit = ["gr.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    topic = fields.Char(
        help="Sessions of one topic stand for each other: a learner attends one of them"
    )
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
    date_start = fields.Datetime(required=True, tracking=True)
    date_end = fields.Datetime(required=True, tracking=True)
    capacity = fields.Integer(help="0: not limited")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("open", "Open"),
            ("done", "Held"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        tracking=True,
    )
    attendee_ids = fields.One2many("gr.course.session.attendee", "session_id")
