import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TrainingCommon

LEARNERS = """email,first_name,last_name,learner_type,sites,program,date_due
lia@old.example.org,Lía,Aprendiz,staff,101,,
vito@old.example.org,Vito,Nuevo,volunteer,101;102,Induction,2027-01-31
nina@old.example.org,Nina,Nueva,,999,Induction,
omar@old.example.org,Omar,Otro,staff,,No Such Program,
omar@old.example.org,Omar
"""


@tagged("post_install", "-at_install")
class TestMigration(TrainingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coordinator = cls.user_operations
        cls.coordinator.gr_scope = "district"
        cls.learner = cls._make_learner()
        cls.learner.partner_id.email = "lia@old.example.org"
        cls.program = cls._make_training_program(courses=1)
        cls.course = cls.program.course_integrations

    def _upload(self, text, kind="learners", user=None, **values):
        wizard = (
            self.env["gr.training.migration"]
            .with_user(user or self.coordinator)
            .create(
                {
                    "kind": kind,
                    "file": base64.b64encode(text.encode()),
                    "filename": "old.csv",
                    "company_id": self.district.id,
                    **values,
                }
            )
        )
        action = wizard.action_check()
        run = self.env["gr.training.migration.run"].browse(action["res_id"])
        return run.with_user(user or self.coordinator)

    def _actions(self, run):
        return [(line.number, line.action) for line in run.line_ids]

    def _find(self, email):
        return self.env["gr.student"].search([("partner_id.email", "=", email)])

    def test_dry_run_tells_every_row_and_does_nothing(self):
        contacts = self.env["res.partner"].search_count([])
        run = self._upload(LEARNERS)

        self.assertEqual(
            self._actions(run),
            [(2, "skip"), (3, "create"), (4, "error"), (5, "error"), (6, "error")],
        )
        texts = {line.number: line.text for line in run.line_ids}
        self.assertIn("999", texts[4])
        self.assertIn("No Such Program", texts[5])
        self.assertIn("cut off", texts[6])
        self.assertEqual(run.error_count, 3)
        self.assertFalse(self._find("vito@old.example.org"))
        self.assertEqual(self.env["res.partner"].search_count([]), contacts)

    def test_applying_does_what_the_dry_run_said(self):
        run = self._upload(LEARNERS)
        said = self._actions(run)
        run.action_apply()

        self.assertEqual(self._actions(run), said)
        vito = self._find("vito@old.example.org")
        self.assertEqual(vito.learner_type, "volunteer")
        self.assertEqual(vito.site_ids, self.site | self.other_site)
        enrollment = vito.training_enrollment_ids
        self.assertEqual(enrollment.status, "not_started")
        self.assertEqual(str(enrollment.date_due), "2027-01-31")
        self.assertEqual(set(enrollment.notice_ids.mapped("state")), {"skipped"})
        self.assertEqual((run.state, run.user_id), ("applied", self.coordinator))

    def test_welcome_mails_when_asked_for(self):
        self._upload(LEARNERS, with_mail=True).action_apply()
        enrollment = self._find("vito@old.example.org").training_enrollment_ids
        self.assertEqual(set(enrollment.notice_ids.mapped("state")), {"pending"})

    def test_same_file_twice_doubles_nothing(self):
        self._upload(LEARNERS).action_apply()
        again = self._upload(LEARNERS)
        again.action_apply()

        self.assertEqual(self._actions(again)[:2], [(2, "skip"), (3, "skip")])
        self.assertEqual(len(self._find("vito@old.example.org")), 1)
        with self.assertRaises(UserError):
            again.action_apply()

    def test_roll_back_leaves_the_database_as_it_was(self):
        models = (
            "gr.student", "res.partner", "gr.training.enrollment",
            "gr.progress.tracker", "slide.channel.partner",
        )  # fmt: skip

        def count():
            return [
                self.env[name].with_context(active_test=False).search_count([])
                for name in models
            ]

        before = count()
        run = self._upload(LEARNERS)
        run.action_apply()
        self.assertNotEqual(count(), before)
        run.action_roll_back()

        self.assertEqual(count(), before)
        self.assertEqual(run.state, "rolled_back")
        self.assertTrue(self.learner.exists())

    def test_what_was_touched_since_stays_and_says_why(self):
        run = self._upload(LEARNERS)
        run.action_apply()
        vito = self._find("vito@old.example.org")
        vito.last_name = "Corregido"
        self._complete_lessons(vito, self.course.elearning_course_id, 1)
        run.action_roll_back()

        self.assertTrue(vito.exists())
        self.assertTrue(vito.training_enrollment_ids)
        line = run.line_ids.filtered(lambda line: line.number == 3)
        self.assertEqual(line.action, "stay")
        self.assertIn("changed since", line.text)

    def test_history_is_added_and_never_overwritten(self):
        current = self.env["gr.training.enrollment"]._request(
            self.program, self.learner, "agent"
        )
        text = (
            "email,program,date_completed,certificate_number,issued_by\n"
            "lia@old.example.org,induction,05/20/2024,OLD-1,Former LMS\n"
            "ghost@example.org,Induction,2024-05-20,,\n"
        )
        run = self._upload(text, "history")
        self.assertEqual(self._actions(run), [(2, "create"), (3, "error")])
        run.action_apply()

        old = self.learner.training_enrollment_ids - current
        self.assertEqual(old.status, "certified")
        self.assertEqual(str(old.date_certified.date()), "2024-05-20")
        self.assertIn("OLD-1", old.decision_note)
        self.assertEqual(current.status, "not_started")

        again = self._upload(text, "history")
        self.assertEqual(self._actions(again), [(2, "skip"), (3, "error")])
        run.action_roll_back()
        self.assertFalse(old.exists())
        self.assertTrue(current.exists())

    def test_progress_is_taken_over_as_completed_lessons(self):
        enrollment = self.env["gr.training.enrollment"]._request(
            self.program, self.learner, "agent"
        )
        text = (
            "email,program,course,lesson\n"
            "lia@old.example.org,Induction,Course 1,Lesson 1\n"
            "lia@old.example.org,Induction,Course 1,Lesson 9\n"
            "lia@old.example.org,Induction,Course 9,\n"
        )
        run = self._upload(text, "progress")
        self.assertEqual(self._actions(run), [(2, "match"), (3, "error"), (4, "error")])
        self.assertEqual(enrollment.progress, 0)
        run.action_apply()
        self.assertEqual(enrollment.progress, 50)

        run.action_roll_back()
        self.assertEqual(enrollment.progress, 0)
        self.assertEqual(enrollment.status, "not_started")

    def test_whole_course_is_completed_by_an_empty_lesson(self):
        enrollment = self.env["gr.training.enrollment"]._request(
            self.program, self.learner, "agent"
        )
        text = "email,program,course,lesson\nlia@old.example.org,Induction,Course 1,\n"
        self._upload(text, "progress").action_apply()
        self.assertEqual(enrollment.tracker_ids.status, "completed")

    def test_employee_and_contact_are_matched(self):
        employee = self.env["hr.employee"].create(
            {
                "name": "Eva Empleada",
                "work_email": "eva@example.org",
                "company_id": self.district.id,
            }
        )
        contact = self.env["res.partner"].create(
            {"name": "Carla Contacto", "email": "carla@example.org"}
        )
        text = (
            "email,first_name,last_name\n"
            "EVA@example.org,Eva,Empleada\ncarla@example.org,Carla,Contacto\n"
        )
        self._upload(text).action_apply()

        self.assertEqual(employee.gr_student_ids.name, "Eva Empleada")
        self.assertEqual(contact.gr_student_ids.name, "Carla Contacto")

    def test_child_is_not_found_by_its_address(self):
        self.student._get_partner().email = "ana@example.org"
        text = "email,program,date_completed\nana@example.org,Induction,2024-01-01\n"
        run = self._upload(text, "history")
        self.assertEqual(self._actions(run), [(2, "error")])

    def test_file_that_cannot_be_read_is_explained(self):
        with self.assertRaisesRegex(UserError, "columns are missing"):
            self._upload("name\nLía\n")

    def test_who_may_not_take_data_over(self):
        for user in (self.user_program, self.user_aide):
            with self.assertRaises(AccessError):
                self._upload(LEARNERS, user=user)
        self.coordinator.gr_scope = "site"
        with self.assertRaisesRegex(AccessError, "whole district"):
            self._upload(LEARNERS)

    def test_other_district_sees_no_run(self):
        run = self._upload(LEARNERS)
        stranger = self._make_user("B", sites=self.foreign_site, gr_scope="district")
        with self.assertRaises(AccessError):
            run.with_user(stranger).action_apply()
        Run = self.env["gr.training.migration.run"].with_user(stranger)
        self.assertNotIn(run.id, Run.search([]).ids)

    def test_template_is_offered(self):
        wizard = self.env["gr.training.migration"].create({"kind": "progress"})
        text = base64.b64decode(wizard.template_file).decode("utf-8-sig")
        self.assertTrue(text.startswith("email,program,course,lesson"))
