"""Both systems are compared: what follows from facts is repaired, the rest listed."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TrainingCommon


@tagged("post_install", "-at_install")
class TestConsistency(TrainingCommon):
    def setUp(self):
        super().setUp()
        self.program = self._make_training_program(courses=2)
        self.first, self.second = self.program.course_integrations
        self.channel = self.first.elearning_course_id
        self.learner = self._make_learner()
        self.enrollment = self.env["gr.training.enrollment"]._request(
            self.program, self.learner, "agent"
        )
        self.tracker = self.enrollment.tracker_ids[0]

    def _check(self):
        with self._as_cron():
            self.env["gr.training.discrepancy"]._cron_check()
        return self.env["gr.training.discrepancy"].search(
            [("enrollment_id", "=", self.enrollment.id)]
        )

    def test_agreement_leaves_nothing_to_say(self):
        self.assertFalse(self._check())

    def test_progress_that_moved_behind_our_back_is_repaired(self):
        self.env.flush_all()
        self.cr.execute(
            "UPDATE slide_channel_partner"
            " SET completion = 50, member_status = 'ongoing' WHERE id = %s",
            [self.tracker.elearning_enrollment_id.id],
        )
        self.env.invalidate_all()
        found = self._check()
        self.assertEqual((found.kind, found.state), ("progress", "repaired"))
        self.assertEqual(found.detail, "0 % → 50 %")
        self.assertEqual(self.tracker.overall_progress, 50)

    def test_a_missing_tracker_and_membership_are_made_again(self):
        self.env.flush_all()
        self.cr.execute(
            "DELETE FROM gr_progress_tracker WHERE id = %s", [self.tracker.id]
        )
        self.cr.execute(
            "DELETE FROM slide_channel_partner"
            " WHERE partner_id = %s AND channel_id = %s",
            [self.learner.partner_id.id, self.second.elearning_course_id.id],
        )
        self.env.invalidate_all()
        found = self._check()
        self.assertEqual(
            set(found.mapped("kind")), {"missing_tracker", "progress", "missing_member"}
        )
        self.assertEqual(set(found.mapped("state")), {"repaired"})
        self.assertEqual(
            self.enrollment.tracker_ids.mapped("membership"), ["member", "member"]
        )

    def test_what_a_person_decides_stays_open_until_it_is_true_no_more(self):
        self.channel.sudo()._remove_membership(self.learner.partner_id.ids)
        found = self._check()
        self.assertEqual((found.kind, found.state), ("left", "open"))
        self.assertTrue(found.remedy)
        self.assertEqual(self._check(), found, "found again, not doubled")
        self.channel.sudo()._action_add_members(self.learner.partner_id)
        self._check()
        self.assertEqual(found.state, "ended")

    def test_archived_courses_and_learners_are_listed(self):
        self.channel.sudo().action_archive()
        self.learner.active = False
        kinds = self._check().mapped("kind")
        self.assertEqual(set(kinds), {"course_archived", "archived_learner"})

    def test_a_problem_with_one_learner_does_not_hold_up_the_others(self):
        other = self._make_learner("Otra Persona")
        self.env["gr.training.enrollment"]._request(self.program, other, "agent")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE slide_channel_partner"
            " SET completion = 50, member_status = 'ongoing'"
        )
        self.env.invalidate_all()
        Tracker = type(self.env["gr.progress.tracker"])
        derive = Tracker._derive

        problem = "This one cannot be derived."

        def fail_for_one(trackers):
            if self.tracker in trackers:
                raise UserError(problem)
            return derive(trackers)

        with patch.object(Tracker, "_derive", fail_for_one), self._as_cron():
            self.env["gr.elearning.integration"].sync_elearning_progress()
        self.assertEqual(self.tracker.sync_error, problem)
        self.assertEqual(self.tracker.sync_attempts, 1)
        self.assertTrue(self.tracker.sync_retry_at)
        self.assertEqual(other.tracker_ids.mapped("elearning_progress"), [50, 50])
        self.tracker.sync_retry_at = "2020-01-01"
        with self._as_cron():
            self.env["gr.elearning.integration"].sync_elearning_progress()
        self.assertFalse(self.tracker.sync_error)
        self.assertEqual(self.tracker.elearning_progress, 50)

    def test_the_sync_costs_the_same_for_one_learner_and_many(self):
        counts = []
        for number in (1, 20):
            for index in range(number):
                learner = self._make_learner(f"Persona{index} Número{number}")
                self.env["gr.training.enrollment"]._request(
                    self.program, learner, "agent"
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self._as_cron():
                self.env["gr.elearning.integration"].sync_elearning_progress()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])


@tagged("post_install", "-at_install")
class TestMerge(TrainingCommon):
    def setUp(self):
        super().setUp()
        self.program = self._make_training_program()
        self.channel = self.program.course_integrations.elearning_course_id

    def _merge(self, kept, gone):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [kept.id, gone.id], kept, False
        )
        self.env.invalidate_all()

    def test_merging_contacts_adds_up_what_both_have_learned(self):
        learner = self._make_learner()
        self.env["gr.training.enrollment"]._request(self.program, learner, "agent")
        double = self.env["res.partner"].create({"name": "Lía A."})
        self.channel.sudo()._action_add_members(double)
        first, second = self.channel.slide_ids.sorted("id")
        for partner, lesson in ((learner.partner_id, first), (double, second)):
            self.env["slide.slide.partner"].create(
                {"slide_id": lesson.id, "partner_id": partner.id, "completed": True}
            )
        self.assertEqual(learner.tracker_ids.elearning_progress, 50)
        self._merge(learner.partner_id, double)
        self.assertEqual(learner.tracker_ids.elearning_progress, 100)
        self.assertEqual(learner.training_enrollment_ids.status, "completed")

    def test_merging_two_learners_keeps_the_further_round_and_all_history(self):
        one, two = self._make_learner(), self._make_learner("Lía Segunda")
        enroll = self.env["gr.training.enrollment"]._request
        first = enroll(self.program, one, "agent")
        second = enroll(self.program, two, "agent")
        self._complete_lessons(two, self.channel, 1)
        self._merge(one.partner_id, two.partner_id)
        self.assertEqual(one.training_enrollment_ids, first | second)
        self.assertEqual(first.status, "withdrawn")
        self.assertEqual(second.status, "in_progress")
        self.assertEqual(second.tracker_ids.elearning_progress, 50)
        self.assertFalse(two.active)
        self._complete_lessons(one, self.channel)
        self.assertEqual(second.status, "completed")

    def test_two_pupils_are_not_merged(self):
        self.student._get_partner()
        other = self.elsewhere.student
        other._get_partner()
        with self.assertRaisesRegex(UserError, "pupils"):
            self._merge(self.student.partner_id, other.partner_id)
