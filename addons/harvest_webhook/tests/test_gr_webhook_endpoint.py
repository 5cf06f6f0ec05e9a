"""Endpoints: who may, secrets, pauses, the test, and copies of the database."""

from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..const import PING
from ..signing import make_secret
from .common import WebhookCommon


@tagged("post_install", "-at_install", "security")
class TestGrWebhookEndpoint(WebhookCommon):
    # SECRETS

    def test_a_secret_is_shown_once_and_kept_sealed(self):
        action = self.endpoint.with_user(self.admin).action_renew_secret()
        secret = action["context"]["default_secret"]
        self.assertEqual(self.endpoint._get_secrets()[0], secret)
        self.env.flush_all()
        for table in ("gr_webhook_endpoint", "gr_webhook_source"):
            self.env.cr.execute(f"SELECT json_agg(t)::text FROM {table} t")
            self.assertNotIn(secret, self.env.cr.fetchone()[0])
        with self.assertRaises(AccessError):
            self.endpoint.with_user(self.admin).read(["secret_sealed"])
        self.assertNotIn("secret_sealed", self.endpoint.with_user(self.admin).read()[0])

    def test_only_administrators_open_the_dialogue_of_the_secret(self):
        """The form asks by ``onchange``; nothing of it is stored."""
        Secret = self.env["gr.webhook.secret"].with_context(default_secret="whsec_x")
        spec = {"secret": {}}
        found = Secret.with_user(self.admin).onchange({}, [], spec)
        self.assertEqual(found["value"]["secret"], "whsec_x")
        with self.assertRaises(AccessError):
            Secret.with_user(self.users["B"]).onchange({}, [], spec)

    def test_both_secrets_sign_while_they_are_rotated(self):
        first = self.receiver.secret
        second = self.endpoint._renew_secret()
        for secret in (first, second):
            self.receiver.secret = secret
            self.enqueue()
            self.cron()
        self.assertEqual(len(self.receiver.accepted), 2)
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self.assertEqual(self.endpoint._get_secrets(), [second])
        self.endpoint.with_user(self.admin).action_end_former_secret()
        self.assertEqual(self.endpoint._get_secrets(), [second])
        self.receiver.secret = first
        self.addCleanup(setattr, self.receiver, "secret", first)

    def test_a_sealed_secret_cannot_be_moved_to_another_record(self):
        other = self._make_endpoint(name="Other")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE gr_webhook_endpoint AS e SET secret_sealed = o.secret_sealed"
            " FROM gr_webhook_endpoint AS o WHERE e.id = %s AND o.id = %s",
            (other.id, self.endpoint.id),
        )
        other.invalidate_recordset()
        with mute_logger("odoo.addons.harvest_crypto.fields"):
            self.assertEqual(other._get_secrets(), [])

    def test_the_senders_own_secret_can_be_entered(self):
        mine = self.source.with_user(self.admin)
        secret = make_secret()
        mine.given_secret = f" {secret} "
        self.assertEqual(self.source._get_secrets(), [secret, self.source_secret])
        mine.invalidate_recordset()
        self.assertFalse(mine.given_secret)
        with self.assertRaisesRegex(ValidationError, "whsec_"):
            mine.given_secret = "hunter2"

    # WHO MAY

    def test_operations_look_and_do_not_touch(self):
        delivery = self.enqueue()
        self.env.flush_all()
        operator = self._make_user(
            "B", district=self.district, login="b2", gr_scope="district"
        )
        mine = self.endpoint.with_user(operator)
        self.assertEqual(mine.name, "Warehouse")
        for action in (
            mine.action_ping,
            mine.action_renew_secret,
            mine.action_pause,
            mine.action_resume,
            mine.action_end_former_secret,
            delivery.with_user(operator).action_send_again,
        ):
            with self.assertRaises(AccessError):
                action()
        with self.assertRaises(AccessError):
            delivery.with_user(operator).read(["payload"])
        with self.assertRaises(AccessError):
            delivery.with_user(operator).read(["payload_text"])

    def test_an_administrator_of_one_site_does_not_set_it_up(self):
        with self.assertRaises(AccessError):
            self.endpoint.with_user(self.users["Admin"]).url = "https://x.example.org/"

    def test_another_district_does_not_see_it(self):
        foreign = self._make_user(
            "Admin",
            district=self.foreign_district,
            login="foreign_admin",
            gr_scope="district",
        )
        self.enqueue()
        self.receive(secrets=[make_secret()])
        for model in ("endpoint", "delivery", "source", "event"):
            Model = self.env[f"gr.webhook.{model}"]
            self.assertTrue(Model.with_user(self.admin).search([]))
            self.assertFalse(Model.with_user(foreign).search([]))
        with self.assertRaises(AccessError):
            self.endpoint.with_user(foreign).action_ping()

    def test_counters_and_pauses_are_nobodys_to_write(self):
        for values in (
            {"is_paused": True},
            {"failure_count": 0},
            {"secret_sealed": "x"},
            {"last_success": "2026-01-01"},
        ):
            with self.assertRaises(AccessError):
                self.endpoint.with_user(self.admin).write(values)

    def test_an_address_must_be_https_and_hold_no_password(self):
        for url in (
            "http://lms.example.org/",
            "https://user:pass@lms.example.org/",
            "https://",
            "ftp://x",
        ):
            with self.assertRaises(ValidationError):
                self.endpoint.url = url
        self.endpoint.url = "https://lms.example.org/hooks"

    # PAUSES

    def _fail(self, moment, status=500):
        self.receiver.answers = [(status, {})]
        with freeze_time(moment):
            self.enqueue()._attempt()

    def test_after_days_of_failures_it_is_paused_and_somebody_told(self):
        now = fields.Datetime.now()
        self._fail(now)
        self._fail(now + timedelta(days=4, hours=23))
        self.assertFalse(self.endpoint.is_paused)
        self._fail(now + timedelta(days=5))
        self.assertTrue(self.endpoint.is_paused)
        self.assertIn("3 failures", self.endpoint.pause_reason)
        self.assertEqual(self.endpoint.activity_ids.user_id, self.admin)
        calls = len(self.receiver.seen)
        waiting = self.enqueue()
        self.cron()
        self.assertEqual(len(self.receiver.seen), calls)
        self.endpoint.with_user(self.admin).action_resume()
        self.assertFalse(self.endpoint.activity_ids)
        self.cron()
        self.assertEqual(waiting.state, "delivered")
        self.assertEqual(set(self.endpoint.delivery_ids.mapped("state")), {"delivered"})

    def test_a_success_between_ends_the_count(self):
        now = fields.Datetime.now()
        self._fail(now)
        with freeze_time(now + timedelta(days=3)):
            self.enqueue()._attempt()
        self._fail(now + timedelta(days=6))
        self.assertEqual(self.endpoint.failure_count, 1)
        self.assertFalse(self.endpoint.is_paused)

    def test_who_is_gone_is_paused_at_once(self):
        self._fail(fields.Datetime.now(), status=410)
        self.assertTrue(self.endpoint.is_paused)
        self.assertIn("410", self.endpoint.pause_reason)

    # THE TEST

    def test_a_test_says_at_once_what_came_of_it(self):
        mine = self.endpoint.with_user(self.admin)
        answer = mine.action_ping()["params"]
        self.assertEqual(answer["type"], "success")
        self.assertIn("HTTP 200", answer["message"])
        self.assertEqual(self.receiver.accepted[0]["type"], PING)
        self.receiver.answers = [(302, {"Location": "https://x.example.org"})]
        answer = mine.action_ping()["params"]
        self.assertEqual(answer["type"], "danger")
        self.assertIn("redirect", answer["message"])

    # COPIES

    def test_a_copy_of_the_database_sends_nothing_and_knows_no_secret(self):
        delivery = self.enqueue()
        self.env.flush_all()
        path = Path(__file__).parents[1] / "data/neutralize.sql"
        self.env.cr.execute(path.read_text())
        self.env.invalidate_all()
        self.assertEqual(self.endpoint._get_secrets(), [])
        self.assertEqual(self.source._get_secrets(), [])
        self.assertFalse(self.endpoint.active or self.source.active)
        self.assertEqual(delivery.state, "dead")
        self.cron()
        self.assertEqual(self.receiver.seen, [])
