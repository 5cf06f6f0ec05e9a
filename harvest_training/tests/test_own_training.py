"""Who leads training learns, too; what counts for the own certificate others decide."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .facts import PDF, FactsCommon


@tagged("post_install", "-at_install")
class TestOwnTraining(FactsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.me = cls.user_program
        cls.employee = cls.env["hr.employee"].create(
            {
                "name": "Site Coordinator",
                "user_id": cls.me.id,
                "company_id": cls.district.id,
                "gr_site_ids": cls.site.ids,
            }
        )
        cls.own = cls.env["gr.student"].create(
            {
                "first_name": "Site",
                "last_name": "Coordinator",
                "learner_type": "staff",
                "employee_id": cls.employee.id,
                "company_id": cls.district.id,
            }
        )
        cls.own_enrollment = cls._enroll(cls.program, cls.own)
        cls.own_tracker = cls.own_enrollment.tracker_ids

    def _mine(self, record):
        return record.with_user(self.me)

    def test_lessons_are_not_reported_for_oneself(self):
        api = self.env["gr.elearning.integration"].with_user(self.me)
        member = self.own_tracker.elearning_enrollment_id
        with self.assertRaisesRegex(AccessError, "own"):
            api.update_progress(member.id, {"completed": True})
        self.assertEqual(self.own_tracker.elearning_progress, 0)

    def test_the_own_request_is_decided_by_somebody_else(self):
        strict = self._make_training_program(
            name="Strict", eligibility_domain="[('learner_type', '=', 'volunteer')]"
        )
        waiting = self._enroll(strict, self.own)
        self.assertEqual(waiting.status, "review")
        with self.assertRaisesRegex(AccessError, "own"):
            self._mine(waiting).action_enroll()

    def test_the_own_attendance_is_taken_by_somebody_else(self):
        session = self._make_session(self.course, days=-1, site_id=self.site.id)
        line = self.env["gr.course.session.attendee"].create(
            {"session_id": session.id, "tracker_id": self.own_tracker.id}
        )
        with self.assertRaisesRegex(AccessError, "own"):
            self._mine(line).action_attended()

    def test_nobody_has_attended_what_has_not_begun(self):
        session = self._make_session(self.course, days=3, site_id=self.site.id)
        session._book(self.tracker)
        line = session.attendee_ids
        with self.assertRaisesRegex(UserError, "not begun"):
            self._mine(line).action_attended()
        self.assertEqual(line.state, "registered")

    def test_the_own_document_is_not_waived(self):
        self.program.training_document_ids = [
            Command.create({"type_id": self._make_document_type().id})
        ]
        document = self.own_enrollment.document_ids
        with self.assertRaisesRegex(AccessError, "own"):
            self._mine(document).action_cancel()
        with self.assertRaisesRegex(AccessError, "own"):
            self._mine(document).required = False
        self.assertEqual(document.state, "requested")

    def test_the_own_document_is_known_by_the_employee_too(self):
        """The contact may be another one than the user's, or not there yet."""
        self.own.partner_id = self.env["res.partner"].create({"name": "S. C."})
        document = self.env["gr.document.request"].create(
            {"student_id": self.own.id, "type_id": self._make_document_type().id}
        )
        document._receive([("tb.pdf", PDF)])
        with self.assertRaisesRegex(AccessError, "own"):
            self._mine(document).action_verify()

    def test_the_own_homework_is_known_by_the_employee_too(self):
        self.own.partner_id = self.env["res.partner"].create({"name": "S. C."})
        assignment = self._make_assignment(self.course)
        assignment._submit(self.own_tracker, "Text", [])
        with self.assertRaisesRegex(AccessError, "own"):
            self._mine(assignment.attempt_ids).action_accept()

    def test_the_own_exam_is_known_by_the_employee_too(self):
        self.own.partner_id = self.env["res.partner"].create({"name": "S. C."})
        exam = self._make_assessment(self.course)
        wizard = (
            self.env["gr.assessment.enter"]
            .with_user(self.me)
            .create(
                {
                    "assessment_id": exam.id,
                    "tracker_ids": self.own_tracker.ids,
                    "judgement": "passed",
                    "date": fields.Datetime.now(),
                }
            )
        )
        with self.assertRaisesRegex(AccessError, "own"):
            wizard.action_enter()
