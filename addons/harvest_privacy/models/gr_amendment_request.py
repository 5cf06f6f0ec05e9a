from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import flow
from ..const_requests import LIGHTS

# California's six grounds, EC 49070(a)
GROUNDS = [
    ("inaccurate", "Inaccurate"),
    ("unsubstantiated", "An unsubstantiated conclusion"),
    ("competence", "Outside of the observer's competence"),
    ("not_observed", "Not based on observation, with time and place"),
    ("misleading", "Misleading"),
    ("privacy", "In violation of privacy or other rights"),
]
# What each state waits for: the rule of its clock and the date that it runs from.
STEPS = {
    "submitted": ("records.amendment.meeting_days", "received_date"),
    "meeting": ("records.amendment.meeting_days", "received_date"),
    "denied": ("records.amendment.appeal_days", "decision_date"),
    "appealed": ("records.amendment.board_days", "appeal_date"),
}


class GrAmendmentRequest(models.Model):
    """A parent challenges the record: meeting, decision, appeal, statement.

    34 CFR 99.20-99.22; EC 49070-49072. A statement stays with the contested part and is
    disclosed whenever that part is: it is in every archive (99.21(c)).
    """

    _name = "gr.amendment.request"
    _description = "Amendment Request"
    _inherit = [
        "gr.student.record.mixin",
        "gr.privacy.clock.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "due_date, id"
    _check_company_auto = True
    _machine = flow.AMENDMENT
    _guarded = frozenset(
        {"name", "state", "decision_date", "appeal_date", "final_date"}
    )
    _fixed = frozenset({"student_id", "company_id", "guardianship_id"})

    name = fields.Char("Reference", readonly=True, copy=False)
    guardianship_id = fields.Many2one(
        "gr.guardianship",
        string="Parent or Guardian",
        required=True,
        domain="[('student_id', '=', student_id)]",
        check_company=True,
        index=True,
        ondelete="restrict",
    )
    ground = fields.Selection(GROUNDS, required=True, tracking=True)
    contested = fields.Text(
        "What Is Contested", required=True, help="The words or figures of the record"
    )
    wanted = fields.Text("What It Should Say", help="Or that it should be removed")
    letter = fields.Binary("Written Request", attachment=True)
    letter_name = fields.Char()
    received_date = fields.Date(
        "Received", required=True, default=fields.Date.context_today, tracking=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Handled by",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
    )
    state = fields.Selection(
        [
            ("submitted", "Submitted"),
            ("meeting", "Meeting"),
            ("sustained", "Sustained"),
            ("corrected", "Corrected"),
            ("denied", "Denied"),
            ("appealed", "Appealed"),
            ("final", "Denied by the Board"),
            ("statement", "Statement Filed"),
            ("closed", "Closed"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        default="submitted",
        readonly=True,
        tracking=True,
        copy=False,
        group_expand=True,
    )
    due_date = fields.Date("Due", compute="_compute_due", store=True)
    due_rule_id = fields.Many2one("gr.rule", "By", compute="_compute_due", store=True)
    light = fields.Selection(LIGHTS, compute="_compute_light", string="Clock")
    meeting_date = fields.Datetime("Meeting or Hearing", tracking=True)
    meeting_place = fields.Char()
    panel = fields.Text(
        help="Who decides, none of them with a direct interest in the outcome"
        " (34 CFR 99.22(c)); a panel needs the parent's consent (EC 49071)"
    )
    decision_date = fields.Date("Decided on", readonly=True, copy=False)
    decision_reasons = fields.Text(
        help="In writing, on the evidence alone, with a summary of it (99.22(f))"
    )
    correction = fields.Text("What Was Corrected")
    appeal_date = fields.Date("Appealed on", readonly=True, copy=False)
    final_date = fields.Date("Board Decided on", readonly=True, copy=False)
    statement = fields.Text(
        "Parent's Statement", help="Kept and disclosed with the contested part"
    )

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        sequence = self.env["ir.sequence"].sudo()  # sudo: everybody counts on
        for request in requests:
            request._check_holder()
            # sudo: the reference is guarded
            request.sudo().name = sequence.next_by_code("gr.amendment.request")
        self.env["gr.privacy.audit"]._log(
            "records_request", requests, requests.student_id, detail={"kind": "amend"}
        )
        return requests

    def _check_holder(self):
        """Only who holds the educational rights may challenge the record."""
        adult = self.guardianship_id
        allowed = adult.records_allowed and adult.educational_rights
        if adult.student_id != self.student_id or not allowed:
            raise UserError(
                self.env._(
                    "%(adult)s does not hold the educational rights for this student"
                    " today, so cannot challenge the record. Another adult may.",
                    adult=adult.partner_id.name,
                )
            )

    @api.depends("state", "received_date", "decision_date", "appeal_date", "company_id")
    def _compute_due(self):
        for request in self:
            key, start = STEPS.get(request.state, (None, None))
            request.due_date = request.due_rule_id = False
            if key and request.company_id and request[start]:
                request.due_date, request.due_rule_id = self._get_deadline(
                    key, request.company_id, request[start]
                )

    @api.depends("due_date")
    @api.depends_context("tz")
    def _compute_light(self):
        today = fields.Date.context_today(self)
        for request in self:
            due = request.due_date
            if not due:
                request.light = "none"
            elif due < today:
                request.light = "late"
            else:
                request.light = "soon" if (due - today).days <= self._warn() else "ok"

    def _warn(self):
        """Days before the end at which a case counts as due soon."""
        return self.env["gr.rule"].rule(
            "records.amendment.warn_days", self.env.company, fields.Date.today()
        )

    def action_meet(self):
        self._need("meeting_date", self.env._("Enter when the meeting is."))
        self._move("meeting")

    def action_sustain(self):
        self._need("decision_reasons", self.env._("Enter the reasons of the decision."))
        self._move("sustained", decision_date=fields.Date.context_today(self))

    def action_deny(self):
        self._need(
            "decision_reasons",
            self.env._(
                "Enter the reasons: the parent gets them in writing, with the right to"
                " appeal."
            ),
        )
        today = fields.Date.context_today(self)
        if self.state == "appealed":
            self._move("final", final_date=today)
        else:
            self._move("denied", decision_date=today)

    def action_appeal(self):
        for request in self:
            today = fields.Date.context_today(request)
            if request.due_date and today > request.due_date:
                raise UserError(
                    self.env._(
                        "The time to appeal ended on %(date)s. The parent may still"
                        " file a statement.",
                        date=request.due_date,
                    )
                )
            request._move("appealed", appeal_date=today)

    def action_corrected(self):
        self._need("correction", self.env._("Enter what was corrected, and where."))
        self._move("corrected")

    def action_file_statement(self):
        self._need("statement", self.env._("Enter the parent's statement."))
        self._move("statement")

    def action_close(self):
        self._move("closed")

    def action_withdraw(self):
        self._move("withdrawn")

    def _need(self, name, sentence):
        for request in self:
            if not request[name]:
                raise UserError(sentence)
