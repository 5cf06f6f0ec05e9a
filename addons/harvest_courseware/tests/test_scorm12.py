from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..lrs.scorm12 import read_commit
from .builder import MASTERY_80
from .common import CoursewareHttpCase


@tagged("post_install", "-at_install")
class TestScorm12(CoursewareHttpCase):
    def test_a_passed_lesson_completes_its_content(self):
        slide = self._make_slide()
        launch = self._open(slide)
        self.assertFalse(self._is_completed(slide))

        response = self._commit(launch, "passed", core={"score": {"raw": "90"}})

        self.assertEqual(response.json(), {"result": True, "errorCode": 0})
        self.assertTrue(self._is_completed(slide))
        self.assertFalse(self._is_completed(slide, self.other))
        self.assertEqual(launch.attempt_id.score, 90)

    def test_every_lesson_counts(self):
        items = [("One", "index.html", ""), ("Two", "index.html", "")]
        slide = self._make_slide(items=items)
        one, two = slide.gr_package_id.unit_ids
        self._commit(self._open(slide, unit=one), "completed")
        self.assertFalse(self._is_completed(slide))
        self._commit(self._open(slide, unit=two), "completed")
        self.assertTrue(self._is_completed(slide))

    def test_a_score_below_mastery_fails_and_is_tried_anew(self):
        slide = self._make_slide(items=[("One", "index.html", MASTERY_80)])
        launch = self._open(slide)
        self._commit(launch, "passed", core={"score": {"raw": "79"}}, suspend_data="x")
        self.assertEqual(launch.attempt_id.status, "failed")
        self.assertFalse(self._is_completed(slide))

        again = self._open(slide)
        self.assertEqual(again.attempt_id.number, 2)
        self.assertFalse(again.attempt_id.suspend_data)
        self._commit(again, "completed", core={"score": {"raw": "80"}})
        self.assertEqual(again.attempt_id.status, "passed")
        self.assertTrue(self._is_completed(slide))

    def test_what_was_reached_is_not_taken_back(self):
        slide = self._make_slide()
        launch = self._open(slide)
        self._commit(launch, "passed")
        self._commit(launch, "incomplete")
        self._commit(launch, "failed")
        self.assertEqual(launch.attempt_id.status, "passed")
        self.assertTrue(self._is_completed(slide))

        review = self._open(slide)
        self.assertEqual(review.mode, "Review")
        self._commit(review, "failed", suspend_data="changed")
        self.assertEqual(review.attempt_id.status, "passed")
        self.assertNotEqual(review.attempt_id.suspend_data, "changed")

    def test_a_learner_goes_on_where_it_was_left(self):
        slide = self._make_slide()
        launch = self._open(slide)
        core = {"lesson_location": "page-7", "exit": "suspend"}
        core["total_time"] = "0000:10:00.00"
        self._commit(launch, core=core, suspend_data="seen=1,2,3")

        cmi = self._open(slide).attempt_id._get_cmi("Normal")

        self.assertEqual(cmi["core"]["lesson_location"], "page-7")
        self.assertEqual(cmi["core"]["entry"], "resume")
        self.assertEqual(cmi["core"]["total_time"], "0000:10:00.00")
        self.assertEqual(cmi["suspend_data"], "seen=1,2,3")
        self.assertNotIn("Lerna", str(cmi))

    def test_a_lesson_that_was_opened_elsewhere_takes_no_more(self):
        slide = self._make_slide()
        first = self._open(slide)
        second = self._open(slide)
        self.assertEqual(self._commit(first, "passed").status_code, 403)
        self.assertFalse(self._is_completed(slide))
        self.assertEqual(self._commit(second, "passed").status_code, 200)

    def test_keys_are_refused_when_expired_turned_or_of_another_purpose(self):
        slide = self._make_slide()
        launch = self._open(slide)
        key = launch._get_api_key()
        turned = key[:-4] + ("AAAA" if key[-4:] != "AAAA" else "BBBB")
        root = launch._get_content_root("").strip("/").rsplit("/", 1)[1]
        for bad in (turned, root, "", "x", "ä", None):
            response = self._commit(launch, "passed", token=bad or " ")
            self.assertEqual(response.status_code, 403, bad)
        launch.date_end = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(self._commit(launch, "passed").status_code, 403)
        self.assertFalse(self._is_completed(slide))

    def test_what_is_no_commit_is_refused(self):
        launch = self._open(self._make_slide())
        self.assertEqual(self._commit(launch, "done").status_code, 400)
        self.assertEqual(self._commit(launch, suspend_data="x" * 4097).status_code, 400)
        url = self.base_url() + "/harvest/courseware/scorm12"
        for body in ("", "[]", "{", "null", "1"):
            self.assertEqual(
                self.opener.post(url, data=body, timeout=9).status_code, 400
            )

    def test_who_left_the_course_gets_the_completion_on_coming_back(self):
        slide = self._make_slide()
        launch = self._open(slide)
        membership = self.env["slide.channel.partner"].search(
            [
                ("channel_id", "=", self.channel.id),
                ("partner_id", "=", self.learner.partner_id.id),
            ]
        )
        membership.action_archive()
        self.assertEqual(self._commit(launch, "passed").status_code, 200)
        self.assertFalse(self._is_completed(slide))

        membership.action_unarchive()
        self._open(slide)
        self.assertTrue(self._is_completed(slide))

    def test_a_commit_asks_as_much_of_a_long_package_as_of_a_short_one(self):
        counts = []
        for length in (2, 20):
            items = [(f"Lesson {number}", "index.html", "") for number in range(length)]
            slide = self._make_slide(items=items)
            for unit in slide.gr_package_id.unit_ids:
                launch = self._open(slide, unit=unit)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            launch.attempt_id._apply_commit(read_commit({"cmi": {}}, None))
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_a_preview_counts_nothing(self):
        slide = self._make_slide()
        registration = self.env["gr.courseware.registration"]._open(
            slide.gr_package_id, slide, self.trainer, True
        )
        launch = self.env["gr.courseware.launch"]._start(
            registration, slide.gr_package_id.unit_ids
        )
        self._commit(launch, "passed")
        self.assertEqual(launch.mode, "Browse")
        self.assertFalse(registration.satisfied_date)
        self.assertEqual(slide.gr_package_id.learner_count, 0)
