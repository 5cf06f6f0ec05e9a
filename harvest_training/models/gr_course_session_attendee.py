from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_datetime

from odoo.addons.harvest_base.exceptions import HarvestError

# Who sits on a chair, or did not use it.
TAKES_PLACE = ("registered", "attended", "absent")
# What attendance taking may say; anybody who has a place is in one of these.
PRESENCE = (*TAKES_PLACE, "excused")
# Who is in a session: one line a learner.
BOOKED = ("registered", "waitlisted")


class GrCourseSessionAttendee(models.Model):
    """A learner's place in a session, and whether the learner came.

    A cancelled booking stays as it was; who books again gets a new line.
    """

    _name = "gr.course.session.attendee"
    _description = "Session Attendee"
    _inherit = ["gr.progress.fact.mixin", "gr.student.record.mixin"]
    _order = "session_id, id"
    _fixed = frozenset({"company_id", "session_id", "tracker_id"})
    _guarded = frozenset({"date_booked"})

    session_id = fields.Many2one(
        "gr.course.session", required=True, index=True, ondelete="cascade"
    )
    tracker_id = fields.Many2one(
        "gr.progress.tracker",
        string="Learner in the Course",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('course_integration_id', '=', course_integration_id),"
        " ('is_frozen', '=', False)]",
    )
    student_id = fields.Many2one(
        related="tracker_id.student_id",
        string="Learner",
        store=True,
        precompute=True,
        index=True,
    )
    course_integration_id = fields.Many2one(
        related="session_id.course_integration_id", string="Course"
    )
    name = fields.Char(related="session_id.name", string="Session Name")
    date_start = fields.Datetime(related="session_id.date_start", store=True)
    date_end = fields.Datetime(related="session_id.date_end")
    trainer_id = fields.Many2one(related="session_id.trainer_id")
    site_id = fields.Many2one(
        related="session_id.site_id", store=True, index="btree_not_null"
    )
    session_state = fields.Selection(related="session_id.state", string="Session State")
    is_frozen = fields.Boolean(related="tracker_id.is_frozen")
    state = fields.Selection(
        [
            ("registered", "Registered"),
            ("waitlisted", "Waiting List"),
            ("attended", "Attended"),
            ("absent", "Absent"),
            ("excused", "Excused"),
            ("cancelled", "Cancelled"),
        ],
        string="Attendance",
        required=True,
        default="registered",
        index=True,
    )
    date_booked = fields.Datetime("Booked", default=fields.Datetime.now, readonly=True)
    waiting_number = fields.Integer(compute="_compute_waiting_number")
    conflict = fields.Char(compute="_compute_conflict")

    _tracker_uniq = models.UniqueIndex(
        "(session_id, tracker_id) WHERE state <> 'cancelled'",
        "This learner is in the session already.",
    )

    @api.depends("session_id.name", "session_id.date_start", "session_id.tz")
    def _compute_display_name(self):
        """What the learner reads: which session, and when by the clocks there."""
        for line in self:
            session = line.session_id
            when = session.date_start and format_datetime(
                self.env, session.date_start, tz=session.tz, dt_format="short"
            )
            line.display_name = ", ".join(filter(None, (session.name, when)))

    @api.depends("state", "session_id.attendee_ids.state")
    def _compute_waiting_number(self):
        # sudo: the number counts everybody who waits
        queues = {
            session: waiting.sorted(lambda line: (line.date_booked, line.id)).ids
            for session, waiting in self.sudo()
            .session_id.attendee_ids.filtered(lambda line: line.state == "waitlisted")
            .grouped("session_id")
            .items()
        }
        for line in self:
            queue = queues.get(line.session_id.sudo(), [])
            line.waiting_number = queue.index(line.id) + 1 if line.id in queue else 0

    @api.depends("state", "student_id", "date_start")
    def _compute_conflict(self):
        for line in self:
            line.conflict = False
            if line.state == "registered" and line.session_id.state == "open":
                other = line.session_id._get_overlapping(line.student_id)
                if other:
                    line.conflict = self.env._("Also booked: %s", other.session_id.name)

    @api.constrains("session_id", "tracker_id")
    def _check_course(self):
        for line in self:
            course = line.session_id.course_integration_id
            if line.tracker_id.course_integration_id != course:
                raise ValidationError(
                    self.env._(
                        "%(learner)s does not take “%(course)s”.",
                        learner=line.student_id.name,
                        course=course.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Take places while there are some; then number the waiting list."""
        Session = self.env["gr.course.session"].sudo()  # sudo: all places count
        sessions = Session.browse({vals["session_id"] for vals in vals_list})
        sessions._lock_bookings()
        left = {session.id: session._places_left() for session in sessions}
        filled = []
        for vals in vals_list:
            session = Session.browse(vals["session_id"])
            if not (self.env.su and vals.get("state")):
                self._check_may_add(session, vals.get("state"))
                vals = {**vals, "state": self._take_place(left, session.id)}
            filled.append(vals)
        lines = super().create(filled)
        lines.session_id._sync_calendar()
        return lines

    @api.model
    def _check_may_add(self, session, state):
        if state not in (None, False, "registered") or session.state == "cancelled":
            raise UserError(
                self.env._("Book the learner first, in a session that takes place.")
            )

    @api.model
    def _take_place(self, left, session_id):
        """Return the state of the next one, and count the place."""
        if left[session_id] is None:
            return "registered"
        if left[session_id] <= 0:
            return "waitlisted"
        left[session_id] -= 1
        return "registered"

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        moved = self.filtered(lambda line: line.state != vals["state"])
        moved._check_transition(vals["state"])
        left = moved.filtered(lambda line: line.state in TAKES_PLACE)
        result = super().write(vals)
        if vals["state"] not in TAKES_PLACE and not self.env.context.get(
            "gr_no_promotion"
        ):
            left.session_id._promote()
        moved.session_id._sync_calendar()
        return result

    def _check_transition(self, state):
        """Attendance is taken of who has a place; places change hands by booking."""
        if self.env.su:
            return
        if state not in PRESENCE or any(line.state not in PRESENCE for line in self):
            raise UserError(
                self.env._(
                    "Attendance is for learners who have a place. Book or cancel with"
                    " the buttons."
                )
            )
        if self.student_id._is_user():
            raise AccessError(
                self.env._("Nobody takes the own attendance. Ask a colleague.")
            )
        for line in self:
            if state in ("attended", "absent") and line.session_id._is_on_later_day():
                raise UserError(
                    self.env._(
                        "“%s” has not begun. Take attendance on its day.", line.name
                    )
                )
            seated = line.state in TAKES_PLACE or state not in TAKES_PLACE
            if not seated and line.session_id._places_left() == 0:
                raise UserError(
                    self.env._("The place of %s was given away.", line.student_id.name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if any(line.state != "cancelled" for line in self):
            raise UserError(self.env._("Cancel the booking instead of deleting it."))

    # Ways out

    def _cancel(self):
        """Give the place back; the next who waits gets it, and is told.

        :raise HarvestError: the session has begun, or the learner has no booking
        """
        for line in self:
            if line.state not in BOOKED:
                raise HarvestError(
                    self.env._("There is no booking of “%s” to cancel.", line.name)
                )
            if line.session_id.has_begun:
                raise HarvestError(
                    self.env._(
                        "“%s” has begun. Tell the trainer why you cannot come.",
                        line.name,
                    )
                )
        self.sudo().state = "cancelled"  # sudo: places change hands through us alone

    def action_cancel(self):
        self.check_access("write")
        self._cancel()
        return True

    def action_attended(self):
        self.state = "attended"
        return True

    def action_absent(self):
        self.state = "absent"
        return True

    def action_excused(self):
        self.state = "excused"
        return True

    def _tell(self, kind):
        """Queue a notice about each booking for its learner."""
        Notice = self.env["gr.training.notice"]
        for line in self:
            Notice._queue(
                kind, line.tracker_id.enrollment_id, f"{line._name},{line.id}"
            )
