from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import HarvestCommon


@tagged("post_install", "-at_install")
class TestGrStudent(HarvestCommon):
    def test_names_of_all_kinds(self):
        for first, last, name in (
            ("José María", "Núñez de la Cruz", "José María Núñez de la Cruz"),
            ("D'Andre", "O’Neil-Smith", "D'Andre O’Neil-Smith"),
            ("Suharto", False, "Suharto"),
            (False, "Prince", "Prince"),
        ):
            student = self.env["gr.student"].create(
                {"first_name": first, "last_name": last, "company_id": self.district.id}
            )
            self.assertEqual(student.name, name)

    def test_a_student_needs_a_name(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["gr.student"].create({"company_id": self.district.id})

    def test_ssid_has_ten_digits(self):
        for ssid in ("123", "1.23E+09", "12345678901"):
            with self.subTest(ssid=ssid), self.assertRaises(ValidationError):
                self.student.ssid = ssid
        self.student.ssid = "1234567890"

    @freeze_time("2026-11-21")
    def test_age_turns_on_the_birthday(self):
        self.student.birthdate = date(2018, 11, 21)
        self.assertEqual(self.student.age, 8)
        self.student.birthdate = date(2018, 11, 22)
        self.assertEqual(self.student.age, 7)

    def test_twins_are_siblings_and_a_household(self):
        twin = self._make_student(self.site, "Ena Prueba")
        self._make_guardian(twin, partner=self.guardian.partner_id)
        self.assertEqual(twin.sibling_ids, self.student)
        self.assertEqual(twin.household_id, self.student.household_id)

    def test_shared_custody_gives_the_first_home(self):
        father = self._make_guardian(
            self.student, "Papá", relation="father", priority=2
        )
        self.assertEqual(self.student.household_id, self.guardian.partner_id)
        self.guardian.lives_with = False
        self.assertEqual(self.student.household_id, father.partner_id)

    def test_a_coordinator_enters_a_child_by_hand(self):
        form = Form(self.env["gr.student"].with_user(self.users["C"]))
        form.first_name = "Nuevo"
        form.last_name = "Alumno"
        with form.enrollment_ids.new() as line:
            line.site_id = self.site
            line.grade = "01"
            line.date_start = date(2026, 8, 12)
        student = form.save()
        self.assertEqual(student.site_id, self.site)

    def test_home_list_costs_the_same_for_more_students(self):
        for number in range(10):
            self._make_student(self.site, f"Child {number}")
        self.env.flush_all()
        fields = {"name": {}, "grade": {}, "site_id": {"fields": {"display_name": {}}}}
        Student = self.env["gr.student"].with_user(self.user_aide)
        Student.web_search_read([], fields, limit=2)  # warm the caches
        counts = []
        for limit in (2, 10):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            Student.web_search_read([], fields, limit=limit)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 8)
