"""Homework: handed in, late or not, reviewed, handed in again; history stays."""

from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .facts import PDF, FactsCommon


@tagged("post_install", "-at_install")
class TestGrHomework(FactsCommon):
    def _submit(self, assignment, text="My plan", files=(), tracker=None):
        return assignment._submit(tracker or self.tracker, text, files)

    def _accept(self, attempt):
        attempt.with_user(self.user_program).action_accept()

    # Handing in

    def test_what_is_handed_in_waits_for_its_reviewer(self):
        assignment = self._make_assignment(self.course)
        attempt = self._submit(assignment, files=[("plan.pdf", PDF)])
        self.assertRecordValues(
            attempt,
            [{"state": "submitted", "number": 1, "is_late": False, "text": "My plan"}],
        )
        self.assertTrue(attempt.submitted_at)
        self.assertEqual(attempt.attachment_ids.name, "plan.pdf")
        self.assertEqual(attempt.activity_ids.user_id, self.user_operations)
        self.assertEqual(self.tracker.homework_submissions, 1)
        self.assertEqual(self.tracker.homework_accepted, 0)
        self.assertEqual(self.tracker.status, "in_progress")

    def test_the_button_pressed_twice_hands_in_once(self):
        assignment = self._make_assignment(self.course)
        first = self._submit(assignment, files=[("plan.pdf", PDF)])
        again = self._submit(assignment, " My plan ", files=[("plan.pdf", PDF)])
        self.assertEqual(first, again)
        self.assertEqual(len(assignment.attempt_ids), 1)
        self.assertEqual(len(first.activity_ids), 1)
        with self.assertRaisesRegex(UserError, "waits for its review"):
            self._submit(assignment, "Another plan")

    def test_nothing_is_no_homework(self):
        assignment = self._make_assignment(self.course)
        with self.assertRaisesRegex(UserError, "Write something"):
            self._submit(assignment, "  ")
        assignment.needs_file = True
        with self.assertRaisesRegex(UserError, "Add a file"):
            self._submit(assignment)

    def test_homework_of_another_course_or_of_the_past_is_refused(self):
        other = self._make_assignment(self._make_course(self.program))
        with self.assertRaisesRegex(UserError, "another course"):
            self._submit(other)
        assignment = self._make_assignment(self.course)
        self.tracker._freeze()
        with self.assertRaisesRegex(UserError, "is over"):
            self._submit(assignment)

    def test_files_are_checked(self):
        assignment = self._make_assignment(self.course)
        self.env["gr.rule"].search(
            [("key", "=", "training.upload.max_megabytes")]
        ).value = "1"
        for name, content, reason in (
            ("plan.pdf", b"", "empty"),
            ("plan.pdf", PDF + b"x" * 1024 * 1024, "larger than 1 MB"),
            ("plan.exe", PDF, "of a kind"),
            ("plan.pdf", b"<html><script>alert(1)</script></html>", "not what"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(UserError, reason):
                with self.env.cr.savepoint():
                    self._submit(assignment, files=[(name, content)])
        self.assertFalse(assignment.attempt_ids)

    def test_files_are_private(self):
        assignment = self._make_assignment(self.course)
        attempt = self._submit(assignment, files=[("plan.pdf", PDF)])
        file = attempt.attachment_ids
        self.assertFalse(file.public)
        self.assertTrue(file.with_user(self.user_program).has_access("read"))
        elsewhere = self._make_user("C", sites=self.other_site, login="elsewhere")
        for stranger in (self.user_aide, self.user_internal, elsewhere):
            with self.subTest(user=stranger.login):
                self.assertFalse(file.with_user(stranger).has_access("read"))

    def test_a_file_of_others_cannot_be_borrowed(self):
        theirs = self.env["ir.attachment"].create(
            {"name": "plan.pdf", "raw": PDF, "res_model": "res.partner", "res_id": 1}
        )
        Attempt = self.env["gr.homework.attempt"].with_user(self.user_program)
        with self.assertRaises(AccessError):
            Attempt.create(
                {
                    "assignment_id": self._make_assignment(self.course).id,
                    "tracker_id": self.tracker.id,
                    "attachment_ids": theirs.ids,
                }
            )

    def test_staff_enter_what_came_on_paper(self):
        assignment = self._make_assignment(self.course)
        file = (
            self.env["ir.attachment"]
            .with_user(self.user_program)
            .create(
                {
                    "name": "scan.pdf",
                    "raw": PDF,
                    "res_model": "gr.homework.attempt",
                    "res_id": 0,
                }
            )
        )
        Attempt = self.env["gr.homework.attempt"].with_user(self.user_program)
        with Form(Attempt) as form:
            form.assignment_id = assignment
            form.tracker_id = self.tracker
            form.attachment_ids.add(file)
        attempt = form.record
        self.assertEqual(file.sudo().res_id, attempt.id)
        self.assertEqual((attempt.state, attempt.number), ("draft", 1))
        attempt.action_submit()
        self.assertEqual(attempt.state, "submitted")

    # Due

    @freeze_time("2026-10-20 18:00:00")
    def test_late_begins_at_midnight_of_the_site(self):
        """1 November has 25 hours in Los Angeles: it ends at 08:00 UTC, not 07:00."""
        self.site.tz = "America/Los_Angeles"
        assignment = self._make_assignment(
            self.course, due="date", due_date="2026-11-01"
        )
        for moment, is_late in (
            ("2026-11-02 07:30:00", False),
            ("2026-11-02 07:59:59", False),
            ("2026-11-02 08:00:00", True),
        ):
            learner = self._make_learner(f"At{moment[11:]} X", site_ids=self.site.ids)
            tracker = self._enroll(self.program, learner).tracker_ids
            with self.subTest(moment), freeze_time(moment):
                attempt = self._submit(assignment, tracker=tracker)
                self.assertEqual(attempt.is_late, is_late)
                self.assertEqual(attempt.submitted_at, datetime.fromisoformat(moment))

    @freeze_time("2026-03-01 18:00:00")
    def test_late_when_the_clocks_go_forward(self):
        self.site.tz = "America/Los_Angeles"
        assignment = self._make_assignment(
            self.course, due="date", due_date="2026-03-08", late_policy="never"
        )
        with freeze_time("2026-03-09 07:00:00"):
            with self.assertRaisesRegex(UserError, "time for this homework is over"):
                self._submit(assignment)
        with freeze_time("2026-03-09 06:59:59"):
            self.assertFalse(self._submit(assignment).is_late)

    @freeze_time("2026-10-20 03:00:00")
    def test_days_are_counted_from_enrollment_where_the_learner_is(self):
        """3 am UTC is still the day before in Los Angeles."""
        self.site.tz = "America/Los_Angeles"
        enrollment = self._enroll(self.program, name="New One", site_ids=self.site.ids)
        assignment = self._make_assignment(self.course, due="days", due_days=7)
        due = assignment._get_due_date(enrollment.tracker_ids)
        self.assertEqual(str(due), "2026-10-26")

    def test_a_due_day_that_moves_does_not_move_the_past(self):
        assignment = self._make_assignment(
            self.course, due="date", due_date="2020-01-01"
        )
        attempt = self._submit(assignment)
        self.assertTrue(attempt.is_late)
        assignment.due_date = "2099-01-01"
        self.assertTrue(attempt.is_late)
        self.assertEqual(str(attempt.due_date), "2020-01-01")

    def test_a_due_day_must_be_said(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._make_assignment(self.course, due="date")

    # Review

    def test_accepted_homework_counts_and_the_learner_hears(self):
        attempt = self._submit(self._make_assignment(self.course))
        self._accept(attempt)
        self.assertEqual(attempt.state, "accepted")
        self.assertEqual(attempt.reviewer_id, self.user_program)
        self.assertEqual(self.tracker.homework_accepted, 1)
        self.assertFalse(attempt.activity_ids)
        self.assertEqual(len(self._notices("homework_accepted")), 1)

    def test_returned_homework_is_handed_in_again_as_another_attempt(self):
        assignment = self._make_assignment(self.course)
        first = self._submit(assignment)
        reviewer = first.with_user(self.user_program)
        with self.assertRaisesRegex(UserError, "feedback"):
            reviewer.action_return()
        reviewer.feedback = "Add the allergies."
        reviewer.action_return()
        self.assertEqual(self.tracker.homework_submissions, 0)
        self.assertEqual(len(self._notices("homework_returned")), 1)
        second = self._submit(assignment, "With allergies")
        self.assertEqual((second.number, second.state), (2, "submitted"))
        self.assertEqual((first.text, first.state), ("My plan", "returned"))
        self._accept(second)
        with self.assertRaisesRegex(UserError, "was accepted"):
            self._submit(assignment, "Once more")

    def test_points_decide_where_there_is_a_rubric(self):
        assignment = self._make_assignment(self.course, points=(6, 4), pass_points=7)
        attempt = self._submit(assignment).with_user(self.user_program)
        self.assertEqual(attempt.score_ids.mapped("most"), [6, 4])
        with self.assertRaisesRegex(UserError, "each criterion"):
            attempt.action_accept()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            attempt.score_ids[0].points = 7
        with Form(attempt) as form:
            for index, points in enumerate((6, 0)):
                with form.score_ids.edit(index) as line:
                    line.points = points
            with form.score_ids.edit(1) as line:
                line.is_scored = True
        with self.assertRaisesRegex(UserError, "fewer than"):
            attempt.action_accept()
        attempt.score_ids[1].points = 1
        attempt.action_accept()
        self.assertEqual(attempt.score, 7)

    def test_asking_for_more_points_than_there_are_is_refused(self):
        with self.assertRaises(ValidationError):
            self._make_assignment(self.course, points=(5,), pass_points=6)

    def test_nobody_reviews_the_own_homework(self):
        self.learner.sudo().partner_id = self.user_program.partner_id
        attempt = self._submit(self._make_assignment(self.course))
        with self.assertRaisesRegex(AccessError, "own homework"):
            self._accept(attempt)

    def test_history_stays(self):
        assignment = self._make_assignment(self.course, points=(5,))
        attempt = self._submit(assignment, files=[("plan.pdf", PDF)])
        file, score = attempt.attachment_ids, attempt.score_ids
        # Not even the system edits what was handed in.
        for action in (
            lambda: attempt.write({"text": "Other"}),
            lambda: attempt.write({"attachment_ids": [(5,)]}),
            lambda: file.write({"raw": b"x"}),
            lambda: file.write({"public": True}),
            file.unlink,
            attempt.unlink,
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                action()
        score.points = 5
        self._accept(attempt)
        for action in (
            lambda: attempt.write({"state": "returned"}),
            lambda: attempt.write({"feedback": "Other"}),
            lambda: score.write({"points": 1}),
            lambda: self._accept(attempt),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                action()
        self.assertEqual((attempt.state, attempt.score), ("accepted", 5))

    def test_nothing_that_the_review_writes_can_be_sent(self):
        attempt = self._submit(self._make_assignment(self.course))
        for values in (
            {"state": "accepted"},
            {"is_late": True},
            {"submitted_at": "2020-01-01 00:00:00"},
            {"number": 9},
            {"score": 99},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                attempt.with_user(self.user_operations).write(values)

    def test_who_may_review(self):
        attempt = self._submit(self._make_assignment(self.course))
        elsewhere = self._make_user("C", sites=self.other_site, login="elsewhere")
        foreign = self._make_user("B", district=self.foreign_district, login="foreign")
        for user in (self.user_aide, elsewhere, foreign):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                attempt.with_user(user).action_accept()
        self.assertEqual(attempt.state, "submitted")

    def test_the_oldest_comes_first_in_the_queue(self):
        assignment = self._make_assignment(self.course)
        attempts = self.env["gr.homework.attempt"]
        for days in (1, 5, 3):
            tracker = self._enroll(self.program, name=f"Day{days} X").tracker_ids
            with freeze_time(datetime.now() - timedelta(days=days)):
                attempts += self._submit(assignment, tracker=tracker)
        queue = attempts.search([("id", "in", attempts.ids)], order="submitted_at")
        self.assertEqual(queue.mapped("days_waiting"), [5, 3, 1])

    # Definition

    def test_an_assignment_that_comes_or_goes_moves_the_progress(self):
        self._complete_lessons(self.learner, self.course.elearning_course_id)
        self.assertEqual(self.tracker.status, "completed")
        assignment = self._make_assignment(self.course)
        self.assertEqual(self.tracker.homework_required, 1)
        self.assertEqual(self.tracker.status, "in_progress")
        assignment.required = False
        self.assertEqual(self.tracker.status, "completed")
        assignment.required = True
        assignment.active = False
        self.assertEqual(self.tracker.homework_required, 0)

    def test_handing_in_costs_the_same_for_the_first_and_the_last(self):
        assignment = self._make_assignment(self.course, points=(5, 5))
        counts = []
        for count in (1, 2, 10):  # the first one fills caches
            for number in range(count):
                tracker = self._enroll(
                    self.program, name=f"N{count}{number} X"
                ).tracker_ids
                self._submit(assignment, tracker=tracker)
            last = self._enroll(self.program, name=f"Last{count} X").tracker_ids
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._submit(assignment, files=[("plan.pdf", PDF)], tracker=last)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(max(counts[1:]), 75, counts)
        self.assertLessEqual(abs(counts[2] - counts[1]), 4, counts)
