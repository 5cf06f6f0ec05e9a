import base64
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import PrivacyCommon
from .matrix import make_consent, make_purpose, make_text

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    b"awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestGrConsent(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purpose = make_purpose(cls.env, cls.own, code="test_trip")
        cls.text = make_text(cls.env, cls.purpose, cls.own)
        cls.photo = cls.env.ref("harvest_privacy.gr_consent_purpose_photo")
        make_text(cls.env, cls.photo, cls.own)

    def _decide(self, decision="given", adult=None, purpose=None, **values):
        return make_consent(
            self.env(user=values.pop("user", self.manager)),
            self.own,
            purpose or self.purpose,
            guardianship_id=(adult or self.mother).id,
            decision=decision,
            **values,
        )

    def test_what_is_being_typed_has_no_name_yet(self):
        """The breadcrumb says "New", not the words for nothing."""
        for model in ("gr.consent", "gr.consent.text", "gr.directory.choice"):
            self.assertFalse(self.env[model].new({}).display_name)

    def _standing(self, purpose=None):
        return self.env["gr.consent.standing"].search(
            [
                ("student_id", "=", self.student.id),
                ("purpose_id", "=", (purpose or self.purpose).id),
            ]
        )

    def test_a_decision_keeps_who_by_what_right_and_the_evidence(self):
        content = base64.b64encode(b"signed")
        consent = self._decide(method="paper", evidence=content)
        self.assertEqual(consent.party_name, self.mother.partner_id.name)
        self.assertIn("Educational rights", consent.rights_checked)
        self.assertEqual(consent.recorded_by_id, self.manager)
        self.assertEqual(len(consent.evidence_sha256), 64)
        self.assertEqual(consent.text_version, 1)

    def test_a_new_decision_opens_before_anything_is_chosen(self):
        """Without a purpose the text was computed as an empty purpose: no form."""
        form = Form(self.env["gr.consent"].with_user(self.manager))
        self.assertFalse(form.text_id)
        form.student_id = self.student
        form.guardianship_id = self.mother
        form.purpose_id = self.purpose
        self.assertEqual(form.text_id, self.text)
        form.method = "in_person"
        form.note = "Folder 1"
        self.assertEqual(form.save().party_name, self.mother.partner_id.name)

    def test_what_is_proven_cannot_be_sent(self):
        with self.assertRaises(AccessError):
            self._decide(rights_checked="I said so")

    def test_nobody_changes_or_deletes_a_decision(self):
        consent = self._decide()
        for user in (self.manager, self.users["Admin"]):
            with self.assertRaises(UserError):
                consent.with_user(user).write({"decision": "refused"})
        with self.assertRaises(UserError):
            consent.sudo().write({"decision": "refused"})
        with self.assertRaises(UserError):
            consent.sudo().unlink()

    def test_a_court_or_custody_keeps_a_parent_from_deciding(self):
        self.father.court_limit = "no_records"
        with self.assertRaisesRegex(UserError, "court.*99.4.*Adult of Ana"):
            self._decide(adult=self.father)
        self.father.write({"court_limit": "none", "custody": "visitation"})
        with self.assertRaisesRegex(UserError, "EC 49061"):
            self._decide(adult=self.father)
        self.father.write({"custody": "joint", "educational_rights": False})
        with self.assertRaisesRegex(UserError, "educational rights"):
            self._decide(adult=self.father)

    def test_from_18_on_the_student_decides(self):
        self.student.birthdate = date.today() - timedelta(days=18 * 366)
        with self.assertRaisesRegex(UserError, "decides alone"):
            self._decide()
        consent = make_consent(
            self.env, self.own, self.purpose, guardianship_id=False, by_student=True
        )
        self.assertEqual(consent.party_relation, "Student")
        self.assertTrue(self.student._gr_has_consent(self.purpose))

    def test_the_adult_must_be_the_students(self):
        with self.assertRaises(UserError):
            self._decide(adult=self.elsewhere.guardian)

    def test_a_consent_is_signed_a_refusal_may_be_spoken(self):
        with self.assertRaises(ValidationError):
            self._decide(method="oral")
        self.assertTrue(self._decide("refused", method="oral"))
        with self.assertRaises(ValidationError):
            self._decide(method="paper")  # nothing attached

    def test_a_click_is_of_the_adult_who_is_signed_in(self):
        with self.assertRaisesRegex(UserError, "signed in"):
            self._decide(method="portal")

    def test_parents_who_disagree_are_shown_and_nothing_is_allowed(self):
        self._decide()
        self._decide("refused", adult=self.father)
        line = self._standing()
        self.assertEqual(line.state, "conflict")
        self.assertIn("Family Code 3083", line.explanation)
        self.assertFalse(self.student._gr_has_consent(self.purpose))
        self.purpose.disagreement = "one_suffices"
        self.assertTrue(self.student._gr_has_consent(self.purpose))

    def test_the_past_stays_as_it_was(self):
        day = date.today() - timedelta(days=30)
        self._decide(decided_at=f"{day} 10:00:00", date_start=day)
        self._decide("withdrawn", method="oral")
        self.assertFalse(self.student._gr_has_consent("test_trip"))
        self.assertTrue(
            self.student._gr_has_consent("test_trip", day + timedelta(days=1))
        )

    def test_only_what_was_given_is_withdrawn(self):
        with self.assertRaisesRegex(UserError, "nothing to withdraw"):
            self._decide("withdrawn", method="oral")

    def test_a_withdrawal_removes_the_photo_and_says_so(self):
        self.student.image_1920 = PIXEL
        self._decide(purpose=self.photo)
        self.assertTrue(self.student.image_1920)
        gone = self._decide("withdrawn", purpose=self.photo, method="oral")
        self.assertFalse(self.student.image_1920)
        self.assertEqual(gone.effect_ids.mapped("state"), ["done"])
        self.assertIn("removed", gone.effect_ids.summary)
        with self.assertRaisesRegex(UserError, "no consent to a photo"):
            self.student.image_1920 = PIXEL

    def test_a_consent_that_runs_out_ends_by_night(self):
        self.student.image_1920 = PIXEL
        yesterday = date.today() - timedelta(days=1)
        self._decide(purpose=self.photo, date_start=yesterday, date_end=yesterday)
        self.assertEqual(self._standing(self.photo).state, "expired")
        self.assertFalse(self.student.image_1920)

    def test_the_night_finds_what_has_ended(self):
        consent = self._decide()
        line = self._standing()
        yesterday = date.today() - timedelta(days=1)
        # As it is a day later: the row itself is never written by anybody.
        self.env.cr.execute(
            "UPDATE gr_consent SET date_start = %s, date_end = %s WHERE id = %s",
            (yesterday, yesterday, consent.id),
        )
        self.env.invalidate_all()
        line.sudo().date_end = yesterday
        with self.enter_registry_test_mode():
            cron = self.env.ref("harvest_privacy.ir_cron_gr_consent_standing")
            cron.method_direct_trigger()
        self.assertEqual(line.state, "expired")

    def test_a_failed_effect_does_not_undo_the_decision(self):
        Student = type(self.student)

        def broken(student, purpose, permitted):
            raise ValueError("out of order")

        self.patch(Student, "_gr_effect_photo", broken)
        with self.assertLogs("odoo.addons.harvest_privacy", "ERROR"):
            consent = self._decide(purpose=self.photo)
        self.assertEqual(consent.effect_ids.state, "failed")
        self.assertTrue(self.student._gr_has_consent(self.photo))

    def test_wrong_site_and_wrong_district(self):
        elsewhere = make_consent(self.env, self.elsewhere, purpose=self.purpose)
        self.assertFalse(elsewhere.with_user(self.user_program).has_access("read"))
        with self.assertRaises(AccessError):
            make_consent(
                self.env(user=self.user_program), self.elsewhere, purpose=self.purpose
            )
        other = make_purpose(self.env, self.foreign)
        with self.assertRaises(ValidationError):
            self._decide("refused", purpose=other, method="oral", user=self.env.user)

    def test_a_partner_sees_the_outcome_not_the_evidence(self):
        consent = self._decide()
        partner = self.users["E"]
        self.assertTrue(self._standing().with_user(partner).has_access("read"))
        self.assertFalse(consent.with_user(partner).has_access("read"))

    def test_many_students_cost_as_many_queries_as_one(self):
        students = self.student
        for number in range(8):
            student = self._make_student(self.site, f"Niño {number}")
            adult = self._make_guardian(student, f"Adulto {number}")
            make_consent(
                self.env,
                self.own,
                self.purpose,
                student_id=student.id,
                guardianship_id=adult.id,
            )
            students |= student
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            self.assertEqual(len(students._gr_filter_consent("test_trip")), 8)


@tagged("post_install", "-at_install")
class TestDistrictsOwnPurpose(PrivacyCommon):
    def test_the_districts_own_purpose_comes_first(self):
        own = make_purpose(self.env, self.own, code="photo_media")
        found = self.env["gr.consent.purpose"]._find("photo_media", self.district)
        self.assertEqual(found, own)
        general = self.env.ref("harvest_privacy.gr_consent_purpose_photo")
        Purpose = self.env["gr.consent.purpose"]
        self.assertEqual(Purpose._find("photo_media", self.foreign_district), general)

    def test_general_purposes_are_nobodys_to_change(self):
        general = self.env.ref("harvest_privacy.gr_consent_purpose_photo")
        user = new_test_user(self.env, "manager", "harvest_base.group_harvest_admin")
        with self.assertRaises(AccessError):
            general.with_user(user).write({"months": 99})
