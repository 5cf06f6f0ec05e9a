"""The plan's third workflow: complete, validate, certify or flag; renew; the gate."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TrainingCommon


@tagged("post_install", "-at_install")
class TestCertification(TrainingCommon):
    def setUp(self):
        super().setUp()
        self.requirement = self.env["gr.staff.requirement"].create(
            {
                "code": "T-SAFE",
                "name": "Site safety",
                "kind": "course",
                "blocking": "roster",
                "due_unit": "before",
                "authority": "Local policy",
                "company_id": self.district.id,
                "valid_from": "2020-01-01",
            }
        )
        # Only this requirement: the catalogue of the law has tests of its own.
        self.env["gr.staff.requirement"].search(
            [("id", "!=", self.requirement.id)]
        ).active = False
        self.template = self.env["gr.certificate.template"].search([], limit=1)
        self.program = self._make_training_program(
            coordinator_id=self.user_operations.id,
            certificate_template_id=self.template.id,
            renewal="months",
            renewal_months=12,
            requirement_ids=self.requirement.ids,
        )
        self.course = self.program.course_integrations
        self.employee = self.env["hr.employee"].create(
            {
                "name": "Eva Empleada",
                "company_id": self.district.id,
                "gr_site_ids": self.site.ids,
                "gr_start_date": "2024-01-01",
            }
        )
        self.learner = self.env["gr.student"].create(
            {
                "first_name": "Eva",
                "last_name": "Empleada",
                "learner_type": "staff",
                "employee_id": self.employee.id,
                "company_id": self.district.id,
            }
        )
        self.enrollment = self.env["gr.training.enrollment"]._request(
            self.program, self.learner, "agent"
        )

    def _complete(self):
        self._complete_lessons(self.learner, self.course.elearning_course_id)
        self._run()

    def _run(self):
        with self._as_cron():
            self.env["gr.elearning.integration"].generate_completion_certificates()

    def _is_cleared(self, day):
        return self.env["gr.staff.clearance"].is_cleared(self.employee, None, day)

    def test_who_completes_everything_is_certified_once(self):
        self._complete()
        self._run()
        certificate = self.enrollment.certificate_ids
        self.assertEqual(len(certificate), 1)
        self.assertEqual(self.enrollment.status, "certified")
        self.assertEqual(self.enrollment.tracker_ids.status, "certified")
        self.assertEqual(self.learner.integration_status, "certified")
        self.enrollment.invalidate_recordset(["notice_ids"])
        notices = self.enrollment.notice_ids.mapped("kind")
        self.assertEqual(notices.count("certificate_issued"), 1)

    def test_what_was_certified_is_history(self):
        self._complete()
        tracker = self.enrollment.tracker_ids
        tracker.elearning_enrollment_id.unlink()
        self._make_course(self.program, name="Added later")
        self.assertEqual(tracker.status, "certified")
        self.assertEqual(tracker.elearning_progress, 100)
        self.assertEqual(len(self.enrollment.tracker_ids), 1)

    def test_a_threshold_does_not_let_a_failed_exam_pass(self):
        self.env["gr.assessment.integration"].create(
            {"name": "Exam", "course_integration_id": self.course.id, "kind": "manual"}
        )
        self.course.completion_threshold = 50
        self._complete()
        self.assertEqual(self.enrollment.status, "completed")
        self.assertFalse(self.enrollment.certificate_ids)
        self.assertTrue(self.enrollment.needs_review)
        self.assertIn("assessments", self.enrollment.missing_requirements)
        self.assertEqual(self.enrollment.activity_ids.user_id, self.user_operations)
        self._run()
        self.assertEqual(len(self.enrollment.activity_ids), 1, "told once")

    def test_a_document_that_comes_late_completes_it(self):
        document = self.env["gr.document.request"].create(
            {
                "name": "Diploma",
                "student_id": self.learner.id,
                "enrollment_id": self.enrollment.id,
            }
        )
        self._complete()
        self.assertIn("Diploma", self.enrollment.missing_requirements)
        document.sudo().state = "cancelled"
        self._run()
        self.assertEqual(self.enrollment.status, "certified")
        self.assertFalse(self.enrollment.needs_review)
        self.assertFalse(self.enrollment.activity_ids)

    def test_a_design_that_cannot_be_printed_holds_nobody_else_up(self):
        with patch.object(
            type(self.env["gr.certificate"]), "_make_files", side_effect=UserError("No")
        ):
            self._complete()
        self.assertEqual(self.enrollment.status, "completed")
        self.assertTrue(self.enrollment.needs_review)
        self._run()
        self.assertEqual(self.enrollment.status, "certified")

    def test_the_certificate_opens_the_gate_until_it_ends(self):
        today = fields.Date.context_today(self.env.user)
        self.assertFalse(self._is_cleared(today))
        self._complete()
        credential = self.env["gr.staff.credential"].search(
            [("employee_id", "=", self.employee.id)]
        )
        self.assertEqual(credential.state, "verified")
        self.assertEqual(credential.number, self.enrollment.certificate_ids.name)
        self.assertTrue(self._is_cleared(today))
        after = credential.expires + timedelta(days=1)
        answer = self._is_cleared(after)
        self.assertFalse(answer)
        self.assertIn("Site safety", answer.reasons[0])

    def test_a_revoked_certificate_closes_the_gate(self):
        self._complete()
        certificate = self.enrollment.certificate_ids.with_user(self.user_operations)
        self.user_operations.gr_scope = "district"
        certificate._revoke("Issued by mistake")
        today = fields.Date.context_today(self.env.user)
        self.assertFalse(self._is_cleared(today))
        certificate.action_issue_again()
        self.assertTrue(self._is_cleared(today))

    def test_a_renewal_is_a_new_round_with_fresh_lessons(self):
        self._complete()
        certificate = self.enrollment.certificate_ids
        with self._as_cron():
            self.env["gr.training.enrollment"]._cron_renew()
        self.assertFalse(self.enrollment.next_ids, "too early")
        self.program.renewal_lead_days = 400
        with self._as_cron():
            self.env["gr.training.enrollment"]._cron_renew()
            self.env["gr.training.enrollment"]._cron_renew()
        renewed = self.enrollment.next_ids
        self.assertEqual((len(renewed), renewed.cycle), (1, 2))
        self.assertEqual(renewed.tracker_ids.elearning_progress, 0)
        self.assertEqual(self.enrollment.tracker_ids.elearning_progress, 100)
        self._complete()
        self.assertEqual(renewed.status, "certified")
        self.assertEqual(self.enrollment.certificate_ids, certificate)
        credentials = self.env["gr.staff.credential"].search(
            [("employee_id", "=", self.employee.id)]
        )
        self.assertEqual(len(credentials), 2, "history is kept")
