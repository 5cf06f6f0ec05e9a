from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.harvest_crypto.fields import (
    SealedBinary,
    SealedChar,
    SealedDate,
    SealedText,
)

from ..const import (
    COURT_LIMITS,
    COURT_LIMITS_ON_PICKUP,
    COURT_LIMITS_ON_RECORDS,
    CUSTODY,
    RELATIONS,
)


class GrGuardianship(models.Model):
    """What an adult is to a student, and what the law lets that adult do.

    Both parents may see the record unless a court order says otherwise (34 CFR 99.4);
    who may *decide* is the holder of educational rights.
    """

    _name = "gr.guardianship"
    _description = "Guardianship"
    _inherit = [
        "gr.student.record.mixin",
        "gr.period.mixin",
        "gr.external.ref.mixin",
        "mail.thread",
    ]
    _order = "student_id, priority, id"
    _check_company_auto = True
    _guarded = frozenset({"is_ended_by_source"})

    partner_id = fields.Many2one(
        "res.partner",
        string="Adult",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("gr_is_student", "=", False)],
    )
    phone = fields.Char(related="partner_id.phone", readonly=False)
    email = fields.Char(related="partner_id.email", readonly=False)
    relation = fields.Selection(RELATIONS, required=True, default="parent")
    priority = fields.Integer(default=1, help="1 is called first")
    custody = fields.Selection(CUSTODY, required=True, default="unknown", tracking=True)
    lives_with = fields.Boolean("Child Lives Here", default=True)
    may_pickup = fields.Boolean("May Pick Up", default=True, tracking=True)
    educational_rights = fields.Boolean(
        default=True,
        tracking=True,
        help="May sign, consent and challenge the record for the child",
    )
    receives_mail = fields.Boolean(default=True)
    emergency_contact = fields.Boolean()
    language_id = fields.Many2one("gr.language", help="The language to write in")
    court_limit = fields.Selection(
        COURT_LIMITS, required=True, default="none", tracking=True, copy=False
    )
    # Whether a child may be picked up, and who may see the record, is asked for in SQL,
    # so the limit and its end stay in clear; what the papers say is sealed.
    court_case = SealedChar(
        "Case Number",
        index=True,
        copy=False,
        groups="harvest_base.group_harvest_confidential",
    )
    court_date_issued = SealedDate(
        "Order Issued on",
        copy=False,
        groups="harvest_base.group_harvest_confidential",
    )
    court_note = SealedText(
        "What the Order Says",
        copy=False,
        groups="harvest_base.group_harvest_confidential",
    )
    court_document = SealedBinary(
        copy=False, groups="harvest_base.group_harvest_confidential"
    )
    court_document_name = SealedChar(
        copy=False, groups="harvest_base.group_harvest_confidential"
    )
    court_date_end = fields.Date("Order Valid until", tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    is_ended_by_source = fields.Boolean(
        readonly=True,
        copy=False,
        help="The district system took the link away; only such a link comes back by"
        " itself. What a person ended stays ended.",
    )
    pickup_allowed = fields.Boolean(
        compute="_compute_allowed",
        help="May pick up today: permission, dates and court orders together",
    )
    records_allowed = fields.Boolean(
        compute="_compute_allowed",
        search="_search_records_allowed",
        help="May see the child's record today",
    )

    _pair_uniq = models.UniqueIndex(
        "(student_id, partner_id) WHERE active",
        "This adult is listed for the student already.",
    )

    @api.depends("student_id", "partner_id", "relation")
    def _compute_display_name(self):
        labels = dict(self._fields["relation"]._description_selection(self.env))
        for adult in self:
            adult.display_name = (
                f"{adult.partner_id.name} ({labels.get(adult.relation, '')})"
            )

    @api.depends(
        "active",
        "may_pickup",
        "court_limit",
        "court_date_end",
        "date_start",
        "date_end",
    )
    def _compute_allowed(self):
        today = fields.Date.context_today(self)
        for adult in self:
            valid = adult.active and adult._is_current_on(today)
            limit = adult._get_court_limit(today)
            adult.records_allowed = valid and limit not in COURT_LIMITS_ON_RECORDS
            adult.pickup_allowed = (
                valid and adult.may_pickup and limit not in COURT_LIMITS_ON_PICKUP
            )

    def _get_court_limit(self, day):
        """Return the court limit in force on ``day``."""
        self.ensure_one()
        if self.court_date_end and self.court_date_end < day:
            return "none"
        return self.court_limit

    def _get_court_limit_label(self):
        self.ensure_one()
        return dict(self._fields["court_limit"]._description_selection(self.env))[
            self.court_limit
        ]

    @api.model
    def _search_records_allowed(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_records_allowed_domain()

    @api.model
    def _get_records_allowed_domain(self):
        """The domain behind the family's record rule; keep it with the compute.

        Dates are left dynamic because record rules are cached longer than a day.
        """
        return (
            Domain("active", "=", True)
            & (Domain("date_start", "=", False) | Domain("date_start", "<=", "today"))
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", "today"))
            & (
                Domain("court_limit", "not in", COURT_LIMITS_ON_RECORDS)
                | Domain("court_date_end", "<", "today")
            )
        )
