from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..const import (
    OPEN_PLACE_STATES,
    PLACE_PRIORITIES,
    PLACE_STATES,
    SIGNATURE_METHODS,
    WEEKDAYS,
)
from ..exceptions import HarvestError


class GrProgramEnrollment(models.Model):
    """A child's place in a program: asked for, signed, waited for, taken, given up.

    The signed registration is the row that the state counts (CALPADS LEAP, Education
    Code 60902), so who signed, when and how is kept and cannot be edited later.
    """

    _name = "gr.program.enrollment"
    _description = "Place in a Program"
    _inherit = ["gr.student.record.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "program_id, site_id, state, date_request, id"
    _check_company_auto = True
    _guarded = frozenset(
        {
            "signed_at",
            "signed_by_id",
            "signed_name",
            "signature_method",
            "signature_document",
            "signature_document_name",
        }
    )

    program_id = fields.Many2one(
        "gr.program", required=True, index=True, ondelete="restrict", check_company=True
    )
    site_id = fields.Many2one(
        "gr.site",
        string="Program Site",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="Where the child attends; it may not be the child's own school",
    )
    state = fields.Selection(
        PLACE_STATES,
        required=True,
        default="requested",
        tracking=True,
        index=True,
        group_expand=True,
    )
    date_request = fields.Datetime(
        required=True, default=lambda self: fields.Datetime.now()
    )
    date_start = fields.Date(tracking=True)
    date_end = fields.Date(tracking=True)
    monday = fields.Boolean(default=True)
    tuesday = fields.Boolean(default=True)
    wednesday = fields.Boolean(default=True)
    thursday = fields.Boolean(default=True)
    friday = fields.Boolean(default=True)
    days_per_week = fields.Integer(compute="_compute_days_per_week", store=True)
    # What follows is for staff: a priority hints at foster or homeless status, and one
    # parent's signature tells the other where that parent is to be found.
    priority = fields.Selection(
        PLACE_PRIORITIES,
        required=True,
        default="4",
        groups="harvest_base.group_harvest_staff",
    )
    waitlist_position = fields.Integer(compute="_compute_waitlist_position")
    needs_transport = fields.Boolean(
        help="The child's school has no program (Education Code 46120)"
    )
    grade = fields.Selection(related="student_id.grade", store=True)
    signed_at = fields.Datetime(readonly=True, copy=False, tracking=True)
    signed_by_id = fields.Many2one(
        "res.partner",
        string="Signed by",
        readonly=True,
        copy=False,
        groups="harvest_base.group_harvest_staff",
    )
    signed_name = fields.Char(
        readonly=True,
        copy=False,
        groups="harvest_base.group_harvest_staff",
        help="The name as it was written",
    )
    signature_method = fields.Selection(SIGNATURE_METHODS, readonly=True, copy=False)
    signature_document = fields.Binary(
        attachment=True, copy=False, groups="harvest_base.group_harvest_staff"
    )
    signature_document_name = fields.Char(
        copy=False, groups="harvest_base.group_harvest_staff"
    )
    is_signed = fields.Boolean(compute="_compute_is_signed", store=True)
    active = fields.Boolean(default=True)

    _check_dates = models.Constraint(
        "CHECK (date_end >= date_start)", "A place cannot end before it starts."
    )
    _check_signature = models.Constraint(
        "CHECK (signed_at IS NULL OR"
        " (signature_method IS NOT NULL AND signed_name IS NOT NULL))",
        "A signature needs the name and the way it was given.",
    )
    _open_uniq = models.UniqueIndex(
        "(student_id, program_id)"
        " WHERE active AND state IN ('requested', 'waitlisted', 'enrolled')",
        "This child has a place or a request in the program already.",
    )
    _waiting_idx = models.Index(
        "(program_id, site_id, priority, date_request) WHERE state = 'waitlisted'"
    )

    @api.depends("student_id", "program_id")
    def _compute_display_name(self):
        for place in self:
            place.display_name = f"{place.student_id.name}, {place.program_id.name}"

    @api.depends(*WEEKDAYS)
    def _compute_days_per_week(self):
        for place in self:
            place.days_per_week = sum(place[day] for day in WEEKDAYS)

    @api.depends("signed_at")
    def _compute_is_signed(self):
        for place in self:
            place.is_signed = bool(place.signed_at)

    @api.depends("state", "priority", "date_request", "program_id", "site_id")
    def _compute_waitlist_position(self):
        waiting = self.filtered(lambda place: place.state == "waitlisted")
        (self - waiting).waitlist_position = 0
        queues = self.sudo()._get_queues(waiting)  # the rank counts every family
        for place in waiting:
            queue = queues.get((place.program_id.id, place.site_id.id), [])
            origin = place._origin.id
            place.waitlist_position = queue.index(origin) + 1 if origin in queue else 0

    @api.model
    def _get_queues(self, places):
        """Return ``{(program id, site id): [place ids in order]}`` of the waiting."""
        queues = {}
        for place in self.search_fetch(
            [
                ("state", "=", "waitlisted"),
                ("program_id", "in", places.program_id.ids),
                ("site_id", "in", places.site_id.ids),
            ],
            ["program_id", "site_id"],
            order="priority, date_request, id",
        ):
            key = (place.program_id.id, place.site_id.id)
            queues.setdefault(key, []).append(place.id)
        return queues

    @api.constrains("site_id", "program_id")
    def _check_site(self):
        for place in self:
            if place.site_id not in place.program_id.site_ids:
                raise ValidationError(
                    self.env._(
                        "%(program)s is not offered at %(site)s.",
                        program=place.program_id.name,
                        site=place.site_id.name,
                    )
                )

    @api.constrains("signed_by_id", "student_id")
    def _check_signer(self):
        for place in self.filtered("signed_by_id"):
            adults = place.student_id.guardianship_ids
            rights = adults.filtered("educational_rights").partner_id
            if place.signed_by_id not in rights:
                raise ValidationError(
                    self.env._(
                        "%(adult)s may not sign for %(student)s: no educational"
                        " rights are recorded.",
                        adult=place.signed_by_id.name,
                        student=place.student_id.name,
                    )
                )

    def _places_left(self):
        """Return the free places at this site, or None when not limited."""
        self.ensure_one()
        capacity = self.program_id.capacity
        if not capacity:
            return None
        taken = self.sudo().search_count(  # capacity counts every child, seen or not
            [
                ("program_id", "=", self.program_id.id),
                ("site_id", "=", self.site_id.id),
                ("state", "=", "enrolled"),
            ]
        )
        return max(capacity - taken, 0)

    def action_sign(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Signed Registration"),
            "res_model": "gr.program.enrollment.sign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_place_id": self.id},
        }

    def write(self, vals):
        if {"student_id", "program_id"} & vals.keys() and not self.env.su:
            self._refuse_when_signed()
        return super().write(vals)

    def _refuse_when_signed(self):
        if signed := self.filtered("signed_at"):
            raise HarvestError(
                self.env._(
                    "%(place)s is signed: the child and the program cannot change."
                    " Withdraw it and make a new registration.",
                    place=signed[0].display_name,
                )
            )

    def _sign(self, partner, method, name=None, signed_at=None, document=None):
        """Record a signed registration.

        :param partner: the adult who signed; needs educational rights
        :param str method: one of ``SIGNATURE_METHODS``
        :param str name: the name as it was written; the partner's by default
        :param dict document: values of the scanned form
        :raise HarvestError: when it is signed already
        """
        self.check_access("write")
        for place in self.sudo():  # checked above; the fields are nobody's to write
            if place.signed_at:
                raise HarvestError(
                    self.env._(
                        "This registration was signed by %(name)s on %(date)s.",
                        name=place.signed_name,
                        date=fields.Date.to_string(place.signed_at.date()),
                    )
                )
            place.write(
                {
                    "signed_by_id": partner.id,
                    "signed_name": name or partner.name,
                    "signature_method": method,
                    "signed_at": signed_at or fields.Datetime.now(),
                    **(document or {}),
                }
            )

    def _get_signature(self):
        """Return the values that carry a signature to a continued place."""
        self.ensure_one()
        return {
            "signed_by_id": self.signed_by_id.id,
            "signed_name": self.signed_name,
            "signature_method": self.signature_method,
            "signed_at": self.signed_at,
            "signature_document": self.signature_document,
            "signature_document_name": self.signature_document_name,
        }

    def action_enroll(self):
        """Give the place, or the next number on the waiting list when it is full."""
        self.env.execute_query(  # two people at once must not give the last place twice
            SQL(
                "SELECT id FROM gr_program WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                self.program_id.ids,
            )
        )
        for place in self:
            if place.state not in OPEN_PLACE_STATES or place.state == "enrolled":
                continue
            if place._places_left() == 0:
                place.state = "waitlisted"
                continue
            start = max(place.program_id.date_start, fields.Date.context_today(self))
            place.write({"state": "enrolled", "date_start": place.date_start or start})

    def action_waitlist(self):
        self.filtered(lambda place: place.state == "requested").state = "waitlisted"

    def action_decline(self):
        self.filtered(
            lambda place: place.state in ("requested", "waitlisted")
        ).state = "declined"

    def action_withdraw(self):
        today = fields.Date.context_today(self)
        for place in self.filtered(lambda place: place.state in OPEN_PLACE_STATES):
            start = place.date_start or today
            place.write({"state": "withdrawn", "date_end": max(start, today)})
            place._call_next()

    def _call_next(self):
        """Tell the site that a place is free; a person decides, no child is moved."""
        self.ensure_one()
        waiting = self.sudo().search(  # the next child may be of another school
            [
                ("program_id", "=", self.program_id.id),
                ("site_id", "=", self.site_id.id),
                ("state", "=", "waitlisted"),
            ],
            order="priority, date_request, id",
            limit=1,
        )
        if waiting:
            waiting.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("A place is free: call the family"),
                user_id=self.env.uid,
            )
