from datetime import timedelta

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ClearanceCommon


@tagged("post_install", "-at_install")
class TestReminder(ClearanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requirement = cls._make_requirement("AID", name="First aid", grace_days=5)
        cls.second = cls._make_requirement("FOOD", name="Food card")
        cls._only(cls.requirement, cls.second)
        cls.employee = cls._make_employee(work_email="pat@example.org")
        cls.deadline = fields.Date.today() + timedelta(days=100)
        for requirement in (cls.requirement, cls.second):
            cls._make_credential(
                cls.employee, requirement, cls.today, card_expires=cls.deadline
            )
        cls.user_program.email = "kim@example.org"
        cls.user_operations.email = "lee@example.org"

    def _run(self, left, employee=None):
        """Count the board and remind, ``left`` days before the deadline."""
        self.env["mail.mail"].search([]).unlink()
        with freeze_time(self.deadline - timedelta(days=left)):
            self.gate._refresh(employee or self.employee)
            self.env["gr.staff.reminder"]._remind(
                self.district, self.env["gr.staff.reminder"]._get_rows(self.district)
            )
        return self.env["mail.mail"].search([])

    def _to(self, mails):
        return sorted(mails.mapped("email_to"))

    def test_one_mail_with_all_that_is_due_at_each_step_and_never_twice(self):
        told = {}
        for left in range(95, -1, -1):
            mails = self._run(left).filtered(
                lambda mail: mail.email_to == "pat@example.org"
            )
            if mails:
                told[left] = mails
                self.assertEqual(len(mails), 1)
                self.assertIn("First aid", mails.body_html)
                self.assertIn("Food card", mails.body_html)

        self.assertEqual(list(told), [90, 60, 30, 7, 0])

    def test_after_an_outage_only_the_last_step_is_told(self):
        self.assertEqual(self._to(self._run(20)), ["pat@example.org"])
        steps = self.env["gr.staff.reminder"].search([]).mapped("step")
        self.assertEqual(steps, [30, 30])
        self.assertFalse(self._run(20))

    def test_the_coordinator_is_told_on_the_day_and_the_manager_after_grace(self):
        self._run(7)
        day = self._run(0)
        self.assertEqual(len(day), 2)
        self.assertTrue(any("kim@example.org" in mail.email_to for mail in day))
        # FOOD has no grace, AID has five days
        after = self._run(-1)
        self.assertEqual(len(after), 1)
        self.assertIn("lee@example.org", after.email_to)
        self.assertIn("Food card", after.body_html)
        self.assertNotIn("First aid", after.body_html)
        self.assertFalse(self._run(-5))
        self.assertIn("First aid", self._run(-6).body_html)
        self.assertFalse(self._run(-30))

    def test_the_coordinator_speaks_for_who_has_no_address(self):
        self.employee.work_email = False
        mails = self._run(30)

        self.assertEqual(len(mails), 1)
        self.assertIn("kim@example.org", mails.email_to)
        self.assertIn("Pat Prueba", mails.body_html)

    def test_without_a_coordinator_the_manager_is_told(self):
        self.employee.gr_site_ids = self.other_site
        mails = self._run(0)

        self.assertIn("lee@example.org", "".join(self._to(mails)))

    def test_the_named_manager_of_the_district_is_told_alone(self):
        boss = self._make_user("B", sites=self.site, login="boss")
        boss.email = "boss@example.org"
        self.district.gr_compliance_user_id = boss
        self._run(0)
        mails = self._run(-10)

        self.assertEqual(len(mails), 1)
        self.assertIn("boss@example.org", mails.email_to)

    def test_a_renewal_ends_the_reminders_and_begins_new_ones(self):
        self._run(7)
        self._make_credential(
            self.employee,
            self.requirement,
            self.today,
            card_expires=self.deadline + timedelta(days=365),
        )
        mails = self._run(0)

        self.assertTrue(mails)
        self.assertNotIn("First aid", "".join(mails.mapped("body_html")))

    def test_it_is_told_in_the_persons_language(self):
        self.env["res.lang"]._activate_lang("es_419")
        self.requirement.with_context(lang="es_419").name = "Primeros auxilios"
        self.employee.lang = "es_419"

        self.assertIn("Primeros auxilios", self._run(90).body_html)

    def test_a_requirement_may_name_its_own_days(self):
        self.requirement.reminder_days = "10"
        self.second.reminder_days = "10"

        self.assertFalse(self._run(11))
        self.assertTrue(self._run(10))

    def test_the_coordinator_gets_something_to_do_until_it_is_solved(self):
        self._run(0)
        self._run(-1)
        rows = self.gate.search([("employee_id", "=", self.employee.id)])
        late = rows.filtered(lambda row: row.light == "red")
        self.assertEqual(late.requirement_id, self.second)

        self._run(-20)
        self.assertFalse(late.activity_ids, "told on the day, when it was not red yet")

    def test_a_missing_paper_is_a_task_of_the_coordinator(self):
        new = self._make_employee("New", work_email="new@example.org")
        self._run(100, employee=new)
        row = self.gate.search(
            [("employee_id", "=", new.id), ("requirement_id", "=", self.second.id)]
        )
        self.assertEqual(row.activity_ids.user_id, self.user_program)

        self._make_credential(new, self.second, self.today)
        self.assertFalse(row.activity_ids)

    def test_the_cron_does_all_districts(self):
        with freeze_time(self.deadline - timedelta(days=30)):
            self.gate._refresh(self.employee)
            with self.enter_registry_test_mode():
                self.env.ref(
                    "harvest_clearance.ir_cron_send_reminders"
                ).method_direct_trigger()
        self.assertEqual(self.env["gr.staff.reminder"].search_count([]), 2)

    def test_a_district_that_has_not_turned_it_on_sends_nothing(self):
        self.district.gr_remind_staff = False
        with freeze_time(self.deadline - timedelta(days=30)):
            self.gate._refresh(self.employee)
            self.env["gr.staff.reminder"]._cron_send_reminders()

        self.assertFalse(self.env["gr.staff.reminder"].search([]))

    def test_the_ledger_refuses_a_second_line(self):
        self._run(30)
        line = self.env["gr.staff.reminder"].search([], limit=1)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            with self.env.cr.savepoint():
                line.copy()
