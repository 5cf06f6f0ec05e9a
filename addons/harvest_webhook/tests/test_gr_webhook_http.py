"""The address as the world meets it."""

import json
import socket

from odoo.tests import HttpCase, tagged

from ..const import MAX_BODY_BYTES, RECEIVE_PATH
from ..signing import make_secret
from .common import WebhookCommon

JSON = {"Content-Type": "application/json"}


@tagged("post_install", "-at_install", "security")
class TestGrWebhookHttp(WebhookCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.handle_with(lambda _model, data, _envelope: {"took": data})

    def post(self, headers, body, key=None, **extra):
        url = f"{self.base_url()}{RECEIVE_PATH}/{key or self.source.key}"
        return self.opener.post(
            url, data=body, headers={**JSON, **headers, **extra}, timeout=20
        )

    def call(self, *args, **how):
        extra = how.pop("extra", {})
        key = how.pop("key", None)
        return self.post(*self.make_call(*args, **how), key=key, **extra)

    def problem(self, answer, status, code):
        self.assertEqual(answer.status_code, status, answer.text)
        self.assertTrue(
            answer.headers["Content-Type"].startswith("application/problem+json")
        )
        found = answer.json()
        self.assertEqual((found["status"], found["code"]), (status, code))
        self.assertTrue(found["title"] and found["detail"])
        return found

    def test_a_signed_event_is_taken(self):
        answer = self.call({"learner": "Núñez"})
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json()["result"], {"took": {"learner": "Núñez"}})
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertNotIn("session_id", answer.cookies)
        again = self.call({"learner": "Núñez"})
        self.assertTrue(again.json()["duplicate"])

    def test_the_address_that_is_shown_is_the_one(self):
        self.assertTrue(self.source.url.endswith(f"{RECEIVE_PATH}/{self.source.key}"))

    def test_refusals(self):
        self.problem(self.call(secrets=[make_secret()]), 401, "signature_wrong")
        self.problem(self.call(at=-1000), 401, "clock_skew")
        self.problem(self.post({}, b"{}"), 400, "headers_missing")
        self.problem(self.call(body='{"type": "x"'), 400, "json_malformed")
        self.problem(self.call(key="none"), 404, "not_found")
        self.problem(self.call(extra={"Content-Type": "text/xml"}), 415, "not_json")
        self.problem(
            self.opener.get(f"{self.base_url()}{RECEIVE_PATH}/{self.source.key}"),
            405,
            "method_not_allowed",
        )
        self.source.active = False
        self.problem(self.call(), 404, "not_found")

    def test_a_form_is_no_webhook(self):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self.problem(self.call(extra=form), 415, "not_json")

    def test_a_body_that_is_too_large(self):
        body = json.dumps({"type": "x", "data": {"x": "y" * MAX_BODY_BYTES}})
        self.problem(self.call(body=body), 413, "too_large")
        self.assertFalse(self.events())

    def test_a_large_body_in_chunks_without_a_length(self):
        headers, _body = self.make_call(body="{}")
        answer = self.post(headers, (b"x" * 8192 for _ in range(100)))
        self.assertIn(answer.status_code, (400, 401, 411, 413))
        self.assertFalse(self.events(state="processed"))

    def test_plain_http_is_for_loopback_only(self):
        answer = self.call(extra={"Host": "harvest.example.org"})
        self.problem(answer, 403, "https_required")

    def test_a_sender_that_hangs_up_leaves_nothing(self):
        host, _colon, port = self.base_url().rpartition("//")[2].partition(":")
        headers, body = self.make_call({"a": 1})
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        with socket.create_connection((host, int(port)), 5) as sock:
            sock.sendall(
                f"POST {RECEIVE_PATH}/{self.source.key} HTTP/1.1\r\nHost: {host}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                f"{lines}\r\n".encode()
                + body[:-5]
            )
        self.assertFalse(self.events(state="processed"))
