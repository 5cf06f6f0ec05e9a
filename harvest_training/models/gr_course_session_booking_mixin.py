from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.harvest_base.exceptions import HarvestError

from .gr_course_session_attendee import BOOKED


class GrCourseSessionBookingMixin(models.AbstractModel):
    """Places: taken one by one, waited for in order, given on when they are free."""

    _name = "gr.course.session.booking.mixin"
    _description = "Places of a Session"

    def _lock_bookings(self):
        """Let bookings of these sessions wait for each other until the commit.

        The row is *written*, not only locked: a transaction that waited for a lock
        still sees the places as they were when it began (PostgreSQL, repeatable read).
        A row that changed in the meantime makes it fail, and Odoo tries it again.
        """
        for session_id in sorted(self.ids):
            self.env.execute_query(
                SQL(
                    "UPDATE gr_course_session"
                    " SET booking_count = COALESCE(booking_count, 0) + 1"
                    " WHERE id = %s RETURNING id",
                    session_id,
                )
            )
        self.invalidate_recordset(["booking_count"])

    def _places_left(self):
        """Return the free places, or None when not limited or when it has begun.

        Who stands in the room is not sent away by a number.
        """
        self.ensure_one()
        if not self.capacity or self.has_begun or self.state == "done":
            return None
        return self.free_count

    def _book(self, tracker, allow_overlap=False):
        """Take a place for a learner, or the next number on the waiting list.

        Booking again what is booked changes nothing.

        :param tracker: the learner's ``gr.progress.tracker`` of the session's course
        :param bool allow_overlap: although another session is at the same time
        :return: ``registered`` or ``waitlisted``
        :raise HarvestError: not bookable, with the reason
        """
        self.ensure_one()
        self._lock_bookings()
        booked = self.attendee_ids.filtered(
            lambda line: line.tracker_id == tracker and line.state in BOOKED
        )
        if booked:
            return booked.state
        self._check_bookable(tracker)
        other = self._get_overlapping(tracker.student_id)
        if other and not allow_overlap:
            raise HarvestError(
                self.env._(
                    "“%(other)s” is at the same time. Cancel it first, or choose"
                    " another session.",
                    other=other.session_id.name,
                )
            )
        return self.attendee_ids.create(
            {"session_id": self.id, "tracker_id": tracker.id}
        ).state

    def _check_bookable(self, tracker):
        """Refuse with the reason why this learner cannot book this session now."""
        self.ensure_one()
        last = self.registration_end or self.date_start
        refusal = False
        if self.state != "open":
            refusal = self.env._("“%s” is not open for booking.", self.name)
        elif fields.Datetime.now() >= last:
            refusal = self.env._(
                "The time to book “%s” is over. Ask the training coordinator.",
                self.name,
            )
        elif tracker.is_frozen:
            refusal = self.env._("This training is over.")
        elif tracker.is_locked:
            refusal = self.env._(
                "“%s” opens when the courses before it are completed.",
                tracker.course_integration_id.name,
            )
        if refusal:
            raise HarvestError(refusal)

    def _get_overlapping(self, student):
        """Return the learner's bookings that share some time with this session."""
        return self.env["gr.course.session.attendee"].search(
            Domain("student_id", "=", student.id)
            & Domain("state", "=", "registered")
            & Domain("session_id", "not in", self.ids)
            & Domain("session_id.state", "=", "open")
            & self._get_overlap_domain("session_id."),
            limit=1,
        )

    def _promote(self):
        """Give free places to those who wait, the first first, and tell them."""
        for session in self.sudo():  # the next in line may be of another site
            if session.state != "open" or session.has_begun:
                continue
            session._lock_bookings()
            waiting = session.attendee_ids.filtered(
                lambda line: line.state == "waitlisted"
            ).sorted(lambda line: (line.date_booked, line.id))
            free = session._places_left()
            promoted = waiting if free is None else waiting[:free]
            if promoted:
                promoted.state = "registered"
                promoted._tell("session_promoted")
