from odoo import fields, models

from .. import breach


class GrPrivacyIncidentDutyMixin(models.AbstractModel):
    """What the laws ask for after an incident, with their clocks."""

    _name = "gr.privacy.incident.duty.mixin"
    _description = "Duties after an Incident"

    duty_ids = fields.One2many(
        "gr.privacy.incident.duty", "incident_id", "To Be Told", copy=False
    )
    next_due = fields.Datetime(compute="_compute_next_due", string="Next Deadline")
    is_late = fields.Boolean(compute="_compute_next_due", string="Overdue")
    has_personal = fields.Boolean(
        "Personal Information",
        help="With a name: ID, account, medical, insurance or biometric data; or a"
        " login with its password (Civ. 1798.29(g), 1798.82(h))",
    )
    has_records = fields.Boolean("Education Records", default=True)
    is_encrypted = fields.Boolean(
        "Was Encrypted", help="and the key was not taken with it"
    )
    is_gdpr = fields.Boolean("People in the European Union")
    is_owner = fields.Boolean(
        "We Own the Data", default=True, help="Off: we keep them for a district"
    )
    resident_count = fields.Integer(
        "California Residents", help="Empty: everybody who is affected"
    )
    told_date = fields.Datetime("People Told on", readonly=True, copy=False)

    def _compute_next_due(self):
        now = fields.Datetime.now()
        for incident in self:
            open_duties = incident.duty_ids.filtered(
                lambda duty: duty.due and not duty.done_date and not duty.waived_reason
            )
            incident.next_due = min(open_duties.mapped("due"), default=False)
            incident.is_late = bool(incident.next_due) and incident.next_due < now

    def _get_facts(self):
        people = self.pupil_count + self.guardian_count + self.staff_count
        return breach.Facts(
            is_business=self.company_id.gr_employer_kind == "private_contractor",
            is_owner=self.is_owner,
            has_personal=self.has_personal,
            is_readable=not self.is_encrypted,
            is_attack=self.kind == "attack",
            has_records=self.has_records,
            is_gdpr=self.is_gdpr,
            residents=self.resident_count or people,
            pupils=self.pupil_count,
            staff=self.staff_count,
        )

    def _refresh_duties(self):
        """Bring the list of duties to the facts; what was done stays done."""
        for incident in self:
            incident.check_access("write")
            day = fields.Date.to_date(incident.detected_date)
            found = breach.duties(
                incident._get_facts(),
                ag_over=incident._get_threshold("breach.ag.threshold", day),
                csic_over=incident._get_threshold("breach.csic.threshold", day),
            )
            # sudo: duties follow from the law; nobody adds or drops one by hand
            duties = incident.sudo().duty_ids
            codes = {duty.code for duty in found}
            duties.filtered(
                lambda duty, codes=codes: duty.code not in codes and not duty.done_date
            ).unlink()
            known = duties.exists().grouped("code")
            for duty in found:
                values = incident._get_duty_values(duty, day)
                if duty.code in known:
                    known[duty.code].write(values)
                else:
                    duties.create({**values, "incident_id": incident.id})

    def _get_threshold(self, key, day):
        rule = self.env["gr.rule"]._find_rule(key, self.company_id, day)
        return int(rule.value) if rule.value else None

    def _get_duty_values(self, duty, day):
        start = self.told_date if duty.start == breach.TOLD else self.detected_date
        rule = self.env["gr.rule"]._find_rule(duty.rule, self.company_id, day)
        due = None
        if rule.value and start:
            due = self._get_deadline(duty.rule, self.company_id, start)[0]
            if due and not hasattr(due, "hour"):
                due = self._end_of_day(due, self.company_id)
        return {"code": duty.code, "rule_id": rule.id, "due": due}
