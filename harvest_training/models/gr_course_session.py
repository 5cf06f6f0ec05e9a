from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.base.models.res_partner import _tz_get

from .gr_course_session_attendee import TAKES_PLACE


class GrCourseSession(models.Model):
    """A meeting of a course: a trainer, a time, a place or a link.

    How it is booked, held and put in calendars is in the mixins.
    """

    _name = "gr.course.session"
    _description = "Course Session"
    _inherit = [
        "gr.course.session.booking.mixin",
        "gr.course.session.flow.mixin",
        "gr.course.session.calendar.mixin",
        "gr.guarded.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
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
        index="btree_not_null",
        tracking=True,
        domain="[('gr_is_student', '=', False), ('is_company', '=', False)]",
        help="A colleague, or somebody from outside",
    )
    site_id = fields.Many2one(
        "gr.site",
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

    @api.onchange("date_start")
    def _onchange_date_start(self):
        """Offer an end after the start: as long as it lasted before, or an hour."""
        if self.date_start and not (self.date_end and self.date_end > self.date_start):
            saved = self._origin
            lasted = saved.date_start and saved.date_end - saved.date_start
            self.date_end = self.date_start + (lasted or timedelta(hours=1))

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
