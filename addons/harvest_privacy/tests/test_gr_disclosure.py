import base64
from datetime import date, timedelta
from io import BytesIO

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from .common import PrivacyCommon
from .matrix import make_consent, make_notice, make_purpose, make_request

PAPER = base64.b64encode(b"%PDF-1.4 an order")


def ref(env, name):
    return env.ref(f"harvest_privacy.{name}")


class DisclosureCommon(PrivacyCommon):
    def _ask(self, basis="a2", kind="school", **values):
        return make_request(
            self.env(user=values.pop("user", self.manager)),
            self.own,
            basis_id=ref(self.env, f"gr_disclosure_basis_{basis}").id,
            party_kind_id=ref(self.env, f"gr_party_kind_{kind}").id,
            **values,
        )

    def _disclose(self, dialogue):
        action = dialogue.action_disclose()
        return dialogue.env["gr.disclosure"].browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestGrDisclosure(DisclosureCommon):
    def test_every_field_of_the_law_is_in_the_entry(self):
        dialogue = self._ask(
            records="Enrollment form", circumstances="At the office", redisclosure="No"
        )
        entry = self._disclose(dialogue)
        self.assertRecordValues(
            entry,
            [
                {
                    "kind": "disclosed",
                    "party_name": "Pat Registrar",
                    "party_organization": "Next Elementary",
                    "legitimate_interest": "Enrollment",
                    "records": "Enrollment form",
                    "circumstances": "At the office",
                    "identity_method": "letterhead",
                    "recorded_by_id": self.manager.id,
                    "is_statutory": True,
                    "student_count": 1,
                }
            ],
        )
        self.assertTrue(entry.disclosed_at)
        self.assertEqual(entry.line_ids.student_id, self.student)
        self.assertEqual(len(entry.sha256), 64)

    def test_the_letter_goes_with_it_in_the_right_language(self):
        entry = self._disclose(self._ask())
        reader = PdfFileReader(BytesIO(base64.b64decode(entry.letter)))
        self.assertEqual(reader.trailer["/Root"]["/Lang"], "en")
        self.assertIn("/StructTreeRoot", reader.trailer["/Root"])
        order = self._ask(
            "a9", "court", court_document=PAPER, advance_notice_on="2020-01-01"
        )
        self.assertFalse(self._disclose(order).letter)  # 99.33(c)

    def test_nobody_writes_the_log_by_hand(self):
        entry = self._disclose(self._ask())
        with self.assertRaisesRegex(UserError, "Disclose Records"):
            self.env["gr.disclosure"].with_user(self.manager).create(
                {"kind": "disclosed"}
            )
        for user in (self.manager, self.users["Admin"], self.env.user):
            with self.assertRaises(UserError):
                entry.with_user(user).sudo().write({"party_name": "Nobody"})
            with self.assertRaises(UserError):
                entry.with_user(user).sudo().unlink()
        with self.assertRaises(UserError):
            entry.line_ids.sudo().unlink()

    def test_without_consent_it_is_refused_with_the_remedy(self):
        purpose = make_purpose(self.env, self.own)
        dialogue = self._ask("consent", "other", purpose_id=purpose.id)
        self.assertIn("No consent counts", dialogue.problem_text)
        self.assertIn(self.student.name, dialogue.problem_text)
        with self.assertRaisesRegex(UserError, "Ask their families"):
            dialogue.action_disclose()
        consent = make_consent(self.env, self.own, purpose)
        dialogue.invalidate_recordset()
        entry = self._disclose(dialogue)
        self.assertEqual(entry.line_ids.consent_ids, consent)
        self.assertFalse(entry.is_statutory)  # exempt, logged all the same

    def test_a_withdrawn_consent_stops_the_next_disclosure(self):
        purpose = make_purpose(self.env, self.own)
        make_consent(self.env, self.own, purpose)
        make_consent(self.env, self.own, purpose, decision="withdrawn", method="oral")
        dialogue = self._ask("consent", "other", purpose_id=purpose.id)
        self.assertEqual(dialogue.barred_student_ids, self.student)

    def test_immigration_is_refused_and_the_request_is_logged(self):
        dialogue = self._ask("police", "immigration", certification=PAPER)
        self.assertIn("EC 234.7", dialogue.problem_text)
        with self.assertRaises(UserError):
            dialogue.action_disclose()
        action = dialogue.action_refuse()
        entry = self.env["gr.disclosure"].browse(action["res_id"])
        self.assertEqual(entry.kind, "refused")
        self.assertIn("EC 234.7", entry.refusal)
        self.assertFalse(entry.letter or entry.disclosed_at)

    def test_a_request_about_nobody_in_particular_is_logged_too(self):
        dialogue = self._ask("police", "immigration", student_ids=False)
        entry = self.env["gr.disclosure"].browse(dialogue.action_refuse()["res_id"])
        self.assertEqual(entry.student_count, 0)
        self.assertTrue(entry.with_user(self.manager).has_access("read"))

    def test_a_subpoena_waits_for_the_notice_to_the_family(self):
        values = {"court_document": PAPER}
        self.assertIn(
            "Tell the family", self._ask("a9", "court", **values).problem_text
        )
        today = date.today()
        late = self._ask("a9", "court", advance_notice_on=today, **values)
        self.assertIn("Wait", late.problem_text)
        early = today - timedelta(days=3)
        in_time = self._ask("a9", "court", advance_notice_on=early, **values)
        self.assertFalse(in_time.problem_text)

    def test_volunteers_and_strangers(self):
        self.assertIn("never", self._ask("a1a", "volunteer").problem_text)
        self.assertIn("basis", self._ask("a2", "company").problem_text)

    def test_an_opted_out_student_is_left_out(self):
        make_notice(self.env, self.own)
        other = self._make_student(self.site, "Delia Prueba")
        self.env["gr.directory.choice"].create(
            {
                "student_id": self.student.id,
                "guardianship_id": self.mother.id,
                "method": "oral",
            }
        )
        name = ref(self.env, "gr_directory_category_name")
        dialogue = self._ask(
            "a11",
            "media",
            student_ids=(self.student | other).ids,
            directory_category_ids=name.ids,
        )
        self.assertEqual(dialogue.barred_student_ids, self.student)
        dialogue.action_leave_out()
        entry = self._disclose(dialogue)
        self.assertEqual(entry.line_ids.student_id, other)

    def test_an_emergency_tells_the_family_afterwards(self):
        entry = self._disclose(
            self._ask("a10", "emergency", threat="Allergic shock", medium="oral")
        )
        self.assertTrue(entry.inform_by)
        entry.with_user(self.manager).action_family_informed()
        self.assertTrue(entry.family_informed_at)
        with self.assertRaises(UserError):
            entry.sudo().family_informed_at = "2020-01-01 00:00:00"

    def test_a_correction_is_a_new_entry(self):
        entry = self._disclose(self._ask())
        context = entry.action_correct()["context"]
        dialogue = (
            self.env["gr.disclosure.record"]
            .with_user(self.manager)
            .with_context(**context)
            .create({"party_name": "Pat R. Registrar"})
        )
        corrected = self._disclose(dialogue)
        self.assertEqual(corrected.corrects_id, entry)
        self.assertEqual(entry.party_name, "Pat Registrar")

    def test_wrong_site_and_wrong_district(self):
        entry = self._disclose(self._ask(student_ids=self.elsewhere.student.ids))
        mine = entry.with_user(self.user_program)
        self.assertFalse(mine.has_access("read"))
        with self.assertRaises(AccessError):
            self._ask(
                user=self.user_program, student_ids=self.elsewhere.student.ids
            ).action_disclose()
        with self.assertRaises(AccessError):
            self._ask(student_ids=self.foreign.student.ids).action_disclose()


