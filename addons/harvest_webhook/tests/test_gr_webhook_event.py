"""What comes in: once, as the source's user, and every refusal has its reason."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..const import REFUSED_RULE
from ..signing import make_secret
from .common import TYPE, WebhookCommon

LOGGER = "odoo.addons.harvest_webhook.models.gr_webhook_event"


@tagged("post_install", "-at_install", "security")
class TestGrWebhookEvent(WebhookCommon):
    def setUp(self):
        super().setUp()
        self.calls = []

    def handle(self, failure=None, result=None):
        def handler(model, data, envelope):
            self.calls.append((model.env.user, model.env.companies, data, envelope))
            model.env["gr.external.ref"].sudo().create(
                {
                    "source": "test",
                    "tenant": "t",
                    "kind": "org",
                    "external_id": "{source}/{webhook_id}".format(**envelope),
                    "model": "gr.site",
                    "res_id": self.site.id,
                    "company_id": self.district.id,
                }
            )  # sudo: a trace that must vanish with a failure
            if failure:
                raise failure
            return result

        self.handle_with(handler)

    def traces(self):
        return self.env["gr.external.ref"].search_count([("tenant", "=", "t")])

    # PROCESSING

    def test_an_event_is_handled_as_the_sources_user(self):
        self.handle(result={"tracker": 12})
        reply = self.receive({"learner": "L-1"})
        self.assertEqual(reply.status, 200)
        self.assertEqual(
            reply.body,
            {
                "id": "msg_1",
                "status": "processed",
                "duplicate": False,
                "result": {"tracker": 12},
            },
        )
        [(user, companies, data, envelope)] = self.calls
        self.assertEqual((user, companies), (self.actor, self.district))
        self.assertEqual(data, {"learner": "L-1"})
        self.assertEqual(envelope["source"], "LMS")
        self.assertEqual(self.events().state, "processed")

    def test_a_duplicate_does_nothing_and_hears_of_the_first_outcome(self):
        self.handle(result={"tracker": 12})
        first = self.receive({"a": 1})
        for _again in range(3):
            reply = self.receive({"a": 1})
            self.assertEqual(reply.status, 200)
            self.assertEqual(reply.body, {**first.body, "duplicate": True})
        self.assertEqual((len(self.calls), self.traces()), (1, 1))
        self.assertEqual(len(self.events()), 1)

    def test_a_duplicate_of_a_failure_hears_of_the_failure(self):
        self.handle(UserError("No learner has this id."))
        self.receive({"a": 1})
        reply = self.receive({"a": 1})
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.body["status"], "failed")
        self.assertEqual(reply.body["detail"], "No learner has this id.")
        self.assertEqual(len(self.calls), 1)

    def test_an_id_with_another_body_is_a_conflict(self):
        self.handle()
        self.receive({"a": 1})
        reply = self.receive({"a": 2})
        self.assertEqual((reply.status, reply.body["code"]), (409, "id_reused"))
        self.assertEqual(len(self.calls), 1)
        self.assertEqual(self.events(state="refused").refusal, "id_reused")

    def test_two_sources_may_use_the_same_id(self):
        self.handle()
        other = self.source.copy({"name": "Other"})
        secret = other._renew_secret()
        self.receive({"a": 1})
        reply = self.receive({"a": 1}, source=other, secrets=[secret])
        self.assertFalse(reply.body["duplicate"])
        self.assertEqual((len(self.calls), self.traces()), (2, 2))
        self.assertNotEqual(other.key, self.source.key)

    def test_what_is_wrong_with_it_is_told_and_leaves_nothing(self):
        self.handle(ValidationError("No learner has this id. Check the roster."))
        reply = self.receive({"learner": "L-9"})
        self.assertEqual((reply.status, reply.body["code"]), (422, "rejected"))
        self.assertEqual(
            reply.body["detail"], "No learner has this id. Check the roster."
        )
        self.assertEqual(self.traces(), 0)
        self.assertEqual(self.events().state, "failed")
        self.cron("gr.webhook.event")
        self.assertEqual(len(self.calls), 1)

    def test_a_user_without_the_right_is_a_failure_not_a_way_around(self):
        def handler(model, _data, _envelope):
            model.env["gr.rule"].create(
                {"name": "x", "key": "x", "topic": "sync", "authority": "x"}
            )

        self.handle_with(handler)
        self.assertEqual(self.receive().status, 422)
        self.assertEqual(self.events().state, "failed")

    def test_an_unforeseen_error_is_kept_and_tried_again(self):
        self.handle(ZeroDivisionError("Ana Prueba has no days"))
        with self.assertLogs(LOGGER, "WARNING") as logs:
            reply = self.receive({"a": 1})
        self.assertNotIn("Ana", str(logs.output))
        self.assertEqual((reply.status, reply.body["status"]), (202, "received"))
        event = self.events()
        self.assertEqual((event.state, self.traces()), ("received", 0))
        self.assertNotIn("Ana", event.error)
        with freeze_time(event.next_attempt - timedelta(seconds=1)):
            self.cron("gr.webhook.event")
        self.assertEqual(len(self.calls), 1)
        self.handle(result={"ok": 1})
        with freeze_time(event.next_attempt):
            self.cron("gr.webhook.event")
        self.assertEqual((event.state, event.error), ("processed", False))
        self.assertEqual(self.receive({"a": 1}).body["result"], {"ok": 1})

    @mute_logger(LOGGER)
    def test_after_the_last_attempt_it_is_failed_and_can_be_begun_anew(self):
        self.env.ref("harvest_webhook.gr_rule_webhook_retry_delays").value = "[60]"
        self.handle(ZeroDivisionError())
        self.receive({"a": 1})
        event = self.events()
        with freeze_time(event.next_attempt):
            self.cron("gr.webhook.event")
        self.assertRecordValues(
            event, [{"state": "failed", "next_attempt": False, "attempts": 2}]
        )
        self.handle()
        event.with_user(self.admin).action_process_again()
        self.assertEqual(event.state, "processed")

    def test_types_that_are_not_allowed_or_handled_are_ignored(self):
        self.handle()
        for kind in ("test.other", "webhook.ping"):
            reply = self.receive(webhook_id=kind.replace(".", "_"), kind=kind)
            self.assertEqual((reply.status, reply.body["status"]), (200, "ignored"))
            self.assertIn("may not tell", reply.body["detail"])
        self.source.type_ids |= self.env.ref("harvest_webhook.gr_webhook_type_ping_in")
        reply = self.receive(webhook_id="unhandled", kind="webhook.ping")
        self.assertIn("handles", reply.body["detail"])
        self.assertEqual(self.calls, [])

    def test_a_test_event_is_answered(self):
        self.source.type_ids |= self.env.ref("harvest_webhook.gr_webhook_type_ping_in")
        reply = self.receive(kind="webhook.ping")
        self.assertEqual(reply.body["result"], {"message": "pong"})

    # REFUSING

    def refused(self, status, code, reason=None, **how):
        before = self.events(state="refused")
        reply = self.receive(**how)
        self.assertEqual((reply.status, reply.body["code"]), (status, code))
        self.assertEqual(reply.content_type, "application/problem+json")
        event = self.events(state="refused") - before
        self.assertEqual(event.refusal, reason or code)
        self.assertFalse(event.payload or event.event_type)
        return reply

    def test_wrong_signatures_get_one_answer_and_administrators_the_reason(self):
        wrong = self.refused(401, "signature_wrong", secrets=[make_secret()])
        self.source.sudo().write({"secret_sealed": False, "former_sealed": False})
        none = self.refused(401, "signature_wrong", "no_secret")
        self.assertEqual(wrong, none)

    def test_a_former_secret_counts_for_the_time_of_overlap_only(self):
        former = self.source_secret
        new = self.source._renew_secret()
        self.handle()
        self.assertEqual(self.receive(webhook_id="a", secrets=[former]).status, 200)
        self.assertEqual(self.receive(webhook_id="b", secrets=[new]).status, 200)
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self.refused(401, "signature_wrong", webhook_id="c", secrets=[former])

    def test_a_clock_that_is_off_is_told_how_far(self):
        behind = self.refused(401, "clock_skew", at=-1000)
        self.assertRegex(behind.body["detail"], r"100\d seconds behind our clock")
        ahead = self.refused(401, "clock_skew", at=1000)
        self.assertRegex(ahead.body["detail"], r"(99\d|1000) seconds ahead of our")
        self.source.tolerance = 2000
        self.handle()
        self.assertEqual(self.receive(at=-1000).status, 200)

    def test_an_old_call_that_was_captured_is_refused(self):
        self.handle()
        headers, body = self.make_call({"a": 1})
        self.source._receive(headers, body)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=6)):
            reply = self.source._receive(headers, body)
        self.assertEqual(reply.body["code"], "clock_skew")
        self.assertEqual(len(self.calls), 1)

    def test_a_body_that_is_cut_off_or_no_envelope(self):
        self.refused(400, "json_malformed", body='{"type": "x", "da')
        self.refused(400, "envelope_malformed", body="[1, 2]")

    def test_a_body_in_another_encoding(self):
        body = '{"type": "x", "data": {"n": "Núñez"}}'
        self.refused(400, "not_utf8", body=body, encoding="cp1252")

    def test_a_refused_call_takes_no_id_away(self):
        """Else who knows the address could keep real events out."""
        self.handle()
        self.refused(401, "signature_wrong", secrets=[make_secret()])
        self.assertEqual(self.receive().body["status"], "processed")

    def test_many_wrong_signatures_are_not_all_written_down(self):
        self.env["gr.rule"].search([("key", "=", REFUSED_RULE)]).value = "2"
        for _call in range(2):
            self.refused(401, "signature_wrong", secrets=[make_secret()])
        reply = self.receive(secrets=[make_secret()])
        self.assertEqual(reply.status, 429)
        self.assertIn("Retry-After", reply.headers)
        self.assertEqual(len(self.events(state="refused")), 2)
        self.handle()
        self.assertEqual(self.receive().status, 200)

    def test_a_hostile_id_is_written_down_harmlessly(self):
        headers, body = self.make_call()
        headers["webhook-id"] = "<b>\x07é" + "x" * 500
        self.source._receive(headers, body)
        event = self.events(state="refused")
        self.assertEqual(event.webhook_id[:4], "<b>x")
        self.assertLessEqual(len(event.webhook_id), 64)

    # SETTING UP

    def test_an_outside_system_never_acts_as_who_runs_the_server(self):
        with self.assertRaises(ValidationError):
            self.source.user_id = self.env.ref("base.user_admin")

    def test_the_acting_user_is_of_the_district(self):
        foreign = self._make_user("C", sites=self.foreign_site, login="foreign_c")
        with self.assertRaises(UserError):
            self.source.user_id = foreign

    def test_the_tolerance_has_bounds(self):
        for seconds in (0, -5, 3601):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(Exception) as caught,
                self.env.cr.savepoint(),
            ):
                self.source.tolerance = seconds
                self.env.flush_all()
            self.assertIn("tolerance", str(caught.exception))

    def test_old_events_are_forgotten_but_not_open_ones(self):
        self.handle()
        self.receive(webhook_id="done")
        self.receive(webhook_id="open")
        done, still_open = (
            self.events(webhook_id="done"),
            self.events(webhook_id="open"),
        )
        still_open.state = "received"
        with freeze_time(fields.Datetime.now() + timedelta(days=89)):
            self.env["gr.webhook.event"]._gc_log()
        self.assertTrue(done.exists())
        with freeze_time(fields.Datetime.now() + timedelta(days=91)):
            self.env["gr.webhook.event"]._gc_log()
        self.assertEqual((done | still_open).exists(), still_open)

    def test_the_type_says_its_name(self):
        self.assertEqual(self.type_in.display_name, f"Course completed ({TYPE})")
        with self.assertRaises(ValidationError):
            self.type_in.code = "not a code"
