"""Two workers of the server, each with a connection of its own."""

import threading
from contextlib import closing

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessDenied
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged

LOGIN = "nobody-in-a-race"
WORKERS = 12


@tagged("post_install", "-at_install", "security")
class TestLockoutRace(BaseCase):
    def setUp(self):
        super().setUp()
        self._forget()
        self.addCleanup(self._forget)

    def _forget(self):
        with closing(db_connect(get_db_name()).cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            key = env["gr.lockout"]._hash(LOGIN)
            cr.execute(
                "DELETE FROM gr_lockout WHERE key IN (%s, '203.0.113.0/24')", [key]
            )
            cr.commit()  # pylint: disable=invalid-commit  # the test's own cursor

    def _guess(self, outcomes, gate=None):
        with closing(db_connect(get_db_name()).cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cr.execute("SELECT 1")  # the request's view of the database begins here
            if gate:
                gate.wait(20)
            try:
                env["gr.lockout"]._begin(LOGIN, "203.0.113.7", env["res.users"])
                outcomes.append("looked at")
            except AccessDenied:
                outcomes.append("sent away")
            cr.rollback()  # what a refused request does

    def test_guesses_at_once_are_counted_one_by_one(self):
        gate, outcomes = threading.Barrier(WORKERS), []
        threads = [
            threading.Thread(target=self._guess, args=(outcomes, gate))
            for _worker in range(WORKERS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(sorted(outcomes), ["looked at"] * 5 + ["sent away"] * 7)

    def test_a_rollback_loses_nothing(self):
        outcomes = []
        for _guess in range(3):
            self._guess(outcomes)
        with closing(db_connect(get_db_name()).cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            key = env["gr.lockout"]._hash(LOGIN)
            row = env["gr.lockout"].search([("key", "=", key)])
            self.assertEqual(row.failures, 3)
