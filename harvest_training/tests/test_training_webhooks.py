"""What an outside LMS tells us, signed: its user's learners, and nobody else's."""

import json
import time

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.harvest_webhook.signing import make_headers

from .common import TrainingCommon


@tagged("post_install", "-at_install", "security")
class TestTrainingWebhooks(TrainingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.env["gr.webhook.source"].create(
            {
                "name": "LMS",
                "company_id": cls.district.id,
                "user_id": cls.user_operations.id,
                "type_ids": cls.env["gr.webhook.type"]
                .search([("code", "=like", "elearning.%"), ("direction", "=", "in")])
                .ids,
            }
        )
        cls.secret = cls.source._renew_secret()

    def _enroll(self, learner, program):
        """Return the membership of ``learner`` in the one course of ``program``."""
        channel = program.course_integrations.elearning_course_id
        api = self.env["gr.elearning.integration"]
        [answer] = api.enroll_student(learner.id, channel.id)
        return self.env["slide.channel.partner"].browse(answer["enrollment_id"])

    def _tell(self, member, webhook_id):
        """Send what a sender with the right secret may send."""
        event = {
            "type": "elearning.course.completed",
            "timestamp": "",
            "data": {"enrollment_id": member.id},
        }
        body = json.dumps(event)
        headers = make_headers([self.secret], webhook_id, int(time.time()), body)
        return self.source._receive(headers, body.encode())

    def test_a_completion_is_taken_over(self):
        member = self._enroll(
            self._make_learner(site_ids=self.site.ids), self._make_training_program()
        )
        reply = self._tell(member, "msg_own")
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(member.completion, 100)

    def test_a_right_signature_opens_no_other_district(self):
        member = self._enroll(
            self._make_learner("Caro Ajena", district=self.foreign_district),
            self._make_training_program(district=self.foreign_district),
        )
        self.assertTrue(member)
        with mute_logger("odoo.addons.harvest_webhook.models.gr_webhook_event"):
            reply = self._tell(member, "msg_foreign")
        self.assertEqual((reply.status, reply.body["code"]), (422, "rejected"))
        self.assertNotIn("Caro", json.dumps(reply.body))
        self.assertEqual(member.completion, 0)
        unknown = self._tell(member.browse(10**9), "msg_unknown")
        self.assertEqual(
            reply.body["detail"].replace(str(member.id), "N"),
            unknown.body["detail"].replace(str(10**9), "N"),
            "whether there is such an enrollment is no news either",
        )
