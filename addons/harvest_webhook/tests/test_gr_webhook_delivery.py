"""The outbox: with the change, after it, again until it is delivered or given up."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged

from .. import sending
from ..const import RETRY_RULE
from .common import TYPE, WebhookCommon


class Crash(Exception):
    """The server dies."""


@tagged("post_install", "-at_install")
class TestGrWebhookDelivery(WebhookCommon):
    def _set_delays(self, value):
        self.env.ref("harvest_webhook.gr_rule_webhook_retry_delays").value = value

    def test_an_event_is_sent_signed_and_logged(self):
        delivery = self.enqueue()
        self.assertEqual(self.receiver.seen, [])
        self.cron()
        [content] = self.receiver.accepted
        self.assertEqual(content["type"], TYPE)
        self.assertEqual(content["data"], {"learner": {"id": 7}, "course": "CPR"})
        self.assertRecordValues(
            delivery,
            [{"state": "delivered", "attempts": 1, "status_code": 200, "error": False}],
        )
        self.assertTrue(delivery.delivered_date and self.endpoint.last_success)
        self.cron()
        self.assertEqual(len(self.receiver.seen), 1)

    def test_what_is_rolled_back_is_never_sent(self):
        with self.assertRaises(Crash), self.env.cr.savepoint():
            self.enqueue()
            raise Crash
        self.cron()
        self.assertEqual(self.receiver.seen, [])

    def test_a_crash_after_sending_sends_it_again_with_the_same_id(self):
        delivery = self.enqueue()
        self.env.flush_all()
        with self.assertRaises(Crash), self.env.cr.savepoint():
            delivery._attempt()
            self.env.flush_all()
            raise Crash
        delivery.invalidate_recordset()
        self.assertEqual((delivery.state, delivery.attempts), ("pending", 0))
        self.cron()
        self.assertEqual(self.receiver.ids, [delivery.webhook_id] * 2)
        self.assertEqual(len(self.receiver.accepted), 1)
        self.assertEqual(delivery.state, "delivered")

    def test_only_who_subscribed_in_the_district_is_told(self):
        self._make_endpoint(name="Other events", type_ids=False)
        self._make_endpoint(name="Archived", active=False)
        self._make_endpoint(
            name="Foreign", company_id=self.foreign_district.id, user_id=False
        )
        self.assertEqual(self.enqueue().endpoint_id, self.endpoint)
        second = self._make_endpoint(name="Second")
        both = self.enqueue()
        self.assertEqual(both.endpoint_id, self.endpoint | second)
        self.assertEqual(len(set(both.mapped("webhook_id"))), 1)
        self.assertFalse(
            self.enqueue(company=self.foreign_district).endpoint_id & self.endpoint
        )

    def test_what_is_not_declared_never_leaves(self):
        with self.assertRaisesRegex(ValueError, r"learner\.name$"):
            self.enqueue({"learner": {"id": 7, "name": "Ana Prueba"}})
        with self.assertRaisesRegex(ValueError, "No event type"):
            self.env["gr.webhook.endpoint"]._enqueue("test.none", [], self.district)
        self.assertFalse(self.endpoint.delivery_ids)

    def test_queueing_many_events_costs_no_query_more(self):
        def count(number):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.enqueue(*[{"course": str(n)} for n in range(number)])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        one, many = count(1), count(50)
        self.assertEqual(one, many)
        self.assertLessEqual(one, 10)

    def test_without_subscribers_an_event_costs_two_queries(self):
        self.endpoint.active = False
        self.enqueue()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            self.enqueue()

    def test_a_failure_is_tried_again_by_the_table_then_given_up(self):
        self._set_delays("[60, 600]")
        self.receiver.answers = [(500, {}), (404, {}), (503, {})]
        delivery = self.enqueue()
        now = fields.Datetime.now()
        for attempts, wait in ((1, 60), (2, 600)):
            with freeze_time(now), patch.object(sending.random, "random", lambda: 0):
                self.cron()
            self.assertEqual((delivery.state, delivery.attempts), ("failed", attempts))
            waited = (delivery.next_attempt - now).total_seconds()
            self.assertTrue(wait <= waited <= wait * 1.2, waited)
            with freeze_time(now + timedelta(seconds=wait - 1)):
                self.cron()
            self.assertEqual(delivery.attempts, attempts)
            now = delivery.next_attempt
        with freeze_time(now):
            self.cron()
        self.assertRecordValues(
            delivery,
            [{"state": "dead", "next_attempt": False, "error": "http_error"}],
        )
        with freeze_time(now + timedelta(days=30)):
            self.cron()
        self.assertEqual(self.receiver.ids, [delivery.webhook_id] * 3)

    def test_the_shipped_table_is_that_of_the_standard(self):
        today = fields.Date.today()
        delays = self.env["gr.rule"].rule(RETRY_RULE, self.district, today)
        self.assertEqual(sum(delays), 75 * 3600 + 35 * 60 + 5)

    def test_the_receiver_may_ask_for_a_pause(self):
        self.receiver.answers = [(429, {"Retry-After": "3600"})]
        delivery = self.enqueue()
        self.cron()
        wait = delivery.next_attempt - fields.Datetime.now()
        self.assertGreater(wait, timedelta(minutes=59))
        self.assertEqual(delivery.error, "http_busy")

    def test_one_who_fails_does_not_make_others_wait(self):
        """Of a receiver that is down, one event a turn waits for its time-out."""
        with patch.object(sending, "post") as post:
            post.side_effect = lambda url, *_rest: sending.Answer(
                0, "timeout" if "slow" in url else "", 20_000
            )
            slow = self._make_endpoint(name="Slow", url="https://slow.example.org/")
            slow._renew_secret()
            self.enqueue(*[{"course": str(n)} for n in range(5)])
            self.cron()
            asked = [call.args[0] for call in post.call_args_list]
        self.assertEqual(asked.count(slow.url), 1)
        self.assertEqual(asked.count(self.endpoint.url), 5)
        states = slow.delivery_ids.mapped("state")
        self.assertEqual(sorted(states), ["failed"] + ["pending"] * 4)

    def test_each_delivery_is_committed_by_itself(self):
        self.enqueue({"course": "1"}, {"course": "2"}, {"course": "3"})
        self.assertEqual(self.cron(), 4)  # the count, then one each

    def test_another_worker_takes_what_this_one_left(self):
        """What is locked or was sent since is not sent twice."""
        delivery = self.enqueue()
        nothing = delivery.browse()
        name = "try_lock_for_update"
        with patch.object(type(delivery), name, return_value=nothing):
            self.cron()
        self.assertEqual(self.receiver.seen, [])
        domain = delivery._get_due_domain()
        delivery.state = "delivered"
        self.env.flush_all()
        delivery._attempt_locked(domain, set())
        self.assertEqual(self.receiver.seen, [])

    def test_send_again_keeps_the_id(self):
        self.receiver.answers = [(410, {})]
        self._set_delays("[60]")
        delivery = self.enqueue()
        self.cron()
        self.endpoint.with_user(self.admin).action_resume()
        delivery.with_user(self.admin).action_send_again()
        self.cron()
        self.assertEqual(self.receiver.ids, [delivery.webhook_id] * 2)
        self.assertEqual(delivery.state, "delivered")

    def test_without_a_secret_nothing_is_sent(self):
        mute = self._make_endpoint(name="Mute")
        [delivery] = self.enqueue().filtered(lambda d: d.endpoint_id == mute)
        delivery._attempt()
        self.assertEqual((delivery.state, delivery.error), ("failed", "no_secret"))
        self.assertEqual(self.receiver.seen, [])

    def test_old_deliveries_are_forgotten_and_open_ones_are_not(self):
        old, new = self.enqueue({"course": "1"}, {"course": "2"})
        waiting = self.enqueue()
        (old | new).write({"state": "delivered"})
        self.env.flush_all()
        for delivery, days in ((old, 91), (new, 89), (waiting, 91)):
            self.env.cr.execute(
                "UPDATE gr_webhook_delivery SET create_date = now() at time zone 'UTC'"
                " - %s * interval '1 day' WHERE id = %s",
                (days, delivery.id),
            )
        self.env.invalidate_all()
        self.env["gr.webhook.delivery"]._gc_log()
        self.assertEqual((old | new | waiting).exists(), new | waiting)
