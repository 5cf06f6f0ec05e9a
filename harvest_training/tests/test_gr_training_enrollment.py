"""The plan's first two workflows: who is enrolled, how progress follows."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import TrainingCommon


@tagged("post_install", "-at_install")
class TestGrTrainingEnrollment(TrainingCommon):
    def setUp(self):
        super().setUp()
        self.program = self._make_training_program(
            courses=2,
            coordinator_id=self.user_operations.id,
            eligibility_domain="[('learner_type', '=', 'staff')]",
        )
        self.first, self.second = self.program.course_integrations
        self.learner = self._make_learner()

    def _request(self, learner, source="self", **values):
        return self.env["gr.training.enrollment"]._request(
            self.program, learner, source, **values
        )

    def test_an_eligible_learner_starts_at_once(self):
        enrollment = self._request(self.learner)
        self.assertEqual(enrollment.status, "not_started")
        self.assertEqual(
            enrollment.tracker_ids.course_integration_id, self.first | self.second
        )
        members = self.first.elearning_course_id.channel_partner_ids
        self.assertIn(self.learner.partner_id, members.partner_id)
        self.assertEqual(enrollment.tracker_ids.mapped("membership"), ["member"] * 2)
        self.assertEqual(self.learner.integration_status, "enrolled")

    def test_the_agent_decides_where_a_course_wants_it(self):
        self.first.auto_enroll_eligible = False
        enrollment = self._request(self.learner)
        self.assertEqual(enrollment.status, "review")
        self.assertFalse(enrollment.tracker_ids)
        self.assertEqual(enrollment.activity_ids.user_id, self.user_operations)
        enrollment.action_enroll()
        self.assertEqual(enrollment.status, "not_started")
        self.assertFalse(enrollment.activity_ids)

    def test_who_is_not_eligible_waits_with_the_reason(self):
        helper = self._make_learner("Vera Voluntaria", learner_type="volunteer")
        enrollment = self._request(helper, note="I start in May")
        self.assertEqual(enrollment.status, "review")
        self.assertIn("staff", enrollment.review_reason)
        self.assertIn("I start in May", enrollment.review_reason)

    def test_a_refusal_keeps_its_reason_and_can_be_asked_again(self):
        helper = self._make_learner("Vera Voluntaria", learner_type="volunteer")
        enrollment = self._request(helper)
        enrollment._refuse("Only staff take this program.")
        self.assertEqual(enrollment.status, "refused")
        self.assertEqual(enrollment.decision_note, "Only staff take this program.")
        self.assertNotEqual(self._request(helper), enrollment)

    def test_asking_twice_is_one_enrollment(self):
        self.assertEqual(self._request(self.learner), self._request(self.learner))

    def test_nobody_enters_a_program_that_is_not_active(self):
        self.program.status = "archived"
        with self.assertRaisesRegex(UserError, "not active"):
            self._request(self.learner)

    def test_a_new_learner_is_enrolled_by_rule(self):
        self.program.auto_enroll = True
        learner = self._make_learner("Nora Nueva")
        self.assertEqual(learner.training_enrollment_ids.source, "rule")
        helper = self._make_learner("Vera Voluntaria", learner_type="volunteer")
        self.assertFalse(helper.training_enrollment_ids)
        self.program._enroll_eligible()
        self.assertEqual(len(learner.training_enrollment_ids), 1)

    def test_a_bad_filter_is_refused(self):
        for text in ("[('no_such_field', '=', 1)]", "import os", "[('name'"):
            with (
                self.subTest(text=text),
                self.assertRaises(ValidationError),
                self.cr.savepoint(),
            ):
                self.program.eligibility_domain = text

    def test_lessons_move_the_tracker_at_once(self):
        enrollment = self._request(self.learner)
        tracker = enrollment.tracker_ids[0]
        self._complete_lessons(self.learner, self.first.elearning_course_id, 1)
        self.assertEqual(tracker.elearning_progress, 50)
        self.assertEqual(tracker.status, "in_progress")
        self.assertEqual(enrollment.status, "in_progress")
        self.assertEqual(enrollment.progress, 25)
        self.assertEqual(self.learner.elearning_progress, 25)
        self._complete_lessons(self.learner, self.first.elearning_course_id)
        self.assertEqual(tracker.status, "completed")
        self.assertEqual(self.learner.completed_courses, 1)

    def test_all_courses_complete_the_program(self):
        enrollment = self._request(self.learner)
        for course in (self.first, self.second):
            self._complete_lessons(self.learner, course.elearning_course_id)
        self.assertEqual(enrollment.status, "completed")
        self.assertTrue(enrollment.date_completed)
        self.assertEqual(enrollment.progress, 100)
        self.assertEqual(self.learner.integration_status, "completed")

    def test_an_optional_course_does_not_hold_up(self):
        self.second.required = False
        enrollment = self._request(self.learner)
        self._complete_lessons(self.learner, self.first.elearning_course_id)
        self.assertEqual(enrollment.status, "completed")

    def test_a_course_opens_after_its_prerequisite(self):
        self.second.prerequisite_ids = self.first
        enrollment = self._request(self.learner)
        second = enrollment.tracker_ids[1]
        self.assertTrue(second.is_locked)
        self.assertEqual(second.membership, "none")
        self._complete_lessons(self.learner, self.first.elearning_course_id)
        self.assertFalse(second.is_locked)
        self.assertEqual(second.membership, "member")

    def test_what_is_done_before_its_time_waits_for_the_prerequisite(self):
        """Who joins the eLearning course by another way does not skip the first one."""
        self.first.required = False
        self.second.prerequisite_ids = self.first
        enrollment = self._request(self.learner)
        second = enrollment.tracker_ids.filtered(
            lambda line: line.course_integration_id == self.second
        )
        channel = self.second.elearning_course_id
        channel._action_add_members(self.learner.partner_id)
        self._complete_lessons(self.learner, channel)
        self.assertTrue(second.is_locked)
        self.assertEqual(second.status, "in_progress")
        self.assertEqual(enrollment.status, "in_progress")
        self._complete_lessons(self.learner, self.first.elearning_course_id)
        self.assertFalse(second.is_locked)
        self.assertEqual(second.status, "completed")
        self.assertEqual(enrollment.status, "completed")

    def test_prerequisites_in_a_circle_are_refused(self):
        self.second.prerequisite_ids = self.first
        with self.assertRaises(ValidationError):
            self.first.prerequisite_ids = self.second

    def test_a_threshold_counts_for_those_who_learn(self):
        enrollment = self._request(self.learner)
        self._complete_lessons(self.learner, self.first.elearning_course_id, 1)
        self.first.completion_threshold = 50
        self.assertEqual(enrollment.tracker_ids[0].status, "completed")
        self.first.completion_threshold = 80
        self.assertEqual(enrollment.tracker_ids[0].status, "in_progress")
        self.assertFalse(enrollment.tracker_ids[0].date_completed)

    def test_a_new_course_is_tracked_for_those_who_learn(self):
        enrollment = self._request(self.learner)
        third = self._make_course(self.program, name="Course 3")
        self.assertIn(third, enrollment.tracker_ids.course_integration_id)

    def test_lessons_of_before_count(self):
        channel = self.first.elearning_course_id
        channel.sudo()._action_add_members(self.learner.partner_id)
        self._complete_lessons(self.learner, channel)
        enrollment = self._request(self.learner)
        self.assertEqual(enrollment.tracker_ids[0].status, "completed")

    def test_lessons_added_later_take_nothing_back(self):
        enrollment = self._request(self.learner)
        channel = self.first.elearning_course_id
        self._complete_lessons(self.learner, channel)
        self._make_lesson(channel, "Added later")
        self.assertEqual(enrollment.tracker_ids[0].status, "completed")

    def test_leaving_a_course_is_seen_and_costs_nothing(self):
        enrollment = self._request(self.learner)
        channel = self.first.elearning_course_id
        self._complete_lessons(self.learner, channel, 1)
        channel.sudo()._remove_membership(self.learner.partner_id.ids)
        tracker = enrollment.tracker_ids[0]
        self.assertEqual(tracker.membership, "left")
        self.assertEqual(tracker.elearning_progress, 50)
        channel.sudo()._action_add_members(self.learner.partner_id)
        self.assertEqual(tracker.membership, "member")

    def test_a_deleted_membership_is_no_progress(self):
        enrollment = self._request(self.learner)
        channel = self.first.elearning_course_id
        self._complete_lessons(self.learner, channel)
        enrollment.tracker_ids[0].elearning_enrollment_id.unlink()
        tracker = enrollment.tracker_ids[0]
        self.assertEqual((tracker.membership, tracker.status), ("none", "not_started"))

    def test_withdrawing_keeps_what_was_done(self):
        enrollment = self._request(self.learner)
        channel = self.first.elearning_course_id
        self._complete_lessons(self.learner, channel, 1)
        enrollment._withdraw("Moved away")
        self.assertEqual(enrollment.status, "withdrawn")
        self.assertEqual(enrollment.tracker_ids[0].elearning_progress, 50)
        self.assertNotIn(
            self.learner.partner_id, channel.channel_partner_ids.partner_id
        )
        self._complete_lessons(self.learner, channel)
        self.assertEqual(enrollment.tracker_ids[0].elearning_progress, 50)

    def test_a_course_that_another_program_needs_stays_open(self):
        enrollment = self._request(self.learner)
        other = self._make_training_program(courses=0)
        self._make_course(other, self.first.elearning_course_id)
        self.env["gr.training.enrollment"]._request(other, self.learner, "agent")
        enrollment._withdraw("Not needed")
        members = self.first.elearning_course_id.channel_partner_ids
        self.assertIn(self.learner.partner_id, members.partner_id)

    def test_a_learner_who_is_an_employee_is_that_contact(self):
        employee = self.env["hr.employee"].create(
            {"name": "Eva Empleada", "company_id": self.district.id}
        )
        learner = self.env["gr.student"].create(
            {
                "first_name": "Eva",
                "last_name": "Empleada",
                "learner_type": "staff",
                "employee_id": employee.id,
                "company_id": self.district.id,
            }
        )
        self._request(learner)
        self.assertEqual(learner.partner_id, employee.work_contact_id)

    def test_a_pupil_learns_by_a_hidden_contact(self):
        self.program.eligibility_domain = "[]"
        self._request(self.student, "agent")
        self.assertTrue(self.student.partner_id.gr_is_student)

    def test_the_course_of_learners_cannot_be_exchanged(self):
        self._request(self.learner)
        with self.assertRaisesRegex(UserError, "has learners"):
            self.first.elearning_course_id = self._make_channel("Another")

    def test_nothing_derived_can_be_written(self):
        enrollment = self._request(self.learner).with_user(self.users["Admin"])
        self.users["Admin"].gr_scope = "district"
        with self.assertRaises(AccessError):
            enrollment.status = "certified"
        with self.assertRaises(AccessError):
            enrollment.tracker_ids[0].overall_progress = 100

    def test_an_enrollment_is_history(self):
        enrollment = self._request(self.learner)
        with self.assertRaises(UserError):
            enrollment.unlink()

    def test_one_lesson_costs_the_same_for_one_learner_and_many(self):
        channel = self.first.elearning_course_id
        for number in range(4):
            self._make_lesson(channel, f"More {number}")
        self._request(self.learner)
        alone = self._count_queries_of_a_lesson(channel.slide_ids[1])
        for number in range(10):
            self._request(self._make_learner(f"Persona {number}"))
        among_many = self._count_queries_of_a_lesson(channel.slide_ids[2])
        self.assertLessEqual(among_many, alone)
        self.assertLess(alone, 40)

    def _count_queries_of_a_lesson(self, lesson):
        self._complete_lessons(self.learner, lesson.channel_id, 1)
        line = self.env["slide.slide.partner"].create(
            {"slide_id": lesson.id, "partner_id": self.learner.partner_id.id}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        line.completed = True
        self.env.flush_all()
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestGrTrainingSites(TrainingCommon):
    def test_a_site_coordinator_sees_the_learners_of_the_own_site(self):
        here = self._make_learner("Aquí Mismo", site_ids=self.site.ids)
        there = self._make_learner("Otro Lugar", site_ids=self.other_site.ids)
        program = self._make_training_program()
        enrollments = self.env["gr.training.enrollment"]._request(
            program, here | there, "agent"
        )
        for role, seen in (("B", here), ("C", here), ("D", None), ("E", None)):
            with self.subTest(role=role):
                found = enrollments.with_user(self.users[role]).search(
                    [("program_id", "=", program.id)]
                )
                self.assertEqual(
                    found.student_id, (seen or here.browse()).with_user(found.env.user)
                )

    def test_a_program_of_a_site_is_for_its_people(self):
        program = self._make_training_program(site_ids=self.site.ids)
        there = self._make_learner("Otro Lugar", site_ids=self.other_site.ids)
        enrollment = self.env["gr.training.enrollment"]._request(program, there, "self")
        self.assertEqual(enrollment.status, "review")
        self.assertIn("sites", enrollment.review_reason)
