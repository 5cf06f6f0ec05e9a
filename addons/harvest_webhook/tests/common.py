"""An endpoint with a receiver on loopback, and a source with an acting user."""

import json
import time
from unittest.mock import patch

from odoo.addons.harvest_base.tests.common import HarvestCommon

from ..const import TRUSTED_HOSTS_PARAM
from ..signing import make_headers
from .receiver import Receiver

TYPE = "test.course.completed"


class WebhookCommon(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpWebhooks()

    @classmethod
    def setUpWebhooks(cls):
        cls.admin = cls._make_user(
            "Admin", district=cls.district, login="webadmin", gr_scope="district"
        )
        for model in ("gr.webhook.delivery", "gr.webhook.event"):
            left = cls.env[model].search(cls.env[model]._get_due_domain())
            left.unlink()  # what is in the database is not the test's
        cls.type_out, cls.type_in = cls.env["gr.webhook.type"].create(
            [
                {
                    "name": "Course completed",
                    "code": TYPE,
                    "direction": direction,
                    "payload_fields": "learner.id\ncourse",
                }
                for direction in ("out", "in")
            ]
        )
        cls.receiver = Receiver()
        cls.addClassCleanup(cls.receiver.close)
        cls.env["ir.config_parameter"].set_param(TRUSTED_HOSTS_PARAM, cls.receiver.host)
        cls.endpoint = cls._make_endpoint()
        cls.receiver.secret = cls.endpoint._renew_secret()
        cls.actor = cls._make_user("C", sites=cls.site, login="lms_actor")
        cls.source = cls.env["gr.webhook.source"].create(
            {
                "name": "LMS",
                "company_id": cls.district.id,
                "user_id": cls.actor.id,
                "type_ids": cls.type_in.ids,
            }
        )
        cls.source_secret = cls.source._renew_secret()

    @classmethod
    def _make_endpoint(cls, **values):
        return cls.env["gr.webhook.endpoint"].create(
            {
                "name": "Warehouse",
                "company_id": cls.district.id,
                "url": cls.receiver.url,
                "type_ids": cls.type_out.ids,
                "user_id": cls.admin.id,
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        self.receiver.answers = []
        self.receiver.seen = []
        self.receiver.accepted = []

    # OUT

    def enqueue(self, *payloads, company=None):
        payloads = payloads or ({"learner": {"id": 7}, "course": "CPR"},)
        return self.env["gr.webhook.endpoint"]._enqueue(
            TYPE, list(payloads), company or self.district
        )

    def cron(self, model="gr.webhook.delivery"):
        """Run the cron's method in this transaction; return how often it committed."""
        self.env.flush_all()
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", return_value=60) as commit:
            self.env[model]._cron_attempt()
        return commit.call_count

    # IN

    def handle_with(self, handler):
        """Let ``handler(self, data, envelope)`` handle the test type, on gr.site."""
        Source, Site = (
            type(self.env["gr.webhook.source"]),
            type(self.env["gr.site"]),
        )
        handlers = {TYPE: ("gr.site", "_webhook_test")}
        for target, name, value in (
            (Source, "_get_webhook_handlers", lambda _self: handlers),
            (Site, "_webhook_test", handler),
        ):
            patcher = patch.object(target, name, value, create=True)
            patcher.start()
            self.addCleanup(patcher.stop)

    def make_call(self, data=None, webhook_id="msg_1", body=None, kind=TYPE, **how):
        """Return (headers, body) of a call that a sender signed.

        :param how: ``secrets``, ``at`` (seconds from now), ``encoding``
        """
        if body is None:
            body = json.dumps({"type": kind, "timestamp": "", "data": data or {}})
        headers = make_headers(
            how.get("secrets") or [self.source_secret],
            webhook_id,
            int(time.time()) + how.get("at", 0),
            body,
        )
        return headers, body.encode(how.get("encoding", "utf-8"))

    def receive(self, *args, source=None, **how):
        headers, body = self.make_call(*args, **how)
        return (source or self.source)._receive(headers, body)

    def events(self, source=None, **values):
        domain = [("source_id", "=", (source or self.source).id)]
        return self.env["gr.webhook.event"].search(
            domain + [(name, "=", value) for name, value in values.items()]
        )
