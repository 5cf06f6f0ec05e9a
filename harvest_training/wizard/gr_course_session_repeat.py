from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .. import deadlines

MOST = 52  # sessions at once: a year of weeks


class GrCourseSessionRepeat(models.TransientModel):
    """Copy a session to later weeks, at the same time of day by the clocks there."""

    _name = "gr.course.session.repeat"
    _description = "Repeat a Session"

    session_id = fields.Many2one("gr.course.session", required=True, readonly=True)
    every = fields.Integer("Every (Weeks)", required=True, default=1)
    times = fields.Integer("How Many More", required=True, default=3)
    same_topic = fields.Boolean(
        "One Is Enough",
        default=True,
        help="A learner attends one of these sessions; off: each one counts",
    )
    open_now = fields.Boolean("Open for Booking", help="Off: they start as drafts")
    preview = fields.Text(compute="_compute_preview")

    _check_numbers = models.Constraint(
        f"CHECK (every > 0 AND times BETWEEN 1 AND {MOST})",
        "Repeat a session every week or less often, and at most 52 times.",
    )

    @api.depends("every", "times", "session_id")
    def _compute_preview(self):
        for wizard in self:
            session = wizard.session_id
            wizard.preview = "\n".join(
                format_datetime(self.env, start, tz=session.tz, dt_format="short")
                for start, _end in wizard._get_times()
            )

    def _get_times(self):
        session = self.session_id
        if not session or self.every <= 0:
            return []
        return [
            tuple(
                deadlines.shift_days(moment, 7 * self.every * number, session.tz)
                for moment in (session.date_start, session.date_end)
            )
            for number in range(1, min(self.times, MOST) + 1)
        ]

    def action_repeat(self):
        self.ensure_one()
        session = self.session_id
        if session.state == "cancelled":
            raise UserError(self.env._("A cancelled session is not repeated."))
        if self.same_topic and not session.topic:
            session.topic = session.name
        topic = session.topic if self.same_topic else False
        copies = session.browse()
        for start, end in self._get_times():
            copies += session.copy(
                {"date_start": start, "date_end": end, "topic": topic}
            )
        if self.open_now:
            copies.action_open()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_training.gr_course_session_action"
        )
        return action | {
            "view_mode": "list,calendar,form",
            "views": [(False, "list"), (False, "calendar"), (False, "form")],
            "domain": [("id", "in", (session + copies).ids)],
            "context": {},
        }
