from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# One statement, however many are affected. Pupils come by a rule, by the audit log of
# one account, or both; their adults and the staff at the sites follow.
FIND = """
    WITH pupil AS (
        SELECT s.id, CASE WHEN s.id IN (%(by_rule)s) THEN 'rule' ELSE 'log' END AS why
          FROM gr_student s
         WHERE s.company_id = %(district)s AND s.learner_type = 'pupil'
           AND (s.id IN (%(by_rule)s) OR s.id IN (%(by_log)s))
    ), adult AS (
        SELECT DISTINCT g.partner_id FROM gr_guardianship g
          JOIN pupil ON pupil.id = g.student_id
         WHERE %(with_adults)s AND g.active
    ), staff AS (
        SELECT DISTINCT r.partner_id FROM gr_site_role r
         WHERE %(with_staff)s AND r.active AND r.company_id = %(district)s
           AND (r.site_id IS NULL OR r.site_id IN
                (SELECT s.site_id FROM gr_student s JOIN pupil USING (id)))
    )
    INSERT INTO gr_privacy_incident_person
           (incident_id, company_id, kind, student_id, partner_id, why,
            create_uid, create_date, write_uid, write_date)
    SELECT %(incident)s, %(district)s, kind, student_id, partner_id, why,
           %(user)s, %(now)s, %(user)s, %(now)s
      FROM (SELECT 'pupil' AS kind, id AS student_id, NULL::int AS partner_id, why
              FROM pupil
             UNION ALL
            SELECT 'guardian', NULL, partner_id, 'family' FROM adult
             UNION ALL
            SELECT 'staff', NULL, partner_id, 'site' FROM staff
             WHERE partner_id NOT IN (SELECT partner_id FROM adult)) found
    ON CONFLICT DO NOTHING
"""


class GrPrivacyIncidentAffectedMixin(models.AbstractModel):
    """Who is affected, in one query: by a rule over pupils, or by what was seen."""

    _name = "gr.privacy.incident.affected.mixin"
    _description = "Who an Incident Affects"

    person_ids = fields.One2many(
        "gr.privacy.incident.person", "incident_id", "Affected", copy=False
    )
    pupil_count = fields.Integer("Pupils", compute="_compute_counts")
    guardian_count = fields.Integer("Guardians", compute="_compute_counts")
    staff_count = fields.Integer("Staff", compute="_compute_counts")
    student_domain = fields.Char(
        "Pupils by Rule", default="[]", help="For example all pupils of two schools"
    )
    account_id = fields.Many2one(
        "res.users",
        string="Compromised Account",
        help="Everybody whose record this account saw in the time below, by the audit"
        " log",
    )
    seen_from = fields.Datetime()
    seen_to = fields.Datetime()
    with_adults = fields.Boolean("Parents and Guardians too", default=True)
    with_staff = fields.Boolean("Staff of Those Sites too")

    @api.depends("person_ids.kind")
    def _compute_counts(self):
        groups = self.env["gr.privacy.incident.person"]._read_group(
            [("incident_id", "in", self.ids)], ["incident_id", "kind"], ["__count"]
        )
        counts = {(incident, kind): count for incident, kind, count in groups}
        for incident in self:
            incident.pupil_count = counts.get((incident, "pupil"), 0)
            incident.guardian_count = counts.get((incident, "guardian"), 0)
            incident.staff_count = counts.get((incident, "staff"), 0)

    def action_find_affected(self):
        """Find anew who is affected; who was added by hand stays."""
        for incident in self:
            incident.check_access("write")
            if incident.state in ("notifying", "closed"):
                raise UserError(
                    self.env._(
                        "Notices are on their way already. Add who is missing by hand."
                    )
                )
            incident._find_affected()
        self._refresh_duties()

    def _find_affected(self):
        self.ensure_one()
        # sudo: rows of the last search only; the statement below stays in the district
        people = self.env["gr.privacy.incident.person"].sudo()
        people.search([("incident_id", "=", self.id), ("why", "!=", "hand")]).unlink()
        self.env.flush_all()
        self.env.execute_query(self._get_query())
        self.env.invalidate_all()
        self._audit(self.person_ids.student_id)

    def _get_query(self):
        return SQL(
            FIND,
            by_rule=self._select_by_rule(),
            by_log=self._select_by_log(),
            district=self.company_id.id,
            with_adults=self.with_adults,
            with_staff=self.with_staff,
            incident=self.id,
            user=self.env.uid,
            now=fields.Datetime.now(),
        )

    def _select_by_rule(self):
        """Return a subquery of the pupils that the rule names; an empty one: nobody."""
        domain = Domain(literal_eval(self.student_domain or "[]"))
        if domain.is_true():
            return SQL("SELECT NULL::int")
        # The manager's own rules: who may not read a child cannot pick it.
        students = self.env["gr.student"].with_context(active_test=False)
        return students._search(domain).subselect()

    def _select_by_log(self):
        """Return a subquery of the pupils whose record the account saw."""
        if not self.account_id:
            return SQL("SELECT NULL::int")
        return SQL(
            "SELECT (jsonb_array_elements_text(e.subjects))::int FROM gr_audit_event e"
            " WHERE (e.user_id = %(user)s OR e.real_user_id = %(user)s)"
            " AND e.subjects <> '[]' AND e.at >= %(start)s AND e.at <= %(end)s",
            user=self.account_id.id,
            start=self.seen_from or fields.Datetime.to_datetime("1970-01-01"),
            end=self.seen_to or fields.Datetime.now(),
        )
