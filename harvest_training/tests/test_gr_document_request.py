"""Documents: asked for once, reminded once, verified by another, asked for anew."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .facts import PDF, FactsCommon

FILES = [("tb.pdf", PDF)]


@tagged("post_install", "-at_install")
class TestGrDocumentRequest(FactsCommon):
    def setUp(self):
        super().setUp()
        self.kind = self._make_document_type(
            validity_months=48, renew_days=60, instructions="Both sides of the card."
        )

    def _ask(self, **values):
        return self.env["gr.document.request"].create(
            {"student_id": self.learner.id, "type_id": self.kind.id, **values}
        )

    def _verify(self, request, **values):
        """Hand it in and let the coordinator of the site verify it."""
        if request.state != "received":
            request._receive(FILES)
        judge = request.with_user(self.user_program)
        judge.write({"date_issued": fields.Date.today(), **values})
        judge.action_verify()

    def _outbox(self):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "gr.document.request"),
                ("recipient_ids", "in", self.learner.partner_id.ids),
            ]
        )

    def _remind(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "harvest_training.ir_cron_document_remind"
            ).method_direct_trigger()

    def _renew(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "harvest_training.ir_cron_document_renew"
            ).method_direct_trigger()

    # Asking

    def test_a_program_asks_for_its_documents_when_a_learner_starts(self):
        self.program.training_document_ids = [
            Command.create({"type_id": self.kind.id, "due_days": 30})
        ]
        enrollment = self._enroll(self.program, name="New One")
        self.assertRecordValues(
            enrollment.document_ids,
            [
                {
                    "name": "Tuberculosis clearance",
                    "state": "requested",
                    "required": True,
                    "date_due": fields.Date.today() + timedelta(days=30),
                    "instructions": "Both sides of the card.",
                }
            ],
        )
        self.assertEqual(len(self._notices("document_requested", enrollment)), 1)
        Request = self.env["gr.document.request"]
        self.assertFalse(Request._request_for(enrollment))
        self.assertEqual(len(enrollment.document_ids), 1)

    def test_who_has_done_all_lessons_before_still_owes_the_document(self):
        self.program.training_document_ids = [Command.create({"type_id": self.kind.id})]
        learner = self._make_learner("Early Bird")
        channel = self.course.elearning_course_id
        channel._action_add_members(learner.partner_id)
        self._complete_lessons(learner, channel)
        enrollment = self._enroll(self.program, learner)
        self.assertEqual(enrollment.status, "completed")
        self.assertEqual(len(enrollment._get_missing_requirements()), 1)

    def test_what_has_expired_by_then_does_not_certify(self):
        self.program.training_document_ids = [Command.create({"type_id": self.kind.id})]
        document = self.enrollment.document_ids
        long_ago = fields.Date.today() - timedelta(days=5 * 365)
        self._verify(document, date_issued=long_ago)
        self._complete_lessons(self.learner, self.course.elearning_course_id)
        self.assertEqual(self.enrollment.status, "completed")
        missing = self.enrollment._get_missing_requirements()
        self.assertEqual(missing, ["Document “Tuberculosis clearance” has expired."])
        self._renew()
        self._verify(document.next_ids)
        self.assertFalse(self.enrollment._get_missing_requirements())

    def test_a_document_added_later_is_asked_of_those_who_learn(self):
        left = self._enroll(self.program, name="Left Early")
        left._withdraw("Left")
        self.program.training_document_ids = [Command.create({"type_id": self.kind.id})]
        self.assertEqual(self.enrollment.document_ids.state, "requested")
        self.assertFalse(left.document_ids)

    def test_what_is_still_good_is_not_asked_for_again(self):
        self._verify(self._ask())
        other = self._make_training_program(name="Other")
        other.training_document_ids = [Command.create({"type_id": self.kind.id})]
        self.assertFalse(self._enroll(other, self.learner).document_ids)
        with freeze_time(fields.Date.today() + timedelta(days=5 * 365)):
            self.env.invalidate_all()
            later = self._make_training_program(name="Later")
            later.training_document_ids = [Command.create({"type_id": self.kind.id})]
            self.assertTrue(self._enroll(later, self.learner).document_ids)

    def test_each_learner_reads_it_in_the_own_language(self):
        self.env["res.lang"]._activate_lang("es_MX")
        self.kind.with_context(lang="es_MX").name = "Prueba de tuberculosis"
        request = self._ask()
        self.assertEqual(request.name, "Tuberculosis clearance")
        self.assertEqual(
            request.with_context(lang="es_MX").name, "Prueba de tuberculosis"
        )

    def test_the_training_is_the_learners_own(self):
        other = self._enroll(self.program, name="Other One")
        with self.assertRaises(ValidationError):
            self._ask(enrollment_id=other.id)

    # Receiving

    def test_a_learner_hands_in(self):
        request = self._ask(enrollment_id=self.enrollment.id)
        request._receive(FILES)
        self.assertEqual(request.state, "received")
        self.assertTrue(request.date_received)
        self.assertEqual(request.attachment_ids.res_id, request.id)
        self.assertEqual(request.activity_ids.user_id, self.user_operations)
        with self.assertRaisesRegex(UserError, "not asked for"):
            request._receive(FILES)

    def test_nothing_and_forbidden_files_are_refused(self):
        request = self._ask()
        for files in (
            [],
            [("tb.exe", PDF)],
            [("tb.pdf", b"")],
            [("tb.pdf", b"GIF89a")],
        ):
            with self.subTest(files), self.assertRaises(UserError):
                with self.env.cr.savepoint():
                    request._receive(files)
        self.assertEqual(request.state, "requested")

    def test_staff_scan_it(self):
        form = Form(self.env["gr.document.request"].with_user(self.user_program))
        form.student_id = self.learner
        form.type_id = self.kind
        request = form.save()
        with self.assertRaisesRegex(UserError, "Add the file"):
            request.action_receive()
        file = request.env["ir.attachment"].create(
            {"name": "tb.pdf", "raw": PDF, "res_model": request._name, "res_id": 0}
        )
        with Form(request) as form:
            form.attachment_ids.add(file)
            form.date_issued = date(2026, 1, 15)
        request.action_receive()
        self.assertEqual(str(request.date_expires), "2030-01-14")
        request.action_verify()
        self.assertEqual(request.state, "verified")
        self.assertEqual(request.verified_by_id, self.user_program)

    def test_files_are_for_those_who_may_read_the_request(self):
        request = self._ask()
        request._receive(FILES)
        elsewhere = self._make_user("C", sites=self.other_site, login="elsewhere")
        file = request.attachment_ids
        self.assertTrue(file.with_user(self.user_program).has_access("read"))
        for stranger in (elsewhere, self.user_aide, self.user_internal):
            with self.subTest(stranger.login):
                self.assertFalse(file.with_user(stranger).has_access("read"))
                self.assertFalse(request.with_user(stranger).has_access("read"))

    # Judging

    def test_it_goes_back_with_a_reason_and_comes_again(self):
        request = self._ask(enrollment_id=self.enrollment.id)
        for reason in ("The second side is missing", "It is blurred"):
            request._receive(FILES)
            wizard = self.env["gr.document.return"].with_user(self.user_program)
            wizard.create(
                {"request_id": request.id, "reason": reason}
            ).action_send_back()
            self.assertEqual(
                (request.state, request.reject_reason), ("rejected", reason)
            )
        self.assertEqual(len(self._notices("document_returned")), 2)
        self.assertEqual(self._notices("document_returned")[0]._get_about(), request)

    def test_nobody_verifies_an_own_document(self):
        self.learner.sudo().partner_id = self.user_program.partner_id
        request = self._ask()
        request._receive(FILES)
        with self.assertRaisesRegex(AccessError, "own document"):
            self._verify(request)

    def test_who_may_verify(self):
        request = self._ask()
        request._receive(FILES)
        elsewhere = self._make_user("C", sites=self.other_site, login="elsewhere")
        foreign = self._make_user("B", district=self.foreign_district, login="foreign")
        for user in (self.user_aide, elsewhere, foreign):
            with self.subTest(user.login), self.assertRaises(AccessError):
                request.with_user(user).action_verify()

    def test_an_original_must_be_seen(self):
        self.kind.needs_original = True
        request = self._ask()
        with self.assertRaisesRegex(UserError, "Original Seen"):
            self._verify(request)
        self._verify(request, original_seen=True)
        self.assertEqual(request.state, "verified")

    def test_what_expires_needs_its_day(self):
        request = self._ask()
        request._receive(FILES)
        with self.assertRaisesRegex(UserError, "day it was issued"):
            request.with_user(self.user_program).action_verify()

    def test_what_was_verified_stays(self):
        request = self._ask()
        self._verify(request)
        for action in (
            lambda: request.write({"date_expires": "2099-01-01"}),
            lambda: request.write({"attachment_ids": [Command.clear()]}),
            request.attachment_ids.unlink,
            request.action_cancel,
            request.unlink,
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                action()
        with self.assertRaises(AccessError):
            request.with_user(self.user_program).write({"state": "requested"})

    def test_the_last_document_lets_the_certificate_go(self):
        request = self._ask(enrollment_id=self.enrollment.id)
        self._complete_lessons(self.learner, self.course.elearning_course_id)
        self.assertEqual(self.enrollment.status, "completed")
        missing = self.enrollment._get_missing_requirements()
        self.assertEqual(len(missing), 1)
        self.assertIn("Tuberculosis clearance", missing[0])
        self._verify(request)
        self.assertFalse(self.enrollment._get_missing_requirements())

    # Reminders

    def test_each_reminder_is_sent_once(self):
        due = fields.Date.today() + timedelta(days=20)
        self._ask(enrollment_id=self.enrollment.id, date_due=due)
        sent = []
        for days in (-15, -14, -14, -10, -3, -1, 0, 1, 1, 5, 7, 21, 30):
            with freeze_time(f"{due + timedelta(days=days)} 20:00:00"):
                self._remind()
                self._remind()
            sent.append((days, len(self._outbox())))
        self.assertEqual(
            sent,
            [
                *[(-15, 0), (-14, 1), (-14, 1), (-10, 1), (-3, 2), (-1, 2), (0, 2)],
                *[(1, 3), (1, 3), (5, 3), (7, 4), (21, 5), (30, 5)],
            ],
        )

    def test_one_mail_names_all_documents_of_a_learner(self):
        due = fields.Date.today() + timedelta(days=3)
        other = self._make_document_type(name="Diploma")
        self._ask(date_due=due)
        self._ask(date_due=due, type_id=other.id)
        self._outbox().unlink()
        self._remind()
        mail = self._outbox()
        self.assertEqual(len(mail), 1)
        for word in ("Tuberculosis clearance", "Diploma", "/my/training", "Both sides"):
            self.assertIn(word, mail.body_html)

    def test_a_new_due_day_is_reminded_anew(self):
        request = self._ask(
            enrollment_id=self.enrollment.id,
            date_due=fields.Date.today() + timedelta(days=3),
        )
        self._remind()
        request.date_due += timedelta(days=1)
        request.date_due -= timedelta(days=1)
        self._remind()
        self.assertEqual(len(self._outbox()), 1)
        request.date_due += timedelta(days=7)
        self._remind()
        self.assertEqual(len(self._outbox()), 2)

    def test_what_was_handed_in_or_left_is_not_reminded(self):
        due = fields.Date.today() + timedelta(days=3)
        request = self._ask(date_due=due, enrollment_id=self.enrollment.id)
        request._receive(FILES)
        self._remind()
        self.assertFalse(self._outbox())
        other = self._make_document_type(name="Diploma")
        self._ask(date_due=due, type_id=other.id, enrollment_id=self.enrollment.id)
        self.enrollment._withdraw("Left")
        self._remind()
        self.assertFalse(self._outbox())

    def test_without_a_training_the_request_itself_is_mailed_once(self):
        self._ask()
        self.assertEqual(len(self._outbox()), 1)
        self.assertFalse(self._notices("document_requested"))

    def test_children_are_not_written_to(self):
        child = self._enroll(self.program, self.student)
        child.student_id._get_partner().email = "child@example.org"
        self.env["gr.document.request"].create(
            {
                "student_id": self.student.id,
                "name": "Consent",
                "date_due": fields.Date.today(),
            }
        )
        before = self.env["mail.mail"].search_count([])
        self._remind()
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_a_district_may_want_no_reminders(self):
        rules = self.env["gr.rule"].search([("key", "=like", "training.document.%")])
        rules.active = False
        self._ask(date_due=fields.Date.today(), enrollment_id=self.enrollment.id)
        self._remind()
        self.assertFalse(self._outbox())

    def test_the_mail_speaks_the_learners_language(self):
        self.env["res.lang"]._activate_lang("es_MX")
        self.learner.partner_id.lang = "es_MX"
        self.kind.with_context(lang="es_MX").name = "Prueba de tuberculosis"
        self._ask(date_due=fields.Date.today())
        self.assertIn("Prueba de tuberculosis", self._outbox().body_html)

    # Expiry

    def test_a_new_one_is_asked_for_before_it_expires(self):
        request = self._ask(enrollment_id=self.enrollment.id)
        self._verify(request)
        end = request.date_expires
        with freeze_time(end - timedelta(days=61)):
            self._renew()
            self.assertFalse(request.next_ids)
        with freeze_time(end - timedelta(days=60)):
            self._renew()
            self._renew()
        self.assertRecordValues(
            request.next_ids,
            [{"state": "requested", "date_due": end, "type_id": self.kind.id}],
        )
        with freeze_time(end + timedelta(days=1)):
            request.invalidate_recordset()
            self.assertTrue(request.is_expired)
            self.assertIn(request, request.search([("is_expired", "=", True)]))
        self.assertEqual(request.state, "verified")

    def test_who_left_is_not_asked_again(self):
        request = self._ask(enrollment_id=self.enrollment.id)
        self._verify(request)
        self.enrollment._withdraw("Left")
        with freeze_time(request.date_expires):
            self._renew()
        self.assertFalse(request.next_ids)

    def test_overdue_is_found(self):
        late = self._ask(date_due="2020-01-01")
        soon = self._ask(date_due="2099-01-01")
        found = self.env["gr.document.request"].search([("is_overdue", "=", True)])
        self.assertIn(late, found)
        self.assertNotIn(soon, found)
        self.assertTrue(late.is_overdue)
        self.assertFalse(soon.is_overdue)
