from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from odoo.addons.harvest_base.exceptions import HarvestError

from .gr_document_request_judge_mixin import OPEN_STATES

# The document is in somebody's hands or judged: its files are evidence.
CLOSED_STATES = ("received", "verified", "cancelled")
# What is asked for, and whether a certificate waits for it.
WANTED = {"name", "type_id", "required"}
VERDICT = {"date_issued", "date_expires", "original_seen", "type_id", "student_id"}


class GrDocumentRequest(models.Model):
    """A document that a learner owes us: asked, reminded, received, verified.

    What was verified stays; when it expires a new request follows it. What happens to
    a request is in the mixins.
    """

    _name = "gr.document.request"
    _description = "Document Request"
    _inherit = [
        "gr.document.request.judge.mixin",
        "gr.document.request.reminder.mixin",
        "gr.upload.mixin",
        "gr.student.record.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_due, id"
    _fixed = frozenset({"company_id", "student_id", "enrollment_id"})
    _guarded = frozenset(
        {"state", "date_received", "received_by_id", "verified_by_id"}
        | {"date_verified", "previous_id", "reject_reason", "return_count"}
    )
    _check_company_auto = True

    name = fields.Char(
        "Document",
        required=True,
        translate=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
    )
    type_id = fields.Many2one(
        "gr.document.type",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    instructions = fields.Text(
        compute="_compute_instructions",
        store=True,
        readonly=False,
        translate=True,
        help="What to send, in words for the learner",
    )
    needs_original = fields.Boolean(related="type_id.needs_original")
    enrollment_id = fields.Many2one(
        "gr.training.enrollment",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('student_id', '=', student_id)]",
        help="The training that needs it",
    )
    program_id = fields.Many2one(related="enrollment_id.program_id", store=True)
    required = fields.Boolean(default=True, help="No certificate without it")
    date_requested = fields.Date(
        "Requested", default=fields.Date.context_today, readonly=True
    )
    date_due = fields.Date("Due", tracking=True)
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("received", "To Verify"),
            ("verified", "Verified"),
            ("rejected", "Sent Back"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="requested",
        readonly=True,
        tracking=True,
        index=True,
        group_expand=True,
    )
    date_received = fields.Datetime("Received", readonly=True)
    received_by_id = fields.Many2one(
        "res.users", string="Uploaded by", readonly=True, copy=False
    )
    date_issued = fields.Date("Issued on", tracking=True)
    date_expires = fields.Date(
        "Expires",
        compute="_compute_date_expires",
        store=True,
        readonly=False,
        tracking=True,
        help="The last day it is good; from the day of issue, unless entered",
    )
    original_seen = fields.Boolean(tracking=True)
    verified_by_id = fields.Many2one("res.users", readonly=True, tracking=True)
    date_verified = fields.Datetime("Verified", readonly=True)
    reject_reason = fields.Text("Why Sent Back", readonly=True, tracking=True)
    return_count = fields.Integer("Times Sent Back", readonly=True, copy=False)
    previous_id = fields.Many2one(
        "gr.document.request",
        string="Follows",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    next_ids = fields.One2many("gr.document.request", "previous_id", "Followed by")
    reminder_ids = fields.One2many("gr.document.reminder", "request_id")
    is_overdue = fields.Boolean(compute="_compute_is_late", search="_search_is_overdue")
    is_expired = fields.Boolean(compute="_compute_is_late", search="_search_is_expired")

    _check_dates = models.Constraint(
        "CHECK (date_expires >= date_issued)",
        "A document does not expire before it was issued.",
    )
    _next_uniq = models.UniqueIndex(
        "(previous_id) WHERE previous_id IS NOT NULL AND state <> 'cancelled'",
        "A new one was asked for already.",
    )
    _open_uniq = models.UniqueIndex(
        "(enrollment_id, type_id) WHERE enrollment_id IS NOT NULL"
        " AND type_id IS NOT NULL AND state IN ('requested', 'received', 'rejected')",
        "This document was asked for already.",
    )

    @api.depends("type_id")
    def _compute_name(self):
        for request in self:
            request.name = request.name or request.type_id.name

    @api.depends("type_id")
    def _compute_instructions(self):
        for request in self:
            request.instructions = request.instructions or request.type_id.instructions

    @api.depends("date_issued", "type_id")
    def _compute_date_expires(self):
        for request in self:
            months = request.type_id.validity_months
            if request.date_issued and months:
                request.date_expires = request.date_issued + relativedelta(
                    months=months, days=-1
                )

    @api.depends("state", "date_due", "date_expires")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for request in self:
            due, end = request.date_due, request.date_expires
            request.is_overdue = bool(
                request.state in OPEN_STATES and due and due < today
            )
            request.is_expired = bool(
                request.state == "verified" and end and end < today
            )

    def _is_over_and_not_asked_anew(self):
        """Whether it has expired; a request that follows speaks for itself."""
        self.ensure_one()
        anew = self.next_ids.filtered(lambda request: request.state != "cancelled")
        return self.is_expired and not anew

    @api.model
    def _search_is_overdue(self, operator, value):
        late = Domain("state", "in", OPEN_STATES) & Domain("date_due", "<", "today")
        return self._search_flag(late, operator, value)

    @api.model
    def _search_is_expired(self, operator, value):
        over = Domain("state", "=", "verified") & Domain("date_expires", "<", "today")
        return self._search_flag(over, operator, value)

    @api.model
    def _search_flag(self, domain, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        return domain if (operator == "in") == (True in value) else ~domain

    @api.constrains("enrollment_id", "student_id")
    def _check_enrollment(self):
        for request in self.filtered("enrollment_id"):
            if request.enrollment_id.student_id != request.student_id:
                raise ValidationError(
                    self.env._("The training is another learner's. Choose one of this.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        requests._translate()
        requests.filtered(lambda line: line.state == "requested")._tell("requested")
        return requests

    def _translate(self):
        """Take the words of the type in every language, for the learner's page."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for request in self.filtered("type_id") if len(languages) > 1 else ():
            for lang in languages:
                kind, here = request.type_id, request.with_context(lang=lang)
                if request.name == kind.name:
                    here.name = kind.with_context(lang=lang).name
                if request.instructions == kind.instructions:
                    here.instructions = kind.with_context(lang=lang).instructions

    def write(self, vals):
        """Keep what was judged: a verified document is not edited, by nobody."""
        if "attachment_ids" in vals and any(
            request.state in CLOSED_STATES for request in self
        ):
            raise HarvestError(
                self.env._("What was handed in stays. Send it back to get another one.")
            )
        if WANTED & vals.keys() and not self.env.su and self.student_id._is_user():
            raise AccessError(
                self.env._("Nobody changes an own request. Ask a colleague.")
            )
        if VERDICT & vals.keys() and any(
            request.state == "verified" for request in self
        ):
            raise HarvestError(self.env._("A verified document is not edited."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise HarvestError(self.env._("Cancel the request instead of deleting it."))

    # Asking

    @api.model
    def _request_for(self, enrollments):
        """Ask for the documents of the programs that these enrollments are in.

        What the learner has handed in for another training, and is still good, is not
        asked for again. Asking twice changes nothing.

        :return: the new requests, sudoed
        """
        # sudo: asked by the program, whoever enrolled the learner
        requests = self.sudo()
        requests.flush_model()
        wanted = [
            (enrollment, line)
            for enrollment in enrollments.sudo()
            for line in enrollment.program_id.training_document_ids
        ]
        known = requests.search(
            Domain("student_id", "in", enrollments.student_id.ids)
            & Domain("type_id", "in", [line.type_id.id for _rec, line in wanted])
            & Domain("state", "!=", "cancelled")
        )
        return requests.create(
            [
                self._get_request_values(enrollment, line)
                for enrollment, line in wanted
                if not known.filtered(
                    lambda have, e=enrollment, d=line: have._answers(e, d)
                )
            ]
        )

    def _answers(self, enrollment, document):
        """Whether this request makes another one for a program's document needless."""
        self.ensure_one()
        if self.student_id != enrollment.student_id or self.type_id != document.type_id:
            return False
        good = self.state == "verified" and not self.is_expired
        return good or (self.enrollment_id == enrollment and self.state != "verified")

    @api.model
    def _get_request_values(self, enrollment, document):
        due = document.due_days and (
            fields.Date.context_today(self) + timedelta(days=document.due_days)
        )
        return {
            "student_id": enrollment.student_id.id,
            "enrollment_id": enrollment.id,
            "type_id": document.type_id.id,
            "required": document.required,
            "date_due": due,
        }
