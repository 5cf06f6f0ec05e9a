"""Two workers of the server at the same event, each with a transaction of its own."""

import threading
from contextlib import closing, contextmanager

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged

from ..payload import Envelope
from ..signing import Message

MESSAGE = Message("race", 1674087231, "{}")
ENVELOPE = Envelope("webhook.ping", "", {})


@tagged("post_install", "-at_install")
class TestWebhookRace(BaseCase):
    def setUp(self):
        super().setUp()
        with self._env() as env:
            user = env["res.users"].create({"name": "Race", "login": "webhook-race"})
            source = env["gr.webhook.source"].create(
                {"name": "Race", "user_id": user.id}
            )
            self.source_id, self.user_id = source.id, user.id
            env.cr.commit()
        self.addCleanup(self._forget)

    @contextmanager
    def _env(self):
        with closing(db_connect(get_db_name()).cursor()) as cursor:
            yield api.Environment(cursor, SUPERUSER_ID, {})

    def _forget(self):
        with self._env() as env:
            source = env["gr.webhook.source"].browse(self.source_id)
            env["gr.webhook.event"].search([("source_id", "=", source.id)]).unlink()
            source.unlink()
            env["res.users"].browse(self.user_id).unlink()
            env.cr.commit()

    def _claim(self, env):
        source = env["gr.webhook.source"].browse(self.source_id)
        return env["gr.webhook.event"]._claim(source, MESSAGE, ENVELOPE)

    def test_the_second_waits_begins_anew_and_finds_it(self):
        """Odoo repeats a request that met a serialization failure (service.model)."""
        outcome = []

        def second():
            with self._env() as env:
                env.cr.execute("SELECT 1")  # its view of the database begins here
                begun.set()
                try:
                    self._claim(env)
                except SerializationFailure:
                    env.cr.rollback()
                    outcome.append(self._claim(env)[1])

        begun = threading.Event()
        # Odoo logs a query that failed, and this one holds a learner's data.
        with self.assertNoLogs("odoo.sql_db", "ERROR"), self._env() as env:
            self.assertTrue(self._claim(env)[1])
            thread = threading.Thread(target=second)
            thread.start()
            begun.wait(10)
            env.cr.commit()
            thread.join(20)
        self.assertEqual(outcome, [False])
