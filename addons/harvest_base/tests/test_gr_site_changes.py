"""Merge, split and grade move: history reads the same before and after."""

from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import HarvestCommon

MOVE = date(2026, 11, 21)  # "today" of these tests: a move takes effect at once


@tagged("post_install", "-at_install")
@freeze_time("2026-11-21")
class TestGrSiteChanges(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sixth = cls._make_student(cls.site, "Sexto Grado", grade="06")
        cls.left = cls._make_student(cls.site, "Ya Sefue")
        cls.left.enrollment_ids.date_end = date(2026, 9, 30)
        cls.program = cls._make_program(cls.site)
        cls.place = cls._make_place(cls.student, cls.program)
        cls.place._sign(cls.guardian.partner_id, "paper")
        cls.place.write({"state": "enrolled", "date_start": date(2026, 9, 1)})

    def _report(self, day):
        """Who was where on ``day``: the enrollment and the program report."""
        Enrollment = self.env["gr.student.enrollment"]
        schools = Enrollment._read_group(
            Enrollment._get_as_of_domain(day),
            ["site_id", "grade"],
            ["student_id:recordset"],
            order="site_id, grade",
        )
        places = self.env["gr.program.enrollment"].search(
            [
                ("date_start", "<=", day),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", day),
            ]
        )
        return (
            [(site.id, grade, students.ids) for site, grade, students in schools],
            sorted((place.site_id.id, place.student_id.id) for place in places),
        )

    def _history(self):
        days = (date(2026, 9, 15), date(2026, 10, 15), MOVE - timedelta(days=1))
        return [self._report(day) for day in days]

    def _merge(self, **values):
        wizard = self.env["gr.site.merge"].create(
            {
                "source_ids": self.site.ids,
                "target_id": self.other_site.id,
                "date": MOVE,
                **values,
            }
        )
        return wizard.action_apply()

    def test_preview_counts_what_moves(self):
        wizard = self.env["gr.site.merge"].create(
            {"source_ids": self.site.ids, "target_id": self.other_site.id}
        )
        self.assertEqual((wizard.enrollment_count, wizard.place_count), (2, 1))

    def test_merge_keeps_history(self):
        before = self._history()
        self._merge()
        self.assertEqual(self._history(), before)

    def test_merge_moves_what_is_open(self):
        self._merge()
        self.assertFalse(self.site.active)
        self.assertEqual(self.site._get_current_site(), self.other_site)
        self.assertEqual(self.student.site_id, self.other_site)
        place = self.student.program_enrollment_ids - self.place
        self.assertRecordValues(
            place,
            [
                {
                    "site_id": self.other_site.id,
                    "state": "enrolled",
                    "is_signed": True,
                    "signed_at": self.place.signed_at,
                    "date_start": MOVE,
                }
            ],
        )
        self.assertFalse(self.left.enrollment_ids.filtered(lambda x: not x.date_end))

    def test_users_of_the_closed_site_follow(self):
        self._merge()
        self.assertIn(self.other_site, self.user_aide.gr_site_ids)

    def test_staff_and_program_groups_follow(self):
        role = self.env["gr.site.role"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Staff"}).id,
                "site_id": self.site.id,
                "company_id": self.district.id,
                "role": "coordinator",
            }
        )
        group = self.env["gr.group"].create(
            {"name": "Club", "site_id": self.site.id, "company_id": self.district.id}
        )
        self._merge()
        self.assertFalse(role.is_current)
        self.assertEqual(self.other_site.role_ids.partner_id, role.partner_id)
        self.assertEqual(group.site_id, self.other_site)

    def test_a_child_at_both_sites_stays_once(self):
        self._make_enrollment(self.student, self.other_site, primary=False)
        self._merge()
        self.assertEqual(
            self.student.enrollment_ids.filtered("is_current").site_id, self.other_site
        )

    def test_another_day_is_refused(self):
        for day in (date(2026, 9, 1), date(2027, 1, 1)):
            with self.subTest(day=day), self.assertRaisesRegex(UserError, "at once"):
                self._merge(date=day)

    def test_merging_back_is_refused(self):
        self._merge()
        with self.assertRaisesRegex(UserError, "is closed"):
            self.env["gr.site.merge"].create(
                {"source_ids": self.other_site.ids, "target_id": self.site.id}
            ).action_apply()
        self.assertEqual(self.site._get_current_site(), self.other_site)

    def test_merge_into_itself_or_another_district_is_refused(self):
        with self.assertRaises(UserError):
            self.env["gr.site.merge"].create(
                {"source_ids": self.site.ids, "target_id": self.site.id}
            ).action_apply()
        with self.assertRaisesRegex(UserError, "districts"):
            self.env["gr.site.merge"].create(
                {"source_ids": self.site.ids, "target_id": self.foreign_site.id}
            ).action_apply()

    def test_split_by_grade(self):
        before = self._history()
        wizard = self.env["gr.site.split"].create(
            {
                "source_id": self.site.id,
                "name": "New School",
                "code": "103",
                "grade_from": "06",
                "grade_to": "06",
                "date": MOVE,
            }
        )
        self.assertEqual(wizard.enrollment_count, 1)
        action = wizard.action_apply()
        self.assertEqual(self._history(), before)
        new = self.env["gr.site"].browse(action["res_id"])
        self.assertEqual(self.sixth.site_id, new)
        self.assertEqual(self.student.site_id, self.site)

    def test_split_needs_grades_or_students(self):
        wizard = self.env["gr.site.split"].create(
            {"source_id": self.site.id, "name": "New School", "date": MOVE}
        )
        with self.assertRaisesRegex(UserError, "grades"):
            wizard.action_apply()

    def test_grade_moves_to_another_school(self):
        before = self._history()
        action = (
            self.env["gr.grade.move"]
            .create(
                {
                    "source_ids": self.site.ids,
                    "grade": "06",
                    "target_id": self.other_site.id,
                    "date": MOVE,
                }
            )
            .action_apply()
        )
        self.assertEqual(action["domain"], [("id", "in", self.sixth.ids)])
        self.assertEqual(self._history(), before)
        self.assertTrue(self.site.active)

    def test_operations_run_it_and_others_do_not(self):
        self.users["B"].gr_scope = "district"
        self.env["gr.site.merge"].with_user(self.users["B"]).create(
            {"source_ids": self.site.ids, "target_id": self.other_site.id, "date": MOVE}
        ).action_apply()
        self.assertFalse(self.site.active)
