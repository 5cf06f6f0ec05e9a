from odoo import fields, models


class GrCourseSessionAttendee(models.Model):
    """A learner's place in a session, and whether the learner came."""

    _name = "gr.course.session.attendee"
    _description = "Session Attendee"
    _inherit = ["gr.student.record.mixin"]
    _order = "session_id, id"

    session_id = fields.Many2one(
        "gr.course.session", required=True, index=True, ondelete="cascade"
    )
    tracker_id = fields.Many2one(
        "gr.progress.tracker", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        related="tracker_id.student_id", store=True, precompute=True, index=True
    )
    state = fields.Selection(
        [
            ("registered", "Registered"),
            ("waitlisted", "Waiting List"),
            ("attended", "Attended"),
            ("absent", "Absent"),
            ("excused", "Excused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="registered",
    )

    _tracker_uniq = models.Constraint(
        "UNIQUE (session_id, tracker_id)", "This learner is in the session already."
    )
