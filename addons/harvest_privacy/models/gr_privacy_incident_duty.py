from odoo import api, fields, models

from ..const_requests import LIGHTS

DUTIES = [
    ("owner", "The district that owns the data"),
    ("gdpr", "The supervisory authority (EU)"),
    ("people", "The people affected"),
    ("attorney_general", "The Attorney General: a sample of the notice"),
    ("csic", "Cal-CSIC: report of the cyberattack"),
    ("disclosure_log", "Each pupil's disclosure log: unauthorized"),
]
SOON_HOURS = 48


class GrPrivacyIncidentDuty(models.Model):
    """Somebody who must be told, by which law, until when, and when it was done."""

    _name = "gr.privacy.incident.duty"
    _description = "Duty after an Incident"
    _inherit = ["gr.guarded.mixin"]
    _order = "due nulls last, id"
    _guarded = frozenset({"code", "rule_id", "due", "incident_id"})

    incident_id = fields.Many2one(
        "gr.privacy.incident", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="incident_id.company_id", store=True, precompute=True, index=True
    )
    code = fields.Selection(DUTIES, string="Whom", required=True, readonly=True)
    name = fields.Char(compute="_compute_name")
    rule_id = fields.Many2one("gr.rule", "By", readonly=True, ondelete="set null")
    authority = fields.Char(related="rule_id.authority")
    due = fields.Datetime(
        "Until", readonly=True, help="Empty: without unreasonable delay"
    )
    done_date = fields.Datetime("Done")
    waived_reason = fields.Char("Why Not")
    light = fields.Selection(LIGHTS, compute="_compute_light", string="Clock")

    _code_uniq = models.UniqueIndex("(incident_id, code)")

    @api.depends("code")
    def _compute_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for duty in self:
            duty.name = labels.get(duty.code)

    @api.depends("due", "done_date", "waived_reason")
    def _compute_light(self):
        now = fields.Datetime.now()
        soon = fields.Datetime.add(now, hours=SOON_HOURS)
        for duty in self:
            if not duty.due or duty.done_date or duty.waived_reason:
                duty.light = "none"
            else:
                is_soon = "soon" if duty.due <= soon else "ok"
                duty.light = "late" if duty.due < now else is_soon

    def action_done(self):
        self.write({"done_date": fields.Datetime.now()})
