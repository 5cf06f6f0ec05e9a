import os
from collections import deque
from unittest.mock import patch

import psycopg2

from odoo.service.server import CommonServer
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name

from .. import kept
from ..const import CONNECTIONS_KEPT

ASK = "SELECT pg_backend_pid()"


@tagged("post_install", "-at_install")
class TestKeptConnections(BaseCase):
    def setUp(self):
        super().setUp()
        self.idle = deque()
        self.enterContext(patch.object(kept, "_idle", self.idle))
        self.addCleanup(self._close)

    def _close(self):
        for _process, _dbname, connection in self.idle:
            connection.close()

    def _execute(self, statement=ASK):
        kept.execute(get_db_name(), statement, [])
        return self.idle[-1][2]

    def test_the_same_connection_serves_again(self):
        self.assertIs(self._execute(), self._execute())
        self.assertEqual(len(self.idle), 1)

    def test_it_holds_no_transaction_and_no_snapshot(self):
        status = self._execute().get_transaction_status()
        self.assertEqual(status, psycopg2.extensions.TRANSACTION_STATUS_IDLE)

    def test_a_connection_that_was_cut_is_replaced(self):
        first = self._execute()
        killer = kept._connect(get_db_name())
        self.addCleanup(killer.close)
        with killer.cursor() as cr:
            cr.execute(
                "SELECT pg_terminate_backend(%s, 2000)", [first.info.backend_pid]
            )
        second = self._execute()
        self.assertTrue(first.closed)
        self.assertFalse(second.closed)

    def test_a_refused_statement_is_an_error_and_not_repeated(self):
        first = self._execute()
        with self.assertRaises(psycopg2.errors.UndefinedFunction):
            self._execute("SELECT no_such_function()")
        self.assertIs(self._execute(), first)

    def test_no_server_is_an_error(self):
        with (
            patch.object(kept, "_connect", side_effect=psycopg2.OperationalError),
            self.assertRaises(psycopg2.OperationalError),
        ):
            self._execute()

    def test_a_forked_process_leaves_its_parents_alone(self):
        first = self._execute()
        with patch.object(os, "getpid", return_value=-1):
            second = self._execute()
            for number in range(CONNECTIONS_KEPT):
                kept._give_back(f"other {number}", kept._connect(get_db_name()))
        self.assertIsNot(first, second)
        self.assertFalse(first.closed)
        first.close()

    def test_a_process_keeps_a_few(self):
        made = [kept._connect(get_db_name()) for _ in range(CONNECTIONS_KEPT + 1)]
        for number, connection in enumerate(made):
            kept._give_back(f"database {number}", connection)
        self.assertEqual(
            [connection.closed for connection in made], [1] + [0] * CONNECTIONS_KEPT
        )

    def test_a_server_that_stops_leaves_no_connection(self):
        own = self._execute()
        with patch.object(os, "getpid", return_value=-1):
            parents = self._execute()
        self.assertIn(kept.close_idle, CommonServer._on_stop_funcs)
        kept.close_idle()
        self.assertTrue(own.closed)
        self.assertFalse(parents.closed)
        self.assertFalse(self.idle)
        parents.close()
