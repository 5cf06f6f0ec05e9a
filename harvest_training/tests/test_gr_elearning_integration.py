"""The plan's API points and webhooks: over HTTP, by role, twice the same."""

import json

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import TrainingCommon


@tagged("post_install", "-at_install")
class TestElearningIntegration(TrainingCommon):
    def setUp(self):
        super().setUp()
        self.program = self._make_training_program(
            eligibility_domain="[('learner_type', '=', 'staff')]"
        )
        self.channel = self.program.course_integrations.elearning_course_id
        self.learner = self._make_learner(site_ids=self.site.ids)
        self.api = self.env["gr.elearning.integration"].with_user(self.user_operations)

    def _enroll(self):
        return self.api.enroll_student(self.learner.id, self.channel.id)[0]

    def test_enroll_and_follow_progress(self):
        answer = self._enroll()
        self.assertEqual(answer["status"], "not_started")
        progress = self.api.get_progress(answer["enrollment_id"])
        self.assertEqual(progress["completion"], 0)
        self.assertEqual(progress["trackers"][0]["status"], "not_started")
        lesson = self.channel.slide_ids.sorted("id")[0]
        progress = self.api.update_progress(
            answer["enrollment_id"], {"completed_slides": [lesson.id]}
        )
        self.assertEqual(progress["completion"], 50)
        self.assertEqual(progress["trackers"][0]["overall_progress"], 50)

    def test_twice_is_once(self):
        first, second = self._enroll(), self._enroll()
        self.assertEqual(first, second)
        for _time in range(2):
            progress = self.api.update_progress(
                first["enrollment_id"], {"completed": True}
            )
            self.assertEqual(progress["member_status"], "completed")
        self.assertEqual(self.learner.training_enrollment_ids.status, "completed")

    def test_who_is_not_eligible_waits(self):
        helper = self._make_learner(
            "Vera Voluntaria", learner_type="volunteer", site_ids=self.site.ids
        )
        answer = self.api.enroll_student(helper.id, self.channel.id)[0]
        self.assertEqual(answer["status"], "review")
        self.assertFalse(answer["enrollment_id"])
        self.assertTrue(answer["review_reason"])

    def test_clear_answers_to_what_is_no_question(self):
        member = self._enroll()["enrollment_id"]
        for wrong in ("x", True, [member], None, 1.5):
            with self.assertRaisesRegex(ValidationError, "whole number"):
                self.api.get_progress(wrong)
            with self.assertRaisesRegex(ValidationError, "whole number"):
                self.api.enroll_student(wrong, self.channel.id)
        for wrong in (None, ["x"], "completed"):
            with self.assertRaisesRegex(ValidationError, "an object"):
                self.api.update_progress(member, wrong)
        for wrong in ([{}], [[1]], ["1"], 3):
            with self.assertRaisesRegex(ValidationError, "lacks"):
                self.api.update_progress(member, {"completed_slides": wrong})

    def test_clear_answers_to_wrong_questions(self):
        answer = self._enroll()
        other = self._make_channel("Another")
        with self.assertRaisesRegex(UserError, "no active training program"):
            self.api.enroll_student(self.learner.id, other.id)
        with self.assertRaisesRegex(AccessError, "no learner"):
            self.api.enroll_student(10**9, self.channel.id)
        with self.assertRaisesRegex(AccessError, "no enrollment"):
            self.api.get_progress(10**9)
        with self.assertRaisesRegex(ValidationError, "Unknown: percent"):
            self.api.update_progress(answer["enrollment_id"], {"percent": 100})
        with self.assertRaisesRegex(ValidationError, "lacks"):
            self.api.update_progress(
                answer["enrollment_id"], {"completed_slides": other.slide_ids.ids}
            )

    def test_a_key_does_what_its_user_may_do(self):
        answer = self._enroll()
        elsewhere = self._make_learner("Otro Lugar", site_ids=self.other_site.ids)
        for role in ("D", "E", "F", "none"):
            api = self.env["gr.elearning.integration"].with_user(self.users[role])
            with self.subTest(role=role), self.assertRaises(AccessError):
                api.get_progress(answer["enrollment_id"])
            with self.subTest(role=role), self.assertRaises(AccessError):
                api.enroll_student(self.learner.id, self.channel.id)
        with self.assertRaises(AccessError):
            self.api.enroll_student(elsewhere.id, self.channel.id)
        foreign = self._make_learner("Caro Ajena", district=self.foreign_district)
        with self.assertRaises(AccessError):
            self.api.enroll_student(foreign.id, self.channel.id)

    def test_events_are_told_once_with_declared_values(self):
        kinds = self.env["gr.webhook.type"].search([("code", "=like", "training.%")])
        self.env["gr.webhook.endpoint"].create(
            {
                "name": "LMS",
                "url": "https://lms.example.org/hook",
                "company_id": self.district.id,
                "type_ids": kinds.ids,
            }
        )
        answer = self._enroll()
        self.api.update_progress(answer["enrollment_id"], {"completed": True})
        self.learner.tracker_ids._refresh()
        deliveries = self.env["gr.webhook.delivery"].search(
            [("endpoint_id.name", "=", "LMS")]
        )
        codes = sorted(deliveries.mapped("event_type"))
        self.assertEqual(
            codes,
            [
                "training.course.completed",
                "training.enrollment.created",
                "training.program.completed",
            ],
        )
        self.assertNotIn("Lía", json.dumps(deliveries.mapped("payload")))


@tagged("post_install", "-at_install")
class TestElearningHttp(TrainingCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.program = self._make_training_program()
        self.channel = self.program.course_integrations.elearning_course_id
        self.learner = self._make_learner(site_ids=self.site.ids)

    def _call(self, method, key, **params):
        return self.url_open(
            f"/json/2/gr.elearning.integration/{method}",
            data=json.dumps(params),
            headers={
                "Authorization": f"bearer {key}",
                "Content-Type": "application/json",
            },
        )

    def test_with_a_bearer_key(self):
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.user_operations)
            ._generate("rpc", "LMS", fields.Datetime.add(fields.Datetime.now(), days=1))
        )
        answer = self._call(
            "enroll_student", key, student_id=self.learner.id, course_id=self.channel.id
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        enrollment = answer.json()[0]["enrollment_id"]
        answer = self._call(
            "update_progress",
            key,
            enrollment_id=enrollment,
            progress_data={"completed": True},
        )
        self.assertEqual(answer.json()["completion"], 100)

    def test_without_a_key_and_beside_the_api(self):
        self.assertEqual(
            self._call("get_progress", "no-key", enrollment_id=1).status_code, 401
        )
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.user_operations)
            ._generate("rpc", "LMS", fields.Datetime.add(fields.Datetime.now(), days=1))
        )
        for method in ("sync_elearning_progress", "handle_elearning_completion"):
            with self.subTest(method=method), mute_logger("odoo.http"):
                self.assertGreaterEqual(self._call(method, key).status_code, 400)
