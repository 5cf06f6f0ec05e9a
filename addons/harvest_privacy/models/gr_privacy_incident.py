from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import flow

KINDS = [
    ("misdirected", "Sent to the Wrong Person"),
    ("device", "Lost or Stolen Device or Paper"),
    ("account", "Compromised Account"),
    ("access", "Somebody Looked without a Need"),
    ("attack", "Attack: Data Altered, Destroyed or Locked"),
    ("vendor", "Happened at a Vendor"),
    ("other", "Other"),
]


class GrPrivacyIncident(models.Model):
    """Something happened to personal data: who is affected, who must be told, by when.

    A drill goes the same way, is marked on every page, and lets no mail leave.
    """

    _name = "gr.privacy.incident"
    _description = "Privacy Incident"
    _inherit = [
        "gr.guarded.mixin",
        "gr.privacy.clock.mixin",
        "gr.privacy.incident.affected.mixin",
        "gr.privacy.incident.duty.mixin",
        "gr.privacy.incident.notice.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "detected_date desc, id desc"
    _check_company_auto = True
    _machine = flow.INCIDENT
    _guarded = frozenset({"reference", "state", "closed_date", "told_date"})
    _fixed = frozenset({"company_id"})

    reference = fields.Char(readonly=True, copy=False)
    name = fields.Char(
        "In One Line", required=True, tracking=True, help="Without names of people"
    )
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    is_drill = fields.Boolean(
        "Drill", help="An exercise: everything is worked through, no mail leaves."
    )
    kind = fields.Selection(KINDS, required=True, default="misdirected", tracking=True)
    severity = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")], tracking=True
    )
    state = fields.Selection(
        [
            ("reported", "Reported"),
            ("triaged", "Triaged"),
            ("contained", "Contained"),
            ("assessed", "Assessed"),
            ("notifying", "Notifying"),
            ("closed", "Closed"),
        ],
        required=True,
        default="reported",
        readonly=True,
        tracking=True,
        copy=False,
        index=True,
        group_expand=True,
    )
    detected_date = fields.Datetime(
        "Detected", required=True, default=fields.Datetime.now, tracking=True
    )
    happened_date = fields.Datetime("Happened", help="As far as is known")
    contained_note = fields.Text("How It Was Contained")
    lessons = fields.Text("What We Learned")
    user_id = fields.Many2one(
        "res.users",
        string="Led by",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
    )
    closed_date = fields.Datetime("Closed on", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        incidents = super().create(vals_list)
        sequence = self.env["ir.sequence"].sudo()  # sudo: everybody counts on
        for incident in incidents.sudo():  # sudo: the reference is guarded
            incident.reference = sequence.next_by_code("gr.privacy.incident")
        return incidents

    def write(self, vals):
        if "is_drill" in vals and any(
            incident.is_drill != vals["is_drill"] for incident in self
        ):
            raise UserError(
                self.env._(
                    "A drill stays a drill, and an incident an incident. Report a new"
                    " one."
                )
            )
        return super().write(vals)

    @api.depends("reference", "name", "is_drill")
    def _compute_display_name(self):
        for incident in self:
            name = f"{incident.reference or ''} {incident.name or ''}".strip()
            incident.display_name = (
                self.env._("[DRILL] %(name)s", name=name) if incident.is_drill else name
            )

    def action_triage(self):
        for incident in self:
            if not incident.severity:
                raise UserError(self.env._("Choose how severe it is first."))
        self._move("triaged")

    def action_contain(self):
        for incident in self:
            if not (incident.contained_note or "").strip():
                raise UserError(self.env._("Enter how it was contained first."))
        self._move("contained")

    def action_assess(self):
        """Who is affected is known; from that follows who must be told, by when."""
        self._move("assessed")
        self._refresh_duties()

    def action_start_notifying(self):
        self._refresh_duties()
        self._make_notices()
        self._move("notifying")

    def action_close(self):
        for incident in self:
            waiting = incident.duty_ids.filtered(
                lambda duty: not duty.done_date and not duty.waived_reason
            )
            if waiting:
                raise UserError(
                    self.env._(
                        "These are still to be told: %(duties)s. Mark each as done, or"
                        " say why not.",
                        duties=", ".join(waiting.mapped("name")),
                    )
                )
        self._move("closed", closed_date=fields.Datetime.now())

    def _audit(self, students, **values):
        self.env["gr.privacy.audit"]._log("incident", self, students, **values)
