"""The agent's screens: enroll, refuse, withdraw; by role."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import TrainingCommon


@tagged("post_install", "-at_install")
class TestTrainingWizards(TrainingCommon):
    def setUp(self):
        super().setUp()
        self.program = self._make_training_program(
            eligibility_domain="[('learner_type', '=', 'staff')]"
        )
        self.employee = self.env["hr.employee"].create(
            {"name": "Eva Pérez Luna", "company_id": self.district.id}
        )

    def _enroll(self, user, **values):
        wizard = (
            self.env["gr.training.enroll"]
            .with_user(user)
            .create({"program_id": self.program.id, **values})
        )
        return wizard.action_enroll()

    def _get_enrollments(self, action):
        return self.env["gr.training.enrollment"].search(action["domain"])

    def test_a_coordinator_enrolls_an_employee_of_the_own_site(self):
        action = self._enroll(self.user_program, employee_ids=self.employee.ids)
        enrollment = self._get_enrollments(action)
        self.assertEqual(enrollment.status, "not_started")
        learner = enrollment.student_id
        self.assertEqual(learner.name, "Eva Pérez Luna")
        self.assertEqual(learner.site_ids, self.site)
        self.assertEqual(learner.partner_id, self.employee.work_contact_id)
        again = self._enroll(self.user_operations, employee_ids=self.employee.ids)
        self.assertEqual(self._get_enrollments(again), enrollment)

    def test_an_employee_learns_where_the_employee_works(self):
        self.employee.gr_site_ids = self.site
        self.program.site_ids = self.site
        action = self._enroll(self.user_operations, employee_ids=self.employee.ids)
        enrollment = self._get_enrollments(action)
        self.assertEqual(enrollment.student_id.site_ids, self.site)
        self.assertEqual(enrollment.status, "not_started")

    def test_a_coordinator_enrolls_nobody_of_another_site(self):
        self.employee.gr_site_ids = self._make_site(self.district, "Elsewhere")
        with self.assertRaisesRegex(UserError, "works at"):
            self._enroll(self.user_program, employee_ids=self.employee.ids)

    def test_a_volunteer_is_a_contact_that_becomes_a_learner(self):
        partner = self.env["res.partner"].create({"name": "Vera"})
        action = self._enroll(self.user_operations, partner_ids=partner.ids)
        enrollment = self._get_enrollments(action)
        self.assertEqual(enrollment.student_id.partner_id, partner)
        self.assertEqual(enrollment.status, "review", "staff only")

    def test_nobody_chosen_is_said(self):
        with self.assertRaisesRegex(UserError, "Choose whom"):
            self._enroll(self.user_operations)

    def test_an_aide_enrolls_nobody(self):
        with self.assertRaises(AccessError):
            self._enroll(self.user_aide, employee_ids=self.employee.ids)

    def test_refuse_with_a_reason(self):
        learner = self._make_learner(
            "Vera Voluntaria", learner_type="volunteer", site_ids=self.site.ids
        )
        enrollment = self.env["gr.training.enrollment"]._request(
            self.program, learner, "self"
        )
        wizard = Form(
            self.env["gr.training.decide"]
            .with_user(self.user_program)
            .with_context(active_ids=enrollment.ids, default_decision="refuse")
        )
        wizard.reason = "Only staff"
        wizard.save().action_apply()
        self.assertEqual(enrollment.status, "refused")

    def test_a_coordinator_decides_for_the_own_site_only(self):
        learner = self._make_learner(
            "Otro Lugar", learner_type="volunteer", site_ids=self.other_site.ids
        )
        enrollment = self.env["gr.training.enrollment"]._request(
            self.program, learner, "self"
        )
        mine = enrollment.with_user(self.user_program)
        with self.assertRaises(AccessError):
            mine.action_enroll()
        with self.assertRaises(AccessError):
            mine._refuse("No")
        with self.assertRaises(AccessError):
            mine._withdraw("No")
