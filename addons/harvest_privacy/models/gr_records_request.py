from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .. import clocks, flow
from ..const_requests import (
    DELIVERY_METHODS,
    IDENTITY_METHODS,
    LIGHTS,
    REQUEST_CLOCKS,
    REQUEST_KINDS,
    REQUEST_STATES,
    REQUESTERS,
)

OPEN = flow.open_states(flow.RECORDS)


class GrRecordsRequest(models.Model):
    """Somebody asks for a student's record; the law says until when (34 CFR 99.10).

    California's clock is the deadline, the federal one stands behind it. While a
    request is open nothing of the record may be destroyed (99.10(e)).
    """

    _name = "gr.records.request"
    _description = "Records Request"
    _inherit = [
        "gr.student.record.mixin",
        "gr.privacy.clock.mixin",
        "gr.records.request.archive.mixin",
        "gr.records.request.delivery.mixin",
        "gr.records.request.escalation.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "due_date, id"
    _check_company_auto = True
    _machine = flow.RECORDS
    _guarded = frozenset(
        {
            "name", "state", "identity_by_id", "identity_date", "delivered_date",
            "archive", "archive_sha256", "archive_bytes", "archive_date",
            "link_hash", "link_until", "link_count", "escalated_date",
        }
    )  # fmt: skip
    _fixed = frozenset({"student_id", "company_id"})

    name = fields.Char("Reference", readonly=True, copy=False, index=True)
    kind = fields.Selection(
        REQUEST_KINDS, string="Asks to", required=True, default="inspect", tracking=True
    )
    requester_kind = fields.Selection(
        REQUESTERS, string="Who Asks", required=True, default="guardian", tracking=True
    )
    guardianship_id = fields.Many2one(
        "gr.guardianship",
        string="Parent or Guardian",
        domain="[('student_id', '=', student_id)]",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    requester_name = fields.Char(
        "Name",
        compute="_compute_requester_name",
        store=True,
        readonly=False,
        help="Who asks, as the identity was proved",
    )
    requester_email = fields.Char(
        "Email", compute="_compute_requester_email", store=True, readonly=False
    )
    lang = fields.Selection(
        selection="_get_languages",
        string="Language",
        compute="_compute_lang",
        store=True,
        readonly=False,
        help="The language of the papers and of the mail",
    )
    scope = fields.Text("What Exactly", help="Empty: the whole record")
    purpose = fields.Text(help="The legitimate interest of somebody else who asks")
    basis_document = fields.Binary("Consent or Order", attachment=True, copy=False)
    basis_document_name = fields.Char()
    family_told_date = fields.Date(
        "Family Told on",
        help="Before records go out under a subpoena the family is told (5 CCR 435).",
    )
    disclosure_id = fields.Many2one(
        "gr.disclosure",
        string="Entry in the Disclosure Log",
        domain="[('line_ids.student_id', '=', student_id), ('kind', '=', 'disclosed')]",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="Where the record goes to somebody else than the family (34 CFR 99.32)",
    )
    interpreter = fields.Boolean("Wants an Interpreter")
    accommodation = fields.Char(help="For example large print or another place")
    user_id = fields.Many2one(
        "res.users",
        string="Handled by",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
    )
    site_id = fields.Many2one(related="student_id.site_id", string="School")
    state = fields.Selection(
        REQUEST_STATES,
        required=True,
        default="received",
        readonly=True,
        tracking=True,
        copy=False,
        index=True,
        group_expand=True,
    )
    received_date = fields.Date(
        "Received", required=True, default=fields.Date.context_today, tracking=True
    )
    due_date = fields.Date("Due", compute="_compute_due", store=True, index=True)
    due_rule_id = fields.Many2one("gr.rule", "By", compute="_compute_due", store=True)
    limit_date = fields.Date("Federal Limit", compute="_compute_due", store=True)
    warn_date = fields.Date(compute="_compute_due", store=True)
    days_left = fields.Integer("Working Days Left", compute="_compute_light")
    light = fields.Selection(
        LIGHTS, compute="_compute_light", search="_search_light", string="Clock"
    )
    escalated_date = fields.Date(readonly=True, copy=False)
    identity_method = fields.Selection(IDENTITY_METHODS, copy=False, tracking=True)
    identity_by_id = fields.Many2one("res.users", "Checked by", readonly=True)
    identity_date = fields.Datetime("Checked on", readonly=True)
    copy_pages = fields.Integer(help="Pages that were copied on paper")
    fee_waived = fields.Boolean(
        help="The fee would keep the family from the record (34 CFR 99.11)"
    )
    fee = fields.Float("Copy Fee", compute="_compute_fee", digits=(8, 2))
    refusal_reason = fields.Text(copy=False)
    delivery_method = fields.Selection(DELIVERY_METHODS, default="link", required=True)
    delivered_date = fields.Datetime("Delivered", readonly=True, copy=False)

    _name_uniq = models.UniqueIndex("(name) WHERE name IS NOT NULL")

    @api.model
    def _get_languages(self):
        return self.env["res.lang"].get_installed()

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        sequence = self.env["ir.sequence"]
        for request in requests:
            # sudo: the reference is guarded, and everybody counts on
            request.sudo().name = sequence.sudo().next_by_code("gr.records.request")
            request._audit("records_request", outcome="ok")
        return requests

    def write(self, vals):
        late = {"kind", "requester_kind", "guardianship_id", "received_date"}
        if late & vals.keys() and not self.env.su:
            for request in self.filtered(lambda r: r.state not in ("received",)):
                raise UserError(
                    self.env._(
                        "“%(request)s” is being worked on; who asked, for what and"
                        " when stay as they are. Withdraw it and enter a new one.",
                        request=request.name,
                    )
                )
        return super().write(vals)

    # One method a field: what is typed into one must not keep the others empty.
    @api.depends("guardianship_id")
    def _compute_requester_name(self):
        for request in self.filtered("guardianship_id"):
            request.requester_name = request.guardianship_id.partner_id.name

    @api.depends("guardianship_id")
    def _compute_requester_email(self):
        for request in self.filtered("guardianship_id"):
            request.requester_email = request.guardianship_id.partner_id.email

    @api.depends("guardianship_id")
    def _compute_lang(self):
        for request in self:
            own = request.guardianship_id.partner_id.lang
            request.lang = own or request.lang or self.env.lang or "en_US"

    @api.depends("kind", "received_date", "company_id")
    def _compute_due(self):
        for request in self:
            start, district = request.received_date, request.company_id
            strict, wide = REQUEST_CLOCKS[request.kind or "inspect"]
            request.due_date = request.limit_date = request.warn_date = False
            request.due_rule_id = False
            if not start or not district:
                continue
            if strict:
                due, rule = self._get_deadline(strict, district, start)
                request.due_date, request.due_rule_id = due, rule
            if wide:
                request.limit_date = self._get_deadline(wide, district, start)[0]
            if request.due_date:
                request.warn_date = request._get_warn_date()

    def _get_warn_date(self):
        ahead = self.env["gr.rule"].rule(
            "records.escalate.business_days", self.company_id, self.received_date
        )
        calendar = self._get_calendar(self.company_id, self.received_date)
        return clocks.days_before(self.due_date, ahead, calendar.is_business_day)

    @api.depends("due_date", "warn_date", "state")
    @api.depends_context("tz")
    def _compute_light(self):
        today = fields.Date.context_today(self)
        for request in self:
            due = request.state in OPEN and request.due_date
            request.light = clocks.urgency(today, due or None, request.warn_date)
            request.days_left = (
                clocks.days_left(
                    today,
                    due,
                    self._get_calendar(request.company_id, due).is_business_day,
                )
                if due
                else 0
            )

    @api.model
    def _search_light(self, operator, value):
        if operator != "in":
            return NotImplemented
        is_open = Domain("state", "in", OPEN)
        late = is_open & Domain("due_date", "<", "today")
        soon = is_open & Domain("due_date", ">=", "today")
        lights = {
            "late": late,
            "soon": soon & Domain("warn_date", "<=", "today"),
            "ok": soon & Domain("warn_date", ">", "today"),
            "none": ~is_open | Domain("due_date", "=", False),
        }
        return Domain.OR(lights[light] for light in value if light in lights)

    @api.depends("copy_pages", "fee_waived", "kind", "received_date", "company_id")
    def _compute_fee(self):
        """No fee for searching, none for seeing; copies at the district's price."""
        for request in self:
            is_free = request.fee_waived or request.kind != "copy"
            rule = not is_free and self.env["gr.rule"]._find_rule(
                "records.copy.page_fee", request.company_id, request.received_date
            )
            price = float(rule.value) if rule and rule.value else 0
            request.fee = price * request.copy_pages

    @api.constrains("received_date")
    def _check_received(self):
        for request in self:
            if request.received_date > fields.Date.context_today(request):
                raise ValidationError(
                    self.env._("A request cannot be received in the future.")
                )

    @api.constrains("guardianship_id", "student_id", "requester_kind")
    def _check_requester(self):
        for request in self:
            is_guardian = request.requester_kind == "guardian"
            adult = request.guardianship_id
            if is_guardian != bool(adult) or (
                adult and adult.student_id != request.student_id
            ):
                raise ValidationError(
                    self.env._(
                        "Choose the parent or guardian who asks from this student's"
                        " adults. For anybody else choose another “Who Asks”."
                    )
                )

    def _audit(self, action, **values):
        for request in self:
            self.env["gr.privacy.audit"]._log(
                action, request, request.student_id, **values
            )
