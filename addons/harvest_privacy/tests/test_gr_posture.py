from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PrivacyCommon
from .matrix import make_annual_notice, make_consent, make_purpose, make_text


@tagged("post_install", "-at_install")
class TestGrPosture(PrivacyCommon):
    def _clause(self, check, company=None):
        clauses = self.env["gr.posture.clause"].with_user(self.manager)
        clauses = clauses.with_company(company or self.district)
        found = clauses.search([("check", "=", check)], limit=1)
        found.invalidate_recordset()
        return found

    def test_each_clause_counts_and_leads_to_its_evidence(self):
        clauses = self.env["gr.posture.clause"].with_user(self.manager).search([])
        self.assertEqual(set(clauses.mapped("law")), {"coppa", "sopipa", "ab1584"})
        for clause in clauses:
            with self.subTest(clause.name):
                self.assertTrue(clause.evidence and clause.standing and clause.binds)
                self.assertIn(
                    clause.action_show()["type"],
                    ("ir.actions.act_window", "ir.actions.act_url"),
                )

    def test_the_evidence_is_of_now(self):
        purpose = make_purpose(self.env, self.own)
        self.assertEqual(self._clause("texts").standing, "attention")
        for one in self.env["gr.consent.purpose"].search(
            [("company_id", "in", [False, self.district.id])]
        ):
            make_text(self.env, one, self.own)
        self.assertEqual(self._clause("texts").standing, "shown")
        make_text(self.env, purpose, self.own)

    def test_a_late_request_and_a_failed_effect_ask_for_attention(self):
        self.assertEqual(self._clause("rights").standing, "shown")
        self.env["gr.records.request"].create(
            {
                "student_id": self.student.id,
                "guardianship_id": self.mother.id,
                "received_date": date.today() - timedelta(days=60),
            }
        )
        self.assertEqual(self._clause("rights").standing, "attention")

    def test_consents_are_counted_in_the_own_district_only(self):
        elearning = self.env.ref("harvest_privacy.gr_consent_purpose_elearning")
        make_text(self.env, elearning, self.own)
        make_consent(self.env, self.own, elearning)
        self.assertIn("1 allowed", self._clause("consents").evidence)
        clause = self.env["gr.posture.clause"].with_company(self.foreign_district)
        clause = clause.search([("check", "=", "consents")], limit=1)
        self.assertIn("0 allowed", clause.evidence)

    def test_the_notice_is_shown_when_everybody_has_it(self):
        self.assertEqual(self._clause("notice").standing, "attention")
        notice = make_annual_notice(self.env, self.own, publish=True)
        notice.action_send()
        notice.delivery_ids.action_handed_over()
        self.assertEqual(self._clause("notice").standing, "shown")

    def test_who_is_bound_follows_from_the_employer(self):
        self.district.gr_employer_kind = "public_lea"
        self.assertEqual(self._clause("trackers").binds, "The vendor")
        self.district.gr_employer_kind = "private_contractor"
        self.assertEqual(self._clause("trackers").binds, "This organization")

    def test_a_tracker_is_noticed(self):
        if "website" not in self.env:
            self.skipTest("no website")
        self.assertEqual(self._clause("trackers").standing, "shown")
        site = self.env["website"].create(
            {"name": "Test", "company_id": self.district.id}
        )
        site.google_analytics_key = "G-1"
        self.assertEqual(self._clause("trackers").standing, "attention")

    def test_it_is_for_the_compliance_manager(self):
        for role in ("A", "C", "D", "E", "F"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.env["gr.posture.clause"].with_user(self.users[role]).search([])
