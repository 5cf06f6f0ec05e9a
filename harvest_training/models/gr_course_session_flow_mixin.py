from odoo import fields, models
from odoo.exceptions import UserError

from .gr_course_session_attendee import BOOKED


class GrCourseSessionFlowMixin(models.AbstractModel):
    """The way of a session: draft, open for booking, held or called off."""

    _name = "gr.course.session.flow.mixin"
    _description = "Way of a Session"

    def action_open(self):
        """Open for booking, and put it in the calendars."""
        self._move("draft", "open")
        self._sync_calendar()
        return True

    def action_draft(self):
        """Close for booking again; possible while nobody has booked."""
        if self.sudo().attendee_ids.filtered(lambda line: line.state in BOOKED):
            raise UserError(
                self.env._("Somebody has booked this session. Cancel it instead.")
            )
        self._move("open", "draft")
        self._sync_calendar()
        return True

    def action_all_present(self):
        """Mark everybody who has a place and no attendance yet as present.

        Except who presses the button: nobody takes the own attendance.
        """
        self.check_access("read")
        self.attendee_ids.filtered(
            lambda line: line.state == "registered" and not line.student_id._is_user()
        ).state = "attended"
        return True

    def _is_on_later_day(self):
        """Whether its day has not come yet, by the clocks there."""
        self.ensure_one()
        here = self.with_context(tz=self.tz)
        start = fields.Datetime.context_timestamp(here, self.date_start)
        return start.date() > fields.Date.context_today(here)

    def action_done(self):
        """Held: attendance is complete, who still waits waits no more."""
        for session in self:
            session._check_may_close()
        self._move("open", "done")
        # sudo: guarded; those who waited may be of another site
        lines = self.sudo().attendee_ids
        lines.filtered(lambda line: line.state == "waitlisted").state = "cancelled"
        return True

    def _check_may_close(self):
        if not self.has_begun:
            raise UserError(self.env._("“%s” has not begun yet.", self.name))
        # sudo: everybody's attendance counts
        unknown = self.sudo().attendee_ids.filtered(
            lambda line: line.state == "registered"
        )
        if unknown:
            raise UserError(
                self.env._(
                    "Attendance of %(count)s learners is missing. Mark them, or press"
                    " “All Present” first.",
                    count=len(unknown),
                )
            )

    def action_reopen(self):
        """Back to open, to correct the attendance list."""
        self._move("done", "open")
        return True

    def action_cancel(self):
        """Call it off: everybody who booked or waits is told, and free again."""
        self._move(("draft", "open"), "cancelled")
        # sudo: guarded; learners of all sites are told
        booked = self.sudo().attendee_ids.filtered(lambda line: line.state in BOOKED)
        booked.with_context(gr_no_promotion=True).state = "cancelled"
        booked._tell("session_cancelled")
        self._cancel_calendar()
        return True

    def _move(self, before, after):
        self.check_access("write")
        allowed = (before,) if isinstance(before, str) else before
        moving = self.filtered(lambda session: session.state in allowed)
        moving.sudo().state = after  # sudo: guarded, access was checked above
