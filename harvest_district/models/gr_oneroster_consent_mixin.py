from odoo import fields, models
from odoo.tools import SQL

FAMILY = ["parent", "guardian", "relative"]


class GrOnerosterConsentMixin(models.AbstractModel):
    """A client that gets only the students whose families consented to its purpose.

    For parties that are no school official (34 CFR 99.30): without a consent that
    counts today neither the student nor a family of such students alone is told.
    """

    _name = "gr.oneroster.consent.mixin"
    _description = "OneRoster Client: Consents"

    consent_purpose_id = fields.Many2one(
        "gr.consent.purpose",
        string="Only with Consent to",
        ondelete="restrict",
        tracking=True,
        domain="[('company_id', 'in', [False, company_id])]",
        help="Empty: the client is a school official by agreement, and no consent is"
        " needed (34 CFR 99.31(a)(1))",
    )

    def _get_hidden(self):
        """Return the sourcedIds of people that this client may not see today."""
        self.ensure_one()
        if not self.consent_purpose_id:
            return frozenset()
        self.env["gr.consent.standing"].flush_model()  # read by SQL
        found = self.env.execute_query(
            SQL(
                "WITH hidden AS (%(students)s),"
                " families AS ("
                "  SELECT o.sourced_id, o.payload FROM gr_oneroster_object o"
                "   WHERE o.company_id = %(company)s AND o.kind = 'user'"
                "     AND o.type = 'adult' AND o.payload -> 'agents' <> '[]')"
                " SELECT sourced_id FROM hidden UNION"
                " SELECT f.sourced_id FROM families f WHERE NOT EXISTS ("
                "   SELECT FROM jsonb_array_elements(f.payload -> 'agents') e"
                "    WHERE e ->> 'id' NOT IN (SELECT sourced_id FROM hidden))"
                "   AND NOT EXISTS ("
                "   SELECT FROM jsonb_array_elements(f.payload -> 'roles') e"
                "    WHERE e ->> 'role' <> ALL(%(family)s))",
                students=self._get_hidden_students(),
                company=self.company_id.id,
                family=FAMILY,
            )
        )
        return frozenset(sourced_id for (sourced_id,) in found)

    def _get_hidden_students(self):
        return SQL(
            "SELECT DISTINCT o.sourced_id FROM gr_oneroster_object o"
            " WHERE o.company_id = %(company)s AND o.kind = 'user'"
            "   AND o.type = 'student' AND NOT EXISTS ("
            "  SELECT FROM gr_consent_standing s"
            "   WHERE s.student_id = split_part(o.key, '|', 3)::int"
            "     AND s.purpose_id = %(purpose)s AND s.state = 'given'"
            "     AND (s.date_end IS NULL OR s.date_end >= %(today)s))",
            company=self.company_id.id,
            purpose=self.consent_purpose_id.id,
            today=fields.Date.context_today(self),
        )
