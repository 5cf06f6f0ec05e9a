"""Requests behind the wall: a user's own districts, however they sign in."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Domain
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.harvest_audit.tests.common import audited
from odoo.addons.harvest_rls.tests.common import WallKit

HEADERS = {"Content-Type": "application/json"}


@tagged("post_install", "-at_install", "security")
class TestRequests(WallKit, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_places()
        cls.staff = cls._make_user(
            "C", sites=cls.site, login="wall_staff", password="wall_staff"
        )
        # sudo: a key of a test, as long as it needs one
        keys = cls.env["res.users.apikeys"].with_user(cls.staff).sudo()
        cls.key = keys._generate("rpc", "wall", fields.Datetime.now() + timedelta(1))
        cls._put_up()

    def setUp(self):
        super().setUp()
        self.addCleanup(self._close)
        # The log's own connection would wait for the tables of this transaction.
        self.events = self.enterContext(audited(self.env))

    def _read_students(self):
        params = {
            "model": "gr.student",
            "method": "search_read",
            "args": [[], ["name"]],
            "kwargs": {},
        }
        answer = self.url_open(
            "/web/dataset/call_kw",
            data=json.dumps({"params": params}),
            headers=HEADERS,
        ).json()
        self.assertNotIn("error", answer)
        return answer["result"]

    def test_a_list_holds_the_own_district(self):
        self.authenticate("wall_staff", "wall_staff")
        found = {row["id"] for row in self._read_students()}
        self.assertIn(self.student.id, found)
        self.assertNotIn(self.foreign.student.id, found)
        [event] = [event for event in self.events if event.model == "gr.student"]
        self.assertEqual(event.company_id, self.district.id)
        self.assertEqual(set(event.subjects), found)

    def test_without_the_rules_it_still_does(self):
        """The second wall stands where the first one is forgotten."""
        self.authenticate("wall_staff", "wall_staff")
        rule = type(self.env["ir.rule"])
        with patch.object(rule, "_compute_domain", lambda *_args: Domain.TRUE):
            found = {row["id"] for row in self._read_students()}
        self.assertIn(self.student.id, found)
        self.assertNotIn(self.foreign.student.id, found)

    def test_calls_with_a_key_are_held_too(self):
        """Both sign in within the call: what knows the key is behind the wall."""
        call = (self.env.cr.dbname, self.staff.id, self.key, "gr.student", "search")
        with mute_logger("odoo.addons.rpc.controllers.xmlrpc"):  # to go in Odoo 20
            by_xmlrpc = self.xmlrpc_object.execute_kw(*call, [[]])
        by_json2 = self.url_open(
            "/json/2/gr.student/search",
            data=json.dumps({"domain": []}),
            headers={**HEADERS, "Authorization": f"Bearer {self.key}"},
        ).json()
        for found in (by_xmlrpc, by_json2):
            self.assertIn(self.student.id, found)
            self.assertNotIn(self.foreign.student.id, found)
