"""A child that is looked at by every family of routes: each one is an event."""

import base64
import json
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields, http
from odoo.tests import HttpCase, tagged

from odoo.addons.harvest_base.tests.common import HarvestKit

from .. import store

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    b"RU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestRoutes(HarvestKit, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_places()
        group = "base.group_allow_export"
        cls.staff = cls._make_user(
            "B",
            sites=cls.site,
            extra=group,
            login="route_staff",
            password="route_staff",
        )
        cls.parent = cls._make_portal_user(
            cls.guardian.partner_id,
            cls.district,
            login="route_parent",
            password="route_parent",
        )
        cls.student.image_1920 = PIXEL
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": "note.txt",
                "res_model": "gr.student",
                "res_id": cls.student.id,
                "datas": base64.b64encode(b"a note"),
            }
        )

    @contextmanager
    def _expect(self, action="read", user=None):
        """The block's requests leave an event about the child by this user."""
        self.env.cr.flush()
        self.env.invalidate_all()
        found = []

        def append(_dbname, sights, events, sign, **_options):
            looked = store.looks(sights, store.look_up(self.env.cr, sights))
            found.extend([*map(sign, looked), *events])

        with patch.object(store, "append", append):
            yield
        mine = [
            event
            for event in found
            if self.student.id in event.subjects and event.action == action
        ]
        self.assertTrue(mine, [(e.action, e.model, e.path) for e in found])
        self.assertEqual(mine[0].uid, (user or self.staff).id)
        self.assertEqual(mine[0].ip, "127.0.0.1")

    def _call(self, method, *args, **kwargs):
        answer = self.make_jsonrpc_request(
            f"/web/dataset/call_kw/gr.student/{method}",
            {
                "model": "gr.student",
                "method": method,
                "args": list(args),
                "kwargs": kwargs,
            },
        )
        self.assertTrue(answer)
        return answer

    def test_the_backend_calls(self):
        self.authenticate("route_staff", "route_staff")
        ids, domain = self.student.ids, [("id", "=", self.student.id)]
        calls = [
            ("read", ids, ["first_name"]),
            ("search_read", domain, ["first_name"]),
            ("web_read", ids, {"first_name": {}}),
            ("web_search_read", domain, {"first_name": {}}),
            ("name_search", "Ana", domain),
        ]
        for method, *args in calls:
            with self.subTest(method=method), self._expect():
                self._call(method, *args)
        with self._expect("export"):
            self._call("export_data", ids, ["first_name"])

    def test_the_api(self):
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.staff)
            ._generate("rpc", "test", fields.Datetime.now() + timedelta(days=1))
        )
        with self._expect():
            answer = self.url_open(
                "/json/2/gr.student/search_read",
                data=json.dumps({"domain": [], "fields": ["first_name"]}),
                headers={
                    "Authorization": f"bearer {key}",
                    "Content-Type": "application/json",
                },
            )
            self.assertIn("Ana", answer.text)

    def test_files_and_images(self):
        self.authenticate("route_staff", "route_staff")
        for path in (
            f"/web/content/{self.file.id}",
            f"/web/image/gr.student/{self.student.id}/image_128",
            f"/web/content/gr.student/{self.student.id}/image_1920",
        ):
            with self.subTest(path=path), self._expect("download"):
                self.assertEqual(self.url_open(path).status_code, 200)

    def test_export_by_the_browser(self):
        self.authenticate("route_staff", "route_staff")
        data = {
            "model": "gr.student",
            "fields": [{"name": "first_name", "label": "First name", "type": "char"}],
            "ids": self.student.ids,
            "domain": [],
            "import_compat": False,
        }
        with self._expect("export"):
            answer = self.url_open(
                "/web/export/csv",
                data={
                    "data": json.dumps(data),
                    "csrf_token": http.Request.csrf_token(self),
                },
            )
            self.assertIn("Ana", answer.text)

    def test_pages_of_the_portal(self):
        if "harvest_portal" not in self.env.registry._init_modules:
            self.skipTest("the portal is not installed")
        self.authenticate("route_parent", "route_parent")
        with self._expect(user=self.parent):
            self.assertIn("Ana", self.url_open("/my/children").text)

    def test_an_answer_is_withheld_when_the_log_is_closed(self):
        self.authenticate("route_staff", "route_staff")

        def closed(*_args, **_options):
            raise ConnectionError("no log")

        with (
            patch.object(store, "append", closed),
            self.assertLogs("odoo.addons.harvest_audit", "ERROR"),
            self.assertRaisesRegex(Exception, "AuditUnavailable"),
            self.assertLogs("odoo.http", "WARNING"),
        ):
            self._call("read", self.student.ids, ["first_name"])
