from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ClearanceCommon


@tagged("post_install", "-at_install")
class TestBoard(ClearanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requirement = cls._make_requirement(renewal="months", renewal_months=24)
        cls._only(cls.requirement)

    def _row(self, employee, requirement=None):
        return self.gate.search(
            [
                ("employee_id", "=", employee.id),
                ("requirement_id", "=", (requirement or self.requirement).id),
            ]
        )

    def test_a_new_person_is_on_the_board_at_once(self):
        employee = self._make_employee()

        row = self._row(employee)
        self.assertRecordValues(
            row, [{"state": "missing", "light": "red", "company_id": self.district.id}]
        )
        self.assertEqual(row.site_ids, self.site)
        self.assertEqual(employee.gr_clearance_state, "red")
        self.assertEqual(employee.gr_problem_count, 1)

    def test_a_verified_credential_turns_it_green_and_a_revocation_red(self):
        employee = self._make_employee()
        credential = self._make_credential(
            employee, self.requirement, self.today - timedelta(days=10)
        )

        self.assertEqual(self._row(employee).light, "green")
        self.assertEqual(self._row(employee).credential_id, credential)
        self.assertEqual(employee.gr_clearance_state, "green")
        credential._revoke(self.today, "Taken back")
        self.assertEqual(self._row(employee).light, "red")

    def test_it_turns_amber_before_the_end_and_red_after(self):
        employee = self._make_employee()
        for left, light in ((31, "green"), (30, "amber"), (0, "amber"), (-1, "red")):
            self.gate.search([]).unlink()
            self.env["gr.staff.credential"].search([])._write_event({"state": "draft"})
            self._make_credential(
                employee,
                self.requirement,
                self.today - timedelta(days=700),
                card_expires=self.today + timedelta(days=left),
            )
            with self.subTest(left=left):
                self.assertEqual(self._row(employee).light, light)

    def test_rows_follow_tasks_sites_and_leaving(self):
        kitchen = self._make_requirement(
            "COOK", task_ids=self.env.ref("harvest_clearance.gr_staff_task_kitchen").ids
        )
        employee = self._make_employee()
        self.assertFalse(self._row(employee, kitchen))

        employee.gr_task_ids = kitchen.task_ids
        self.assertTrue(self._row(employee, kitchen))
        employee.gr_site_ids = self.other_site
        self.assertEqual(self._row(employee).site_ids, self.other_site)
        employee.gr_task_ids = False
        self.assertFalse(self._row(employee, kitchen))
        employee.active = False
        self.assertFalse(self._row(employee))

    def test_a_row_keeps_its_identity(self):
        employee = self._make_employee()
        row = self._row(employee)
        self._make_credential(employee, self.requirement, self.today)

        self.assertEqual(self._row(employee), row)

    def test_what_is_asked_of_a_site_has_a_row_of_the_site(self):
        first_aid = self._make_requirement("AID", site_level=True, blocking="site")
        employee = self._make_employee()
        self.gate._refresh(employee)
        row = self.gate.search([("site_id", "=", self.site.id)])

        self.assertRecordValues(
            row,
            [{"requirement_id": first_aid.id, "state": "missing", "holder_count": 0}],
        )
        self.assertFalse(self._row(employee, first_aid))
        self._make_credential(
            employee,
            first_aid,
            self.today,
            card_expires=self.today + timedelta(days=10),
        )
        self.assertRecordValues(
            row,
            [
                {
                    "state": "due_soon",
                    "holder_count": 1,
                    "deadline": self.today + timedelta(days=10),
                }
            ],
        )

    def test_the_night_finds_what_the_day_has_changed(self):
        employee = self._make_employee()
        self._make_credential(employee, self.requirement, self.today)
        row = self._row(employee)
        row.write({"state": "expired", "light": "red"})

        with self.enter_registry_test_mode():
            self.env.ref(
                "harvest_clearance.ir_cron_refresh_clearance"
            ).method_direct_trigger()
        row.invalidate_recordset()
        self.assertEqual(row.state, "ok")

    def test_a_change_of_a_requirement_wakes_the_count(self):
        cron = self.env.ref("harvest_clearance.ir_cron_refresh_clearance")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.requirement.grace_days = 3

        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertGreater(after, before)

    def test_a_coordinator_sees_names_without_hr_rights(self):
        employee = self._make_employee("Pat Prueba")
        other = self._make_employee("Other", site=self.other_site)
        for role in ("B", "C"):
            board = self.gate.with_user(self.users[role])
            with self.subTest(role=role):
                read = board.web_search_read(
                    [], {"subject": {}, "employee_id": {"fields": {"display_name": {}}}}
                )["records"]
                names = [one["employee_id"]["display_name"] for one in read]
                self.assertEqual(names, [employee.name])
                self.assertNotIn(other.name, names)

    def test_figures_name_no_one(self):
        self._make_employee("One")
        self._make_employee("Two")
        self._make_employee("Other", site=self.other_site)
        report = self.env["gr.staff.clearance.report"].with_user(self.users["A"])

        self.assertRecordValues(
            report.search([]),
            [{"site_id": self.site.id, "light": "red", "people": 2}],
        )
        self.assertNotIn("employee_id", report._fields)

    def test_counting_does_not_cost_more_for_more_people(self):
        people = self.env["hr.employee"]
        for number in range(10):
            people |= self._make_employee(f"Person {number}")
        few = self._count_queries(lambda: self.gate._refresh_people(people[:2]))
        many = self._count_queries(lambda: self.gate._refresh_people(people))

        self.assertEqual(many, few)
        self.assertLessEqual(many, 40)

    # ASSIGN

    def _assign(self, people, user, **values):
        context = {"active_model": "hr.employee.public", "active_ids": people.ids}
        wizard = self.env["gr.staff.assign"].with_user(user).with_context(**context)
        return wizard.create(values)

    def test_operations_assign_without_hr_rights(self):
        employee = self._make_employee()
        wizard = self._assign(employee, self.user_operations)
        self.assertEqual(wizard.site_ids, self.site)

        wizard.task_ids = self.env.ref("harvest_clearance.gr_staff_task_kitchen")
        wizard.employee_number = "0042"
        wizard.action_apply()
        self.assertEqual(employee.gr_task_ids.code, "kitchen")
        self.assertEqual(employee.gr_employee_number, "0042")

    def test_a_site_that_the_user_does_not_see_is_kept(self):
        employee = self._make_employee()
        employee.gr_site_ids |= self.other_site
        self._assign(employee, self.user_operations).action_apply()

        self.assertEqual(employee.gr_site_ids, self.site | self.other_site)

    def test_nobody_assigns_people_of_another_site(self):
        employee = self._make_employee(site=self.other_site)

        wizard = self._assign(employee, self.user_operations)
        with self.assertRaises(AccessError):
            wizard.action_apply()

    def test_for_several_people_empty_means_unchanged(self):
        people = self._make_employee("One", tasks=["kitchen"])
        people |= self._make_employee("Two", tasks=["transport"])
        self._assign(
            people, self.user_operations, worker_type="volunteer"
        ).action_apply()

        self.assertEqual(people.mapped("gr_task_ids.code"), ["kitchen", "transport"])
        self.assertEqual(set(people.mapped("gr_worker_type")), {"volunteer"})
