import logging

from odoo.tests import BaseCase, tagged

from ..log_filter import MaskKeys


@tagged("post_install", "-at_install")
class TestLogFilter(BaseCase):
    def _mask(self, text):
        record = logging.LogRecord("werkzeug", 20, "", 0, "%s %s", (text, 200), None)
        MaskKeys().filter(record)
        return record.getMessage()

    def test_keys_in_addresses_are_not_logged(self):
        for line, wanted in {
            "GET /harvest/courseware/c/SECRET/a/b.js HTTP/1.1": "c/***/a/b.js",
            "POST /harvest/courseware/fetch/SECRET HTTP/1.1": "fetch/***",
            "GET /x?endpoint=e&auth=Basic%20SECRET&actor=a": "auth=***&actor=a",
            "GET /x?fetch=http%3A%2F%2FSECRET&actor=a": "fetch=***&actor=a",
        }.items():
            self.assertIn(wanted, self._mask(line))
            self.assertNotIn("SECRET", self._mask(line))

    def test_the_log_of_requests_is_filtered(self):
        filters = logging.getLogger("werkzeug").filters
        self.assertEqual(sum(isinstance(one, MaskKeys) for one in filters), 1)
