from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import PrivacyCommon
from .matrix import make_notice


@tagged("post_install", "-at_install")
class TestDirectoryInformation(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.categories = cls.env["gr.directory.category"].search([])
        cls.address = cls.env.ref("harvest_privacy.gr_directory_category_address")

    def _choose(self, decision="refuse", adult=None, **values):
        return self.env["gr.directory.choice"].create(
            {
                "student_id": self.student.id,
                "guardianship_id": (adult or self.mother).id,
                "decision": decision,
                "method": "oral",
                **values,
            }
        )

    def _told(self, *args):
        return self.student._gr_directory_information(*args)

    def test_without_a_notice_nothing_is_told(self):
        self.assertFalse(self._told())

    def test_the_notice_says_what_is_told_minus_what_was_refused(self):
        make_notice(self.env, self.own)
        self.assertEqual(self._told(), self.categories)
        self._choose(category_ids=self.address.ids)
        self.assertEqual(self._told(), self.categories - self.address)
        self._choose(adult=self.father)
        self.assertFalse(self._told())

    def test_a_refusal_outlives_the_enrollment(self):
        make_notice(self.env, self.own)
        self._choose()
        self.student.enrollment_ids.date_end = date.today() - timedelta(days=1)
        self.assertFalse(self._told())

    def test_homeless_and_foster_pupils_need_a_yes(self):
        notice = make_notice(self.env, self.own)
        flag = self.env["gr.student.flag"].create(
            {"student_id": self.student.id, "kind": "homeless"}
        )
        self.assertFalse(self._told())
        self._choose(
            "allow", method="in_person", note="Folder", category_ids=self.address.ids
        )
        self.assertEqual(self._told(), self.address)
        flag.kind = "foster"
        self.assertEqual(self._told(), self.address)
        notice.protects_foster = False
        self.assertEqual(self._told(), self.categories)

    def test_to_allow_is_signed(self):
        with self.assertRaises(ValidationError):
            self._choose("allow")

    def test_the_audience_binds(self):
        media = self.env.ref("harvest_privacy.gr_party_kind_media")
        company = self.env.ref("harvest_privacy.gr_party_kind_company")
        notice = make_notice(self.env, self.own)
        self.assertFalse(self._told(None, company))
        notice.audience_ids = media
        self.assertEqual(self._told(None, media), self.categories)
        self.assertFalse(self._told())

    def test_notices_do_not_overlap(self):
        make_notice(self.env, self.own)
        with self.assertRaises(ValidationError):
            make_notice(self.env, self.own)
        make_notice(self.env, self.foreign)

    def test_a_choice_stays(self):
        choice = self._choose()
        with self.assertRaises(UserError):
            choice.sudo().decision = "allow"
        with self.assertRaises(UserError):
            choice.sudo().unlink()

    def test_a_site_coordinator_sees_what_is_told_not_why(self):
        make_notice(self.env, self.own)
        self.env["gr.student.flag"].create(
            {"student_id": self.student.id, "kind": "homeless"}
        )
        mine = self.student.with_user(self.user_program)
        self.assertFalse(mine.directory_category_ids)
        self.assertFalse(mine.env["gr.student.flag"].search([]))

    def test_many_students_cost_as_many_queries_as_one(self):
        make_notice(self.env, self.own)
        students = self.student
        for number in range(8):
            students |= self._make_student(self.site, f"Niño {number}")
        self.env.invalidate_all()
        with self.assertQueryCount(10):
            students._gr_directory_map()
