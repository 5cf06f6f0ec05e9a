from odoo.http import Request
from odoo.tests import tagged

from odoo.addons.harvest_privacy.tests.matrix import (
    make_annual_notice,
    make_notice,
    make_purpose,
    make_request,
    make_text,
)
from odoo.addons.harvest_privacy.tests.test_gr_consent import PIXEL

from .common import FamilyCase


@tagged("post_install", "-at_install", "security")
class TestPrivacyPages(FamilyCase):
    """A parent allows, withdraws, refuses and asks; nobody else's child is reached."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.photo = cls.env.ref("harvest_privacy.gr_consent_purpose_photo")
        make_text(cls.env, cls.photo, cls.own, title="Photos?")
        cls.path = f"/my/children/{cls.student.id}"
        cls.consent_path = f"{cls.path}/consents/{cls.photo.id}"
        cls.coordinator = cls._make_user("C", cls.site)
        cls.manager = cls._make_user("B", district=cls.district, gr_scope="district")
        cls.user = cls.env["res.users"].search([("login", "=", "family_mother")])

    def send(self, login, path, **values):
        self.authenticate(login, login)
        token = Request.csrf_token(self)
        return self.url_open(path, data={"csrf_token": token, **values})

    def decide(self, decision, login="family_mother"):
        return self.send(login, f"{self.consent_path}/decide", decision=decision)

    def decisions(self):
        return self.env["gr.consent"].search([("student_id", "=", self.student.id)])

    def test_a_parent_allows_and_takes_it_back_and_sees_what_followed(self):
        self.student.image_1920 = PIXEL
        self.assertIn(
            "Not answered yet", self.read_page("family_mother", f"{self.path}/privacy")
        )
        self.assertIn("Allowed until", self.decide("given").text)
        self.assertIn("o_harvest_photo", self.open_as("family_mother", self.path).text)
        self.assertIn("data:image", self.url_open(self.path).text)

        page = self.decide("withdrawn").text

        self.assertIn("Not allowed any more", page)
        self.assertIn("The photo was removed", page)
        self.assertNotIn("data:image", self.url_open(self.path).text)
        given, withdrawn = self.decisions().sorted("id")
        self.assertEqual(withdrawn.evidence_user_id, self.user)
        self.assertEqual(withdrawn.evidence_ip, "127.0.0.1")
        self.assertEqual(given.text_id.title, "Photos?")

    def test_staff_sees_the_withdrawal_at_once(self):
        self.decide("given")
        self.decide("withdrawn")
        student = self.student.with_user(self.coordinator)
        line = student.consent_standing_ids
        self.assertEqual(line.state, "withdrawn")
        self.assertEqual(line.consent_ids.party_name, self.mother.name)
        effect = self.env["gr.consent.effect"].with_user(self.coordinator)
        done = effect.search([("student_id", "=", student.id)], limit=1)
        self.assertIn("No photo was kept", done.summary)
        self.assertFalse(student._gr_has_consent("photo_media"))

    def test_what_was_done_is_read_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("es_419")
        self.env["ir.module.module"]._load_module_terms(["harvest_privacy"], ["es_419"])
        self.user.lang = "es_419"
        self.decide("refused")
        effect = self.decisions().effect_ids
        self.assertIn("No photo", effect.with_context(lang="en_US").summary)
        self.assertIn("foto", effect.with_context(lang="es_419").summary)
        self.assertEqual(self.decisions().party_relation, "Mother")

    def test_who_may_not_decide_reads_why_and_nothing_is_recorded(self):
        self.guardian.custody = "visitation"
        page = self.decide("given").text
        self.assertIn("EC 49061", page)
        self.assertFalse(self.decisions())

    def test_only_what_the_page_offers_is_decided(self):
        for decision in ("withdrawn", "", "expired"):
            with self.subTest(decision):
                self.assertIn("decided meanwhile", self.decide(decision).text)
        self.assertFalse(self.decisions())

    def test_other_families_and_barred_adults_reach_nothing(self):
        reads = ("privacy", f"consents/{self.photo.id}", "seen")
        posts = (f"consents/{self.photo.id}/decide", "directory", "requests")
        self.district.gr_family_access = "name"
        for login in ("family_neighbor", "family_barred"):
            for page in reads:
                with self.subTest(login=login, page=page):
                    answer = self.open_as(login, f"{self.path}/{page}")
                    self.assertEqual(answer.status_code, 404)
            for page in posts:
                with self.subTest(login=login, post=page):
                    values = {"decision": "given", "choice": "refuse", "kind": "copy"}
                    answer = self.send(login, f"{self.path}/{page}", **values)
                    self.assertEqual(answer.status_code, 404)
        self.assertFalse(self.decisions())
        self.assertFalse(
            self.env["gr.records.request"].search(
                [("student_id", "=", self.student.id)]
            )
        )

    def test_another_districts_purpose_is_nothing_to_decide(self):
        purpose = make_purpose(self.env, self.foreign)
        make_text(self.env, purpose, self.foreign)
        path = f"{self.path}/consents/{purpose.id}"
        self.assertEqual(self.open_as("family_mother", path).status_code, 404)

    def test_a_parent_refuses_directory_information(self):
        notice = make_notice(self.env, self.own)
        name = self.env.ref("harvest_privacy.gr_directory_category_name")
        path = f"{self.path}/directory"
        self.send("family_mother", path, choice="refuse", category=name.id)
        told = self.student._gr_directory_information()
        self.assertEqual(notice.category_ids - told, name)
        page = self.send("family_mother", path, choice="refuse").text
        self.assertIn("Nothing is told of your child", page)

    def test_a_request_has_its_clock_and_somebody_is_told(self):
        page = self.send("family_mother", f"{self.path}/requests", kind="copy").text
        asked = self.env["gr.records.request"].search(
            [("student_id", "=", self.student.id)]
        )
        self.assertEqual(asked.guardianship_id, self.guardian)
        self.assertEqual(asked.identity_method, "portal")
        self.assertIn(self.manager, asked.activity_ids.user_id)
        self.assertIn(asked.name, page)
        self.assertIn("EC 49069.7", page)
        page = self.send("family_mother", f"{self.path}/requests", kind="transfer").text
        self.assertIn("Choose what you ask for", page)

    def test_a_parent_sees_the_own_requests_only_and_every_disclosure(self):
        adult = self._make_guardian(self.student, "Otro Adulto")
        other = self.env["gr.records.request"].create(
            {"student_id": self.student.id, "guardianship_id": adult.id}
        )
        make_request(self.env, self.own)._record("disclosed")
        page = self.read_page("family_mother", f"{self.path}/privacy")
        self.assertNotIn(other.name, page)
        self.assertIn("Next Elementary", page)

    def test_the_annual_notice_is_shown_and_that_it_was_opened_is_kept(self):
        notice = make_annual_notice(self.env, self.own, publish=True)
        page = self.read_page("family_mother")
        self.assertIn("Please read this", page)
        page = self.read_page("family_mother", f"/my/notices/{notice.id}")
        self.assertIn("You may see the record", page)
        self.assertIn("July 31, 2020", page)
        self.assertNotIn("Please read this", self.read_page("family_mother"))
        self.assertEqual(notice.delivery_ids.partner_id, self.mother)
        self.assertEqual(notice.delivery_ids.state, "seen")

    def test_a_notice_of_another_district_or_a_draft_is_not_shown(self):
        draft = make_annual_notice(self.env, self.own)
        foreign = make_annual_notice(self.env, self.foreign, publish=True)
        for notice in (draft, foreign):
            path = f"/my/notices/{notice.id}"
            self.assertEqual(self.open_as("family_mother", path).status_code, 404)
        barred = make_annual_notice(self.env, self.own, publish=True)
        path = f"/my/notices/{barred.id}"
        self.assertEqual(self.open_as("family_barred", path).status_code, 404)

    def test_who_looked_is_shown_where_the_district_says_so(self):
        path = f"{self.path}/seen"
        self.assertEqual(self.open_as("family_mother", path).status_code, 404)
        self.district.gr_family_access = "role"
        self.assertEqual(self.open_as("family_mother", path).status_code, 200)

    def test_who_looked_names_staff_as_the_district_says_and_no_other_parent(self):
        rows = [
            {"day": "2026-01-02", "user": user, "role": f"X: {role}",
             "organization": "D", "action": "Read",
             "kind": "Student", "model": "gr.student"}
            for user, role in (
                (self.coordinator, "Program management"),
                (self.barred.partner_id.user_ids, "Families"),
                (self.user, "Families"),
            )
        ]  # fmt: skip
        self.patch(type(self.student), "_gr_access_history", lambda *_args: rows)
        student = self.student.with_user(self.user)
        self.district.gr_family_access = "role"
        [[staff, own]] = student._gr_family_access().values()
        self.assertEqual(staff["who"], "Program management")
        self.assertEqual(own["who"], "You")
        self.assertEqual(staff["acts"], {"Read": ["Student"]})
        self.district.gr_family_access = "name"
        [[staff, _own]] = student._gr_family_access().values()
        self.assertEqual(staff["who"], f"{self.coordinator.name}, Program management")
