import json
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.harvest_base.tests.common import HarvestKit

GOOGLE = "odoo.addons.mail.controllers.google_translate.GoogleTranslateController"


@tagged("post_install", "-at_install")
class TestMessageTranslation(HarvestKit, HttpCase):
    def setUp(self):
        super().setUp()
        self._make_places()
        phrase = "clerk-clerk"
        user = self._make_user("C", sites=self.site, login="clerk", password=phrase)
        self.message = self.student.with_user(user).message_post(body="Asthma")
        self.authenticate("clerk", phrase)

    def translate(self):
        with (
            patch(f"{GOOGLE}._detect_source_lang", return_value="en"),
            patch(f"{GOOGLE}._get_translation", return_value="Asma") as sent,
        ):
            answer = self.url_open(
                "/mail/message/translate",
                data=json.dumps({"params": {"message_id": self.message.id}}),
                headers={"Content-Type": "application/json"},
            ).json()
        return answer["result"], sent.called

    def test_nothing_is_sent_before_somebody_decided(self):
        answer, was_sent = self.translate()
        self.assertIn("has not decided", answer["error"])
        self.assertFalse(was_sent)

    def test_a_key_is_the_decision(self):
        self.env["ir.config_parameter"].set_param(
            "mail.google_translate_api_key", "key"
        )
        answer, was_sent = self.translate()
        self.assertIn("Asma", answer["body"])
        self.assertTrue(was_sent)
