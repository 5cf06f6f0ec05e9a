from datetime import date, datetime

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import freeze_time, tagged

from .common import HarvestCommon

START = date(2026, 8, 12)


@tagged("post_install", "-at_install")
class TestGrStudentEnrollment(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls.student.enrollment_ids

    def test_a_change_keeps_the_old_version(self):
        recorded = self.line.recorded_at
        self.line.write({"grade": "04"})
        version = self.line.version_ids
        self.assertRecordValues(
            version,
            [{"grade": "03", "active": False, "recorded_at": recorded}],
        )
        self.assertEqual(version.superseded_at, self.line.recorded_at)
        self.assertEqual(self.student.enrollment_ids, self.line)

    def test_the_same_values_make_no_version(self):
        self.line.write({"grade": "03", "site_id": self.site.id})
        self.assertFalse(self.line.version_ids)

    def test_as_of_returns_what_was_believed(self):
        Enrollment = self.env["gr.student.enrollment"]
        self.line.recorded_at = datetime(2026, 9, 1, 8)
        old = Enrollment.create(
            {
                **self.line._get_facts(),
                "student_id": self.student.id,
                "grade": "02",
                "active": False,
                "recorded_at": datetime(2026, 8, 1, 8),
                "superseded_at": datetime(2026, 9, 1, 8),
                "version_of_id": self.line.id,
            }
        )
        mine = Domain("student_id", "=", self.student.id)
        for known_at, expected in (
            (datetime(2026, 7, 1), Enrollment),
            (datetime(2026, 8, 15), old),
            (datetime(2026, 9, 2), self.line),
            (None, self.line),
        ):
            with self.subTest(known_at=known_at):
                domain = Enrollment._get_as_of_domain(START, known_at)
                self.assertEqual(Enrollment.search(domain & mine), expected)

    def test_twice_at_a_school_at_once_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "twice"):
            self._make_enrollment(self.student, self.site)

    def test_two_schools_at_once_are_fine_and_the_primary_counts(self):
        self._make_enrollment(self.student, self.other_site, primary=False, grade="04")
        self.assertEqual(self.student.site_id, self.site)
        self.assertEqual(self.student.grade, "03")

    def test_leaving_and_returning(self):
        with freeze_time("2026-10-01"):
            self.line.write({"date_end": date(2026, 9, 30), "exit_reason": "left"})
            self.assertFalse(self.student.site_id)
            again = self._make_enrollment(
                self.student, self.site, date_start=date(2026, 10, 1)
            )
            self.assertEqual(self.student.site_id, self.site)
            self.assertEqual(self.student.enrollment_ids, again + self.line)

    def test_the_calendar_moves_students_overnight(self):
        with freeze_time("2026-09-01"):
            self.line.date_end = date(2026, 9, 30)
            self._make_enrollment(
                self.student, self.other_site, date_start=date(2026, 10, 1)
            )
            self.assertEqual(self.student.site_id, self.site)
        with freeze_time("2026-10-01"), self.enter_registry_test_mode():
            self.env.ref("harvest_base.ir_cron_refresh_current").method_direct_trigger()
        self.student.invalidate_recordset()
        self.assertEqual(self.student.site_id, self.other_site)

    def test_what_came_from_the_sis_is_never_deleted(self):
        self.env["gr.external.ref"].create(
            {
                "source": "test",
                "tenant": "t",
                "kind": "person",
                "external_id": "1",
                "model": "gr.student",
                "res_id": self.student.id,
            }
        )
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.student.unlink()

    def test_staff_lose_sight_when_the_child_leaves(self):
        mine = self.student.with_user(self.user_aide)
        self.assertTrue(mine.has_access("read"))
        self.line.date_end = date(2024, 1, 1)
        self.env.flush_all()
        self.assertFalse(mine.has_access("read"))
