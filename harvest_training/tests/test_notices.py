from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.harvest_training.notices import KINDS

from .common import TrainingCommon


@tagged("post_install", "-at_install")
class TestNotices(TrainingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Notice = cls.env["gr.training.notice"]
        cls.agent = cls.user_operations
        cls.agent.email = "agent@example.org"
        cls.program = cls._make_training_program(coordinator_id=cls.agent.id)
        cls.learner = cls._make_learner()
        cls.enrollment = cls._enroll(cls.learner)

    @classmethod
    def _enroll(cls, learner, **values):
        return cls.env["gr.training.enrollment"].create(
            {
                "student_id": learner.id,
                "program_id": cls.program.id,
                "status": "in_progress",
                **values,
            }
        )

    def _notices(self, *kinds):
        domain = [("enrollment_id.program_id", "=", self.program.id)]
        if kinds:
            domain.append(("kind", "in", kinds))
        return self.Notice.search(domain)

    def _forget(self):
        """What the models queued by themselves is not what these tests are about."""
        self._notices().unlink()

    def setUp(self):
        super().setUp()
        self._forget()

    def test_same_notice_is_queued_once(self):
        first = self.Notice._queue("milestone", self.enrollment, key="50")
        again = self.Notice._queue("milestone", self.enrollment, key="50")
        other = self.Notice._queue("milestone", self.enrollment, key="75")

        self.assertEqual(len(first), 1)
        self.assertFalse(again)
        self.assertEqual(self._notices(), first | other)

    def test_queue_reads_and_writes_in_bulk(self):
        learners = [self._make_learner(f"Nr{number} Viele") for number in range(12)]
        enrollments = self.enrollment.union(*[self._enroll(one) for one in learners])
        self._forget()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(30):
            self.Notice._queue("inactivity", enrollments, key="2026-01-01")
            self.env.flush_all()

    def test_unknown_kind_is_an_error(self):
        with self.assertRaises(ValueError):
            self.Notice._queue("horoscope", self.enrollment)

    def test_every_kind_has_a_template_that_renders(self):
        self.enrollment.date_due = "2027-05-01"
        for kind, spec in KINDS.items():
            with self.subTest(kind):
                notice = self.Notice._queue(kind, self.enrollment)
                notice.sudo()._send()
                mail = notice.mail_mail_id
                self.assertEqual(notice.state, "sent", notice.reason)
                reader = self.agent if spec.to_agent else self.learner
                self.assertEqual(mail.recipient_ids, reader.partner_id)
                self.assertIn("Induction", mail.subject + mail.body_html)
                self.assertIn("http", mail.body_html)

    def test_mail_names_what_it_is_about_and_leads_to_it(self):
        self.enrollment.sudo().status = "review"
        self.enrollment.action_enroll()
        document = self.env["gr.document.request"].create(
            {"student_id": self.learner.id, "name": "Diploma"}
        )
        notice = self.Notice._queue(
            "document_returned", self.enrollment, f"{document._name},{document.id}"
        )
        notice._send()

        body = notice.mail_mail_id.body_html
        self.assertIn("Diploma", body)
        self.assertIn(f"/my/training/document/{document.id}", body)

        gone = self.Notice._queue(
            "document_returned", self.enrollment, f"gr.document.request,{2**31 - 7}"
        )
        gone._send()
        self.assertEqual(gone.state, "sent")

    def test_refusal_tells_the_decision(self):
        self.enrollment.sudo().status = "review"
        self.enrollment._refuse("Site leaders only.")
        notice = self._notices("refused")
        notice._send()
        self.assertIn("Site leaders only.", notice.mail_mail_id.body_html)

    def test_mail_is_made_once(self):
        notice = self.Notice._queue("welcome", self.enrollment)
        self._run_send()
        mail = notice.mail_mail_id
        self._run_send()

        self.assertEqual(notice.state, "sent")
        self.assertEqual(notice.mail_mail_id, mail)
        self.assertEqual(self._count_mails(), 1)

    def test_crash_while_sending_leaves_nothing_behind(self):
        notice = self.Notice._queue("welcome", self.enrollment)
        with (
            patch.object(
                type(self.Notice), "write", side_effect=RuntimeError("power cut")
            ),
            self.assertRaises(RuntimeError),
            self.env.cr.savepoint(),
        ):
            notice._send_mail(notice._get_template(), "sent")

        self.assertEqual(self._count_mails(), 0)
        self.assertEqual(notice.state, "pending")

    def test_broken_template_stops_only_its_reader(self):
        template = self.env.ref("harvest_training.mail_template_notice_milestone")
        template.subject = "{{ object.no_such_field }}"
        broken = self.Notice._queue("milestone", self.enrollment, key="50")
        other = self._enroll(self._make_learner("Otra Alumna"))
        fine = self.Notice._queue("welcome", other)
        with mute_logger(
            "odoo.addons.harvest_training.models.gr_training_notice",
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            self._run_send()

        self.assertEqual(broken.state, "failed")
        self.assertTrue(broken.reason)
        self.assertEqual(fine.state, "sent")

    def test_mail_is_in_the_learners_language(self):
        self.env["res.lang"]._activate_lang("es_419")
        template = self.env.ref("harvest_training.mail_template_notice_welcome")
        spanish = template.with_context(lang="es_419")
        spanish.subject = "Hola {{ object.program_id.name }}"
        self.learner.partner_id.lang = "es_419"
        notice = self.Notice._queue("welcome", self.enrollment)
        self._run_send()

        self.assertEqual(notice.mail_mail_id.subject, "Hola Induction")

    def test_weekly_learner_gets_one_mail(self):
        self.learner.training_notice_mode = "weekly"
        notices = self.Notice._queue("milestone", self.enrollment, key="50")
        notices |= self.Notice._queue("homework_accepted", self.enrollment)
        self._run_send()
        self.assertEqual(set(notices.mapped("state")), {"pending"})

        with freeze_time(fields.Datetime.now() + timedelta(days=8)):
            self._run_send()

        self.assertEqual(set(notices.mapped("state")), {"digested"})
        self.assertEqual(len(notices.mail_mail_id), 1)
        body = notices.mail_mail_id.body_html
        self.assertIn("Induction: 50 percent done", body)
        self.assertIn("your homework is accepted", body)

    def test_welcome_does_not_wait_for_a_digest(self):
        self.learner.training_notice_mode = "weekly"
        notice = self.Notice._queue("welcome", self.enrollment)
        self._run_send()
        self.assertEqual(notice.state, "sent")

    def test_choice_counts_for_what_waits(self):
        self.learner.training_notice_mode = "weekly"
        notice = self.Notice._queue("milestone", self.enrollment, key="50")
        self.assertGreater(notice.date_send, fields.Datetime.now())

        self.learner.training_notice_mode = "at_once"
        self.assertLessEqual(notice.date_send, fields.Datetime.now())

        self.learner.training_notice_mode = "required"
        self.assertEqual(notice.state, "skipped")

    def test_districts_choice_counts_without_an_own_one(self):
        self.district.gr_training_notice_mode = "required"
        notice = self.Notice._queue("milestone", self.enrollment, key="50")
        self.assertEqual(notice.state, "skipped")

    def test_children_are_not_written_to(self):
        contact = self.student._get_partner()
        contact.email = "child@example.org"
        notice = self.Notice._queue("welcome", self._enroll(self.student))
        self._run_send()

        self.assertEqual(notice.state, "skipped")
        self.assertFalse(notice.mail_mail_id)

    def test_missing_address_is_told_and_can_be_mended(self):
        self.learner.partner_id.email = False
        notice = self.Notice._queue("welcome", self.enrollment)
        self._run_send()
        self.assertEqual(notice.state, "failed")
        self.assertIn("no e-mail address", notice.reason)

        self.learner.partner_id.email = "lia@example.org"
        with self.assertRaises(AccessError):
            notice.with_user(self.user_program).action_send_again()
        self.agent.gr_scope = "district"
        notice.with_user(self.agent).action_send_again()
        self._run_send()
        self.assertEqual(notice.state, "sent")

    def test_program_without_an_agent_is_told(self):
        self.program.coordinator_id = False
        notice = self.Notice._queue("review_needed", self.enrollment)
        self.assertEqual(notice.state, "skipped")
        self.assertIn("agent", notice.reason)

    def test_undelivered_mail_is_noted(self):
        notice = self.Notice._queue("welcome", self.enrollment)
        self._run_send()
        notice.mail_mail_id.write({"state": "exception", "failure_reason": "No route"})
        self._run_send()

        self.assertEqual((notice.state, notice.reason), ("failed", "No route"))

    def test_only_the_highest_milestone_is_told(self):
        self.enrollment.progress = 80
        self._run_find()
        notices = self._notices("milestone")
        self.assertEqual(
            {notice.key: notice.state for notice in notices},
            {"25": "skipped", "50": "skipped", "75": "pending"},
        )

        self.enrollment.progress = 30
        self._run_find()
        self.assertEqual(self._notices("milestone"), notices)

    def test_silence_is_told_once_and_a_new_silence_again(self):
        self.enrollment.last_activity = fields.Datetime.now() - timedelta(days=13)
        self._run_find()
        self.assertFalse(self._notices("inactivity"))

        self.enrollment.last_activity = fields.Datetime.now() - timedelta(days=40)
        self._run_find()
        self._run_find()
        self.assertEqual(len(self._notices("inactivity")), 1)

        self.enrollment.last_activity = fields.Datetime.now() - timedelta(days=20)
        self._run_find()
        self.assertEqual(len(self._notices("inactivity")), 2)

    def test_due_and_overdue_days(self):
        today = fields.Date.today()
        self.enrollment.date_due = today + timedelta(days=2)
        self._run_find()
        self._run_find()
        self.assertEqual(len(self._notices("due")), 1)

        self.enrollment.date_due = today - timedelta(days=8)
        self._run_find()
        self.assertEqual(len(self._notices("overdue")), 1)

        self.enrollment.status = "completed"
        self.enrollment.date_due = today - timedelta(days=30)
        self._run_find()
        self.assertEqual(len(self._notices("overdue")), 1)

    def test_district_that_ended_a_rule_is_told_of_nothing(self):
        self.env.ref("harvest_training.gr_rule_notice_milestones").active = False
        self.enrollment.progress = 80
        self._run_find()
        self.assertFalse(self._notices("milestone"))

    def test_ledger_is_not_written_by_hand(self):
        notice = self.Notice._queue("welcome", self.enrollment)
        for user in (self.user_operations, self.user_program):
            with self.assertRaises(AccessError):
                notice.with_user(user).write({"reason": "Forged"})

    def _run_send(self):
        with self._without_commits():
            self.Notice._cron_send()

    def _run_find(self):
        with self._without_commits():
            self.Notice._cron_find()

    def _without_commits(self):
        cron = self.env.registry["ir.cron"]
        return patch.object(cron, "_commit_progress", return_value=9)

    def _count_mails(self):
        return self.env["mail.mail"].search_count(
            [("recipient_ids", "in", self.learner.partner_id.ids)]
        )
