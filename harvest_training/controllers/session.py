from odoo import http
from odoo.http import request

from .training import TrainingPortal


class SessionPortal(TrainingPortal):
    """Sessions: book, cancel, put into the own calendar."""

    def _find_session(self, enrollment_id, session_id):
        """Return (tracker, session) of an own enrollment, or (None, None)."""
        enrollment = self._find_own("gr.training.enrollment", enrollment_id)
        for tracker in enrollment.tracker_ids if enrollment else ():
            for session in tracker.course_integration_id.session_ids:
                if session.id == session_id and session.state != "draft":
                    return tracker, session
        return None, None

    @http.route(
        "/my/training/<int:enrollment_id>/session/<int:session_id>/book",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def book(self, enrollment_id, session_id, **_kwargs):
        tracker, session = self._find_session(enrollment_id, session_id)
        if not session:
            return self._render_missing()
        answer = []
        error = self._try(lambda: answer.append(session._book(tracker)))
        if error:
            return self._render_program(tracker.enrollment_id, error=error)
        done = "booked" if answer == ["registered"] else "waitlisted"
        return self._redirect_to_program(tracker, done)

    @http.route(
        "/my/training/<int:enrollment_id>/session/<int:session_id>/cancel",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def cancel(self, enrollment_id, session_id, **_kwargs):
        tracker, session = self._find_session(enrollment_id, session_id)
        if not session:
            return self._render_missing()
        booking = tracker._get_bookings().filtered(
            lambda line: (
                line.session_id == session
                and line.state in ("registered", "waitlisted")
            )
        )
        # A second press finds nothing to cancel, and that is what was wanted.
        error = self._try(booking._cancel)
        if error:
            return self._render_program(tracker.enrollment_id, error=error)
        return self._redirect_to_program(tracker, "cancelled")

    @http.route(
        "/my/training/<int:enrollment_id>/session/<int:session_id>/session.ics",
        type="http",
        auth="user",
        website=True,
    )
    def calendar(self, enrollment_id, session_id, **_kwargs):
        tracker, session = self._find_session(enrollment_id, session_id)
        if not session or session not in tracker._get_bookings_ahead().session_id:
            return self._render_missing()
        return request.make_response(
            session._get_ics(),
            headers=[
                ("Content-Type", "text/calendar; charset=utf-8"),
                ("Content-Disposition", 'attachment; filename="session.ics"'),
                ("Cache-Control", "no-store"),
            ],
        )

    def _redirect_to_program(self, tracker, done):
        enrollment = tracker.enrollment_id
        anchor = f"course_{tracker.course_integration_id.id}"
        return request.redirect(
            f"/my/training/{enrollment.id}?done={done}#{anchor}", local=True
        )
