"""Exams: each try is noted once, passed by our mark, and never changed."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from .facts import FactsCommon, FactsKit


@tagged("post_install", "-at_install")
class TestGrAssessment(FactsCommon):
    def setUp(self):
        super().setUp()
        self.partner = self.learner.partner_id
        self.channel = self.course.elearning_course_id

    def _certification(self, survey):
        """The survey as the last lesson of the course, as Odoo sells it."""
        return self._make_lesson(
            self.channel,
            "Certification",
            slide_category="certification",
            survey_id=survey.id,
            html_content=False,
        )

    # Certifications

    def test_a_certification_is_noted_with_its_score(self):
        survey = self._make_survey(pass_mark=60)
        exam = self._make_assessment(self.course, "survey", survey_id=survey.id)
        self.assertEqual(exam.pass_mark, 60)
        self.assertEqual(self.tracker.assessments_required, 1)
        failed = self._take(survey, self.partner, right=2)
        passed = self._take(survey, self.partner, right=3)
        self.assertRecordValues(
            exam.attempt_ids.sorted("number"),
            [
                {"number": 1, "score": 50, "passed": False, "user_input_id": failed.id},
                {"number": 2, "score": 75, "passed": True, "user_input_id": passed.id},
            ],
        )
        self.assertEqual(
            exam.attempt_ids[0].date, exam.attempt_ids[0].user_input_id.end_datetime
        )
        self.assertEqual(self.tracker.assessments_passed, 1)

    def test_our_mark_decides_and_not_the_surveys(self):
        survey = self._make_survey(pass_mark=50)
        exam = self._make_assessment(
            self.course, "survey", survey_id=survey.id, pass_mark=80
        )
        taken = self._take(survey, self.partner, right=3)
        self.assertTrue(taken.scoring_success)
        self.assertFalse(exam.attempt_ids.passed)
        exam.pass_mark = 70
        self.assertFalse(exam.attempt_ids.passed, "a new mark is for later attempts")
        self._take(survey, self.partner, right=3)
        self.assertEqual(self.tracker.assessments_passed, 1)

    def test_one_certificate_try_is_one_attempt_however_often_it_is_saved(self):
        survey = self._make_survey()
        exam = self._make_assessment(self.course, "survey", survey_id=survey.id)
        taken = self._take(survey, self.partner, right=4)
        taken.state = "done"
        taken._gr_record()
        exam._import_results()
        self.assertEqual(len(exam.attempt_ids), 1)

    def test_a_try_counts_in_each_program_that_asks_for_the_exam(self):
        survey = self._make_survey()
        other_program = self._make_training_program(name="Other")
        other = self._enroll(other_program, self.learner).tracker_ids
        exams = [
            self._make_assessment(course, "survey", survey_id=survey.id)
            for course in (self.course, other_program.course_integrations)
        ]
        self._take(survey, self.partner, right=4)
        for exam, tracker in zip(exams, (self.tracker, other), strict=True):
            self.assertEqual(exam.attempt_ids.tracker_id, tracker)
            self.assertEqual(tracker.assessments_passed, 1)

    def test_guests_trials_and_strangers_are_not_noted(self):
        survey = self._make_survey()
        exam = self._make_assessment(self.course, "survey", survey_id=survey.id)
        self._take(survey, self.partner, right=4, test_entry=True)
        self._take(survey, self.env["res.partner"].create({"name": "X"}), right=4)
        self._take(survey, self.env["res.partner"], right=4)
        self.assertFalse(exam.attempt_ids)

    def test_who_fails_the_last_try_leaves_the_course_and_not_the_training(self):
        """Odoo removes the member; our tracker and the attempts stay."""
        survey = self._make_survey(is_attempts_limited=True, attempts_limit=1)
        exam = self._make_assessment(self.course, "survey", survey_id=survey.id)
        lesson = self._certification(survey)
        self._complete_lessons(self.learner, self.channel, count=1)
        line = self.env["slide.slide.partner"].create(
            {"slide_id": lesson.id, "partner_id": self.partner.id}
        )
        progress = self.tracker.elearning_progress
        self._take(
            survey,
            self.partner,
            right=0,
            slide_id=lesson.id,
            slide_partner_id=line.id,
            invite_token=self.env["survey.user_input"]._generate_invite_token(),
        )
        self.assertEqual(self.tracker.membership, "left")
        self.assertRecordValues(exam.attempt_ids, [{"score": 0, "passed": False}])
        self.assertEqual(self.tracker.status, "in_progress")
        self.assertEqual(self.tracker.elearning_progress, progress)
        # The agent lets the learner in again; what was done is there.
        self.channel._action_add_members(self.partner)
        self._take(survey, self.partner, right=4)
        self.assertEqual(sorted(exam.attempt_ids.mapped("number")), [1, 2])
        self.assertEqual(self.tracker.assessments_passed, 1)

    def test_results_of_before_come_along_but_not_into_a_renewal(self):
        survey = self._make_survey()
        self._take(survey, self.partner, right=1)
        self._take(survey, self.partner, right=4)
        exam = self._make_assessment(self.course, "survey", survey_id=survey.id)
        self.assertEqual(
            exam.attempt_ids.sorted("number").mapped("passed"), [False, True]
        )
        other = self._make_training_program(name="Other")
        second = self._make_assessment(
            other.course_integrations, "survey", survey_id=survey.id
        )
        enrollment = self._enroll(other, self.learner)
        self.assertEqual(enrollment.tracker_ids.assessments_passed, 1)
        enrollment._withdraw("Starts anew")
        renewal = self.env["gr.training.enrollment"].create(
            {
                "student_id": self.learner.id,
                "program_id": other.id,
                "cycle": 2,
                "status": "not_started",
            }
        )
        renewal._ensure_trackers()
        self.assertEqual(renewal.tracker_ids.assessments_passed, 0)
        self.assertEqual(len(second.attempt_ids), 2)

    def test_tries_beyond_the_limit_cannot_pass(self):
        survey = self._make_survey()
        exam = self._make_assessment(
            self.course, "survey", survey_id=survey.id, max_attempts=2
        )
        for right in (0, 1):
            self._take(survey, self.partner, right=right)
        self.assertEqual(self.enrollment.activity_ids.user_id, self.user_operations)
        self.assertIn("No attempts left", self.enrollment.activity_ids.summary)
        self._take(survey, self.partner, right=4)
        last = exam.attempt_ids.sorted("number")[-1]
        self.assertRecordValues(
            last, [{"number": 3, "is_over_limit": True, "passed": False}]
        )
        self.assertEqual(self.tracker.assessments_passed, 0)

    def test_what_comes_after_the_training_is_not_noted(self):
        survey = self._make_survey()
        exam = self._make_assessment(self.course, "survey", survey_id=survey.id)
        self.enrollment._withdraw("Left")
        self._take(survey, self.partner, right=4)
        self.assertFalse(exam.attempt_ids)

    # Judgements

    def _enter(self, exam, user=None, **values):
        wizard = (
            self.env["gr.assessment.enter"]
            .with_user(user or self.user_program)
            .create(
                {
                    "assessment_id": exam.id,
                    "tracker_ids": self.tracker.ids,
                    **values,
                }
            )
        )
        wizard.action_enter()
        return exam.attempt_ids.sorted("number")[-1:]

    def test_the_trainers_judgement(self):
        exam = self._make_assessment(self.course)
        attempt = self._enter(exam, judgement="failed", note="Try again in May")
        self.assertRecordValues(
            attempt,
            [
                {
                    "passed": False,
                    "entered_by_id": self.user_program.id,
                    "note": "Try again in May",
                }
            ],
        )
        self.assertTrue(self._enter(exam, judgement="passed").passed)
        self.assertEqual(self.tracker.assessments_passed, 1)

    def test_points_on_paper(self):
        exam = self._make_assessment(self.course, pass_mark=70)
        self.assertFalse(self._enter(exam, score=69.99).passed)
        self.assertTrue(self._enter(exam, score=70).passed)

    def test_a_form_of_the_judgement(self):
        exam = self._make_assessment(self.course)
        wizard = self.env["gr.assessment.enter"].with_user(self.user_program)
        with Form(wizard.with_context(default_assessment_id=exam.id)) as form:
            form.tracker_ids.add(self.tracker)
            form.judgement = "passed"
            self.assertEqual(form.score, 100)
        form.record.action_enter()
        self.assertTrue(exam.attempt_ids.passed)

    def test_who_may_judge(self):
        exam = self._make_assessment(self.course)
        elsewhere = self._make_user("C", sites=self.other_site, login="elsewhere")
        for user in (self.user_aide, elsewhere):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._enter(exam, user, judgement="passed")
        self.learner.sudo().partner_id = self.user_program.partner_id
        with self.assertRaisesRegex(AccessError, "own exam"):
            self._enter(exam, judgement="passed")
        self.assertFalse(exam.attempt_ids)

    def test_no_judgement_of_the_future_or_of_strangers(self):
        exam = self._make_assessment(self.course)
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "future"):
            self._enter(exam, judgement="passed", date=tomorrow)
        other = self._make_assessment(self._make_course(self.program))
        with self.assertRaisesRegex(UserError, "any more"):
            self._enter(other, judgement="passed")

    def test_history_stays(self):
        exam = self._make_assessment(self.course)
        attempt = self._enter(exam, judgement="failed")
        for action in (
            lambda: attempt.write({"passed": True}),
            lambda: attempt.write({"score": 100}),
            attempt.unlink,
        ):
            with self.assertRaisesRegex(UserError, "history"), self.env.cr.savepoint():
                action()
        for user in (self.user_operations, self.user_program):
            with self.assertRaises(AccessError):
                attempt.with_user(user).write({"note": "x"})
            with self.assertRaises(AccessError):
                attempt.with_user(user).create(
                    {"assessment_id": exam.id, "tracker_id": self.tracker.id}
                )

    # Definition

    def test_an_exam_that_comes_or_goes_moves_the_progress(self):
        self._complete_lessons(self.learner, self.channel)
        self.assertEqual(self.tracker.status, "completed")
        exam = self._make_assessment(self.course)
        self.assertEqual(self.tracker.status, "in_progress")
        exam.required = False
        self.assertEqual(self.tracker.status, "completed")

    def test_a_quiz_is_a_lesson_of_the_course(self):
        quiz = self._make_quiz(self._make_channel("Other"))
        with self.assertRaises(ValidationError):
            self._make_assessment(self.course, "quiz", slide_id=quiz.id)

    def test_a_quiz_that_is_completed_is_passed_once(self):
        quiz = self._make_quiz(self.channel)
        exam = self._make_assessment(self.course, "quiz", slide_id=quiz.id)
        line = self.env["slide.slide.partner"].create(
            {"slide_id": quiz.id, "partner_id": self.partner.id}
        )
        self.assertFalse(exam.attempt_ids)
        line.completed = True
        line.completed = True
        self.assertRecordValues(exam.attempt_ids, [{"score": 100, "passed": True}])
        exam._import_results()
        self.assertEqual(len(exam.attempt_ids), 1)
        # A manager resets the lesson: what was passed stays passed.
        line.completed = False
        self.assertEqual(self.tracker.assessments_passed, 1)


@tagged("post_install", "-at_install")
class TestQuizPage(FactsKit, HttpCase):
    """The quiz as a learner answers it on the website."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_places()
        cls.program = cls._make_training_program()
        cls.course = cls.program.course_integrations
        cls.learner = cls._make_learner()
        cls.user = cls._make_portal_user(
            cls.learner.partner_id, cls.district, login="quiz", password="quiz-quiz-1"
        )
        cls.tracker = cls._enroll(cls.program, cls.learner).tracker_ids
        cls.quiz = cls._make_quiz(cls.course.elearning_course_id)

    def _answer(self, right):
        answers = [
            question.answer_ids[0 if number < right else 1].id
            for number, question in enumerate(self.quiz.question_ids)
        ]
        return self.make_jsonrpc_request(
            "/slides/slide/quiz/submit",
            {"slide_id": self.quiz.id, "answer_ids": answers},
        )

    def test_each_submission_is_an_attempt(self):
        exam = self._make_assessment(
            self.course, "quiz", slide_id=self.quiz.id, pass_mark=75
        )
        self.authenticate("quiz", "quiz-quiz-1")
        self.assertFalse(self._answer(2)["completed"])
        self.assertFalse(self._answer(3)["completed"])
        self.assertTrue(self._answer(4)["completed"])
        self.assertIn("error", self._answer(4))
        self.assertRecordValues(
            exam.attempt_ids.sorted("number"),
            [
                {"number": 1, "score": 50, "passed": False},
                {"number": 2, "score": 75, "passed": True},
                {"number": 3, "score": 100, "passed": True},
            ],
        )
        self.assertEqual(self.tracker.assessments_passed, 1)
