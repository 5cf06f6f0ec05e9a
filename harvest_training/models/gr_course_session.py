from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.base.models.res_partner import _tz_get

from .gr_course_session_attendee import BOOKED, TAKES_PLACE


class GrCourseSession(models.Model):
    """A meeting of a course: a trainer, a time, a place or a link.

    Booking is in ``gr_course_session_booking.py``, the calendar in
    ``gr_course_session_calendar.py``.
    """

    _name = "gr.course.session"
    _description = "Course Session"
    _inherit = ["gr.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, id"
    _check_company_auto = True
    _fixed = frozenset({"company_id", "course_integration_id"})
    _guarded = frozenset({"state", "booking_count"})

    name = fields.Char(required=True, translate=True)
    topic = fields.Char(
        help="Sessions of one topic stand for each other: a learner attends one of them"
    )
    description = fields.Html(translate=True, help="What to bring, how to prepare")
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
    trainer_id = fields.Many2one(
        "res.partner",
        string="Trainer",
        index="btree_not_null",
        tracking=True,
        domain="[('gr_is_student', '=', False), ('is_company', '=', False)]",
        help="A colleague, or somebody from outside",
    )
    site_id = fields.Many2one(
        "gr.site",
        string="Site",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Empty: online, or at a place of nobody's",
    )
    room = fields.Char(tracking=True, help="Where to go; without a site, the address")
    online_url = fields.Char(
        "Online Link", tracking=True, help="Starts with https://; learners get it"
    )
    tz = fields.Selection(
        _tz_get,
        string="Time Zone",
        required=True,
        compute="_compute_tz",
        store=True,
        readonly=False,
        precompute=True,
        help="The site's: invitations and repeats follow its clocks",
    )
    date_start = fields.Datetime("Start", required=True, tracking=True, index=True)
    date_end = fields.Datetime("End", required=True, tracking=True)
    registration_end = fields.Datetime(
        "Book Until", help="Empty: until the session starts"
    )
    capacity = fields.Integer("Places", tracking=True, help="0: not limited")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("open", "Open"),
            ("done", "Held"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
        index=True,
        copy=False,
        group_expand=True,
    )
    attendee_ids = fields.One2many(
        "gr.course.session.attendee", "session_id", copy=False
    )
    booking_count = fields.Integer(
        default=0, copy=False, help="Rises with each booking, so that two never cross"
    )
    taken_count = fields.Integer("Booked", compute="_compute_places")
    free_count = fields.Integer(
        "Places Free", compute="_compute_places", help="-1: not limited"
    )
    waiting_count = fields.Integer("Waiting", compute="_compute_places")
    conflict = fields.Char(compute="_compute_conflict")
    has_begun = fields.Boolean(compute="_compute_has_begun")

    _check_dates = models.Constraint(
        "CHECK (date_end > date_start)", "A session ends after it starts."
    )
    _check_registration = models.Constraint(
        "CHECK (registration_end <= date_end)",
        "Booking ends before the session does.",
    )
    _check_capacity = models.Constraint(
        "CHECK (capacity >= 0)", "A number of places cannot be negative."
    )

    @api.depends("site_id", "course_integration_id")
    def _compute_tz(self):
        for session in self:
            district = session.company_id or self.env.company
            zones = (session.site_id.tz, district.partner_id.tz, self.env.user.tz)
            session.tz = next(filter(None, zones), "UTC")

    @api.depends("attendee_ids.state", "capacity")
    def _compute_places(self):
        # sudo: a place is taken whether or not one may know by whom
        counts = {
            (session.id, state): count
            for session, state, count in self.env["gr.course.session.attendee"]
            .sudo()
            ._read_group(
                [("session_id", "in", self.ids)], ["session_id", "state"], ["__count"]
            )
        }
        for session in self:
            taken = sum(counts.get((session.id, state), 0) for state in TAKES_PLACE)
            session.taken_count = taken
            session.waiting_count = counts.get((session.id, "waitlisted"), 0)
            limit = session.capacity
            session.free_count = max(limit - taken, 0) if limit else -1

    @api.depends("date_start")
    def _compute_has_begun(self):
        now = fields.Datetime.now()
        for session in self:
            session.has_begun = bool(session.date_start and session.date_start <= now)

    @api.depends("trainer_id", "date_start", "date_end", "state")
    def _compute_conflict(self):
        """Warn of a trainer who is elsewhere at the time; people decide, not we."""
        for session in self:
            session.conflict = False
            other = session._get_trainer_overlap()
            if other:
                session.conflict = self.env._(
                    "%(trainer)s also gives “%(session)s” at this time.",
                    trainer=session.trainer_id.name,
                    session=other.name,
                )

    def _get_trainer_overlap(self):
        self.ensure_one()
        if not (self.trainer_id and self.date_start and self.date_end):
            return self.browse()
        return self.search(
            Domain("trainer_id", "=", self.trainer_id.id)
            & Domain("state", "in", ("draft", "open"))
            & Domain("id", "!=", self._origin.id)
            & self._get_overlap_domain(),
            limit=1,
        )

    def _get_overlap_domain(self, prefix=""):
        """Return the domain of sessions that share some time with this one."""
        self.ensure_one()
        return Domain(f"{prefix}date_start", "<", self.date_end) & Domain(
            f"{prefix}date_end", ">", self.date_start
        )

    @api.constrains("online_url")
    def _check_online_url(self):
        for session in self.filtered("online_url"):
            parts = urlsplit(session.online_url)
            if parts.scheme != "https" or not parts.hostname:
                raise ValidationError(
                    self.env._(
                        "“%s” is no link. Copy the whole address from the meeting; it"
                        " starts with https://.",
                        session.online_url,
                    )
                )

    def copy_data(self, default=None):
        default = {"registration_end": False, **(default or {})}
        return super().copy_data(default)

    def write(self, vals):
        result = super().write(vals)
        if "topic" in vals:
            self._refresh_trackers()
        if "capacity" in vals:
            self._promote()
        return result

    def _refresh_trackers(self):
        self.sudo().attendee_ids.tracker_id._refresh()  # sudo: of all learners

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        if self.sudo().attendee_ids:  # sudo: whoever booked
            raise UserError(
                self.env._("Somebody has booked this session. Cancel it instead.")
            )

    # Workflow

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
        """Mark everybody who has a place and no attendance yet as present."""
        self.check_access("read")
        self.attendee_ids.filtered(
            lambda line: line.state == "registered"
        ).state = "attended"
        return True

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

    # Ways on

    def action_view_attendance(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_training.gr_course_session_attendance_action"
        )
        return action | {
            "name": self.name,
            "display_name": self.name,
            "domain": [
                ("session_id", "=", self.id),
                ("state", "not in", ("cancelled", "waitlisted")),
            ],
            "context": {"default_session_id": self.id},
        }

    def action_repeat(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Repeat the Session"),
            "res_model": "gr.course.session.repeat",
            "view_mode": "form",
            "target": "new",
            "context": {"default_session_id": self.id},
        }
