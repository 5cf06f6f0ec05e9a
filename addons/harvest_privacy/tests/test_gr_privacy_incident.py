from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError

from .common import PrivacyCommon

HEADINGS = {
    "what_happened": "A list was mailed to the wrong address.",
    "what_information": "Names and allergies.",
    "what_we_do": "The mail was recalled.",
    "what_you_can_do": "Nothing is needed.",
    "more_information": "Call 555-0100.",
}
TITLES = (
    "What Happened",
    "What Information Was Involved",
    "What We Are Doing",
    "What You Can Do",
    "For More Information",
)


@freeze_time("2026-11-18 17:00:00")
class TestGrPrivacyIncident(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mother.partner_id.write({"email": "mother@example.org", "lang": "en_US"})

    def _report(self, **values):
        return (
            self.env["gr.privacy.incident"]
            .with_user(self.manager)
            .create(
                {
                    "name": "A list went astray",
                    "company_id": self.district.id,
                    "severity": "medium",
                    "contained_note": "Recalled",
                    **HEADINGS,
                    **values,
                }
            )
        )

    def _find(self, incident, **values):
        incident.write(
            {"student_domain": f"[('site_id', '=', {self.site.id})]", **values}
        )
        incident.action_find_affected()
        return incident

    def _assess(self, incident):
        incident.action_triage()
        incident.action_contain()
        incident.action_assess()
        return incident

    def _duties(self, incident):
        return {duty.code: duty for duty in incident.duty_ids}

    # WHO IS AFFECTED

    def test_pupils_of_a_site_and_their_adults(self):
        incident = self._find(self._report())
        self.assertEqual(incident.person_ids.student_id, self.student)
        self.assertEqual(
            incident.person_ids.partner_id, (self.mother | self.father).partner_id
        )
        self.assertEqual((incident.pupil_count, incident.guardian_count), (1, 2))

    def test_one_statement_however_many(self):
        for number in range(8):
            student = self._make_student(self.site, f"Child {number}")
            self._make_guardian(student, f"Adult {number}")
        incident = self._report(student_domain=f"[('site_id', '=', {self.site.id})]")
        query = incident._get_query()
        with self.assertQueryCount(1):
            self.env.cr.execute(query)
        incident.invalidate_recordset()
        self.assertEqual(incident.pupil_count, 9)

    def test_an_empty_rule_affects_nobody(self):
        incident = self._report()
        incident.action_find_affected()
        self.assertFalse(incident.person_ids)

    def test_nobody_of_another_district(self):
        incident = self._find(self._report(), student_domain="[('id', '>', 0)]")
        districts = incident.person_ids.student_id.sudo().company_id
        self.assertEqual(districts, self.district)

    def test_who_was_added_by_hand_stays(self):
        incident = self._report()
        self.env["gr.privacy.incident.person"].with_user(self.manager).create(
            {"incident_id": incident.id, "student_id": self.elsewhere.student.id}
        )
        self._find(incident)
        pupils = incident.person_ids.student_id
        self.assertEqual(pupils, self.student | self.elsewhere.student)

    # DUTIES

    def test_a_contractor_has_thirty_days_and_the_owner_hears_in_72_hours(self):
        self.district.gr_employer_kind = "private_contractor"
        incident = self._assess(self._find(self._report(has_personal=True)))
        people = self._duties(incident)["people"]
        self.assertEqual(people.due.date(), datetime(2026, 12, 18).date())
        self.assertIn("1798.82", people.authority)
        incident.is_owner = False
        incident._refresh_duties()
        owner = self._duties(incident)["owner"]
        self.assertEqual(owner.due, datetime(2026, 11, 21, 17))
        self.assertNotIn("people", self._duties(incident))

    def test_a_districts_law_names_no_number(self):
        incident = self._assess(self._find(self._report(has_personal=True)))
        people = self._duties(incident)["people"]
        self.assertFalse(people.due)
        self.assertIn("1798.29", people.authority)
        self.env["gr.rule"].create(
            {
                "name": "Our policy",
                "key": "breach.individuals.public.days",
                "topic": "privacy",
                "value_type": "integer",
                "value": "10",
                "company_id": self.district.id,
                "authority": "BP 3580",
                "valid_from": "2020-01-01",
            }
        )
        incident._refresh_duties()
        self.assertEqual(people.due.date(), datetime(2026, 11, 28).date())

    def test_over_500_residents_the_attorney_general_15_days_after_the_notices(self):
        self.district.gr_employer_kind = "private_contractor"
        incident = self._find(self._report(has_personal=True, resident_count=501))
        self._assess(incident).action_start_notifying()
        general = self._duties(incident)["attorney_general"]
        self.assertFalse(general.due)
        incident.action_send_notices()
        self.assertEqual(general.due.date(), datetime(2026, 12, 3).date())

    def test_cal_csic_until_its_law_ends(self):
        incident = self._find(self._report(kind="attack"))
        self.env["gr.rule"].search([("key", "=", "breach.csic.threshold")]).value = "0"
        incident._refresh_duties()
        self.assertIn("csic", self._duties(incident))
        incident.detected_date = "2027-01-02 10:00:00"
        incident._refresh_duties()
        self.assertNotIn("csic", self._duties(incident))

    def test_it_is_not_closed_before_everybody_was_told(self):
        incident = self._find(self._report(has_personal=True))
        self._assess(incident).action_start_notifying()
        with self.assertRaisesRegex(UserError, "people affected"):
            incident.action_close()
        incident.action_send_notices()
        duties = self._duties(incident)
        duties["people"].action_done()
        duties["disclosure_log"].waived_reason = "Nobody outside received it"
        incident.action_close()
        self.assertEqual(incident.state, "closed")

    # NOTICES

    def _notify(self, **values):
        incident = self._find(self._report(**values))
        self._assess(incident).action_start_notifying()
        before = self.env["mail.mail"].search([])
        incident.action_send_notices()
        return incident, self.env["mail.mail"].search([]) - before

    def test_a_notice_has_the_five_headings(self):
        incident, mails = self._notify()
        self.assertEqual(mails.mapped("email_to"), ["mother@example.org"])
        for text in (*TITLES, *HEADINGS.values()):
            self.assertIn(text, mails.body_html)
        self.assertEqual(mails.subject, "Notice of Data Breach")
        states = {n.partner_id: n.state for n in incident.notice_ids}
        self.assertEqual(states[self.mother.partner_id], "sent")
        self.assertEqual(states[self.father.partner_id], "letter")

    def test_a_notice_speaks_the_persons_language(self):
        self.env["res.lang"]._activate_lang("es_MX")
        self.mother.partner_id.lang = "es_MX"
        incident = self._find(self._report())
        incident.with_context(lang="es_MX").what_happened = "Se envió una lista."
        self._assess(incident).action_start_notifying()
        before = self.env["mail.mail"].search([])
        incident.action_send_notices()
        mail = self.env["mail.mail"].search([]) - before
        self.assertIn("Se envió una lista.", mail.body_html)

    def test_nothing_goes_out_without_all_five_parts(self):
        incident = self._assess(self._find(self._report(what_we_do=False)))
        with self.assertRaisesRegex(UserError, "What We Are Doing"):
            incident.action_start_notifying()

    def test_no_mail_leaves_a_drill(self):
        incident, mails = self._notify(is_drill=True)
        self.assertFalse(mails)
        self.assertEqual(set(incident.notice_ids.mapped("state")), {"drill"})
        self.assertIn("DRILL", incident.display_name)
        with self.assertRaises(UserError):
            incident.is_drill = False

    def test_a_notice_is_sent_once(self):
        incident, _mails = self._notify()
        before = self.env["mail.mail"].search_count([])
        incident.action_send_notices()
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    # NOBODY ELSE

    def test_wrong_role_site_and_district(self):
        incident = self._find(self._report())
        foreign = self._make_user("B", self.foreign_site, login="foreign")
        foreign.gr_scope = "district"
        of_site = self._make_user("B", self.site, login="of_site")
        strangers = [self.users[role] for role in ("A", "C", "D", "E", "F")]
        for user in (*strangers, foreign, of_site):
            with self.assertRaises(AccessError):
                incident.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                incident.person_ids.with_user(user).read(["student_id"])
        with self.assertRaises(AccessError):
            incident.write({"state": "closed"})