@tagged("post_install", "-at_install")
class TestDisclosureLogPage(HttpCase, DisclosureCommon):
    def test_the_log_of_one_student_is_tagged_pdf_for_its_keepers(self):
        self._disclose(self._ask())
        url = f"/harvest/privacy/disclosures/{self.student.id}"
        self.user_program.password = "coordinator-of-the-site"
        self.authenticate(self.user_program.login, "coordinator-of-the-site")
        answer = self.url_open(url)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        reader = PdfFileReader(BytesIO(answer.content))
        self.assertIn("/StructTreeRoot", reader.trailer["/Root"])
        elsewhere = self.elsewhere.student.id
        answer = self.url_open(f"/harvest/privacy/disclosures/{elsewhere}")
        self.assertEqual(answer.status_code, 404)

    def test_direct_service_staff_do_not_get_the_log(self):
        self.user_aide.password = "aide-of-the-site"
        self.authenticate(self.user_aide.login, "aide-of-the-site")
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/harvest/privacy/disclosures/{self.student.id}")
        self.assertEqual(answer.status_code, 403)

    def test_the_record_of_processing_is_for_keepers_of_records(self):
        lines = self.env["gr.privacy.processing"]._get_lines()
        [student] = [line for line in lines if line["model"] == "gr.student"]
        self.assertIn("C: Program management", student["readers"])
        self.assertNotIn("A: Executive leadership", student["readers"])
        self.user_aide.password = "aide-of-the-site"
        self.authenticate(self.user_aide.login, "aide-of-the-site")
        answer = self.url_open("/harvest/privacy/processing")
        self.assertEqual(answer.status_code, 404)
        self.manager.password = "manager-of-the-district"
        self.authenticate(self.manager.login, "manager-of-the-district")
        answer = self.url_open("/harvest/privacy/processing")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
