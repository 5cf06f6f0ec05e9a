"""The wall in the database and the rest of the suite: routes, and the log of events."""

import threading
from contextlib import closing

from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from odoo.addons.harvest_audit import store
from odoo.addons.harvest_audit.event import Glance, Person, Sight
from odoo.addons.harvest_rls.const import OPEN_ROUTES, RUN_JOB
from odoo.addons.harvest_rls.cursor import open_districts, task
from odoo.addons.harvest_rls.policy import put_up

# Routes of ours without a user that need no rows behind the wall: path -> why.
WITHOUT_ROWS = {
    "/harvest/language": "Keeps a language in a cookie",
    "/slides/slide/quiz/submit": "A quiz of the website's own district, or the user's",
    "/web/session/logout": "The session's own user is asked",
}
PROBE = "harvest_wall_probe"


@tagged("post_install", "-at_install", "security")
class TestOpenRoutes(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        threading.current_thread().dbname = cls.env.cr.dbname  # as in a request
        cls.rules = [
            rule
            for rule in cls.env["ir.http"].routing_map().iter_rules()
            if rule.endpoint.routing["auth"] in ("public", "none")
        ]

    def test_every_entry_is_a_route(self):
        for prefix in (*OPEN_ROUTES, RUN_JOB, *WITHOUT_ROWS):
            with self.subTest(prefix=prefix):
                self.assertTrue([r for r in self.rules if r.rule.startswith(prefix)])

    def test_every_route_of_ours_without_a_user_is_decided(self):
        undecided = [
            rule.rule
            for rule in self.rules
            if rule.endpoint.func.__module__.startswith("odoo.addons.harvest_")
            and not rule.rule.startswith((*OPEN_ROUTES, *WITHOUT_ROWS))
        ]
        self.assertFalse(undecided, "add each to OPEN_ROUTES, or to WITHOUT_ROWS")


@tagged("post_install", "-at_install", "security")
class TestEventsBehindTheWall(TransactionCase):
    """The log writes on connections of its own, which see committed rows only.

    So the walled table is one of this test, committed and dropped again.
    """

    def setUp(self):
        super().setUp()
        self.dbname = self.env.cr.dbname
        self.addCleanup(self._run, f"DROP TABLE IF EXISTS {PROBE}")
        self._run(
            f"CREATE TABLE {PROBE} (id int, student_id int, company_id int)",
            f"INSERT INTO {PROBE} VALUES (1, 11, 7), (2, 12, 8)",
            *put_up(PROBE, "company_id"),
        )

    def _run(self, *statements):
        with closing(db_connect(self.dbname).cursor()) as cr:
            for statement in statements:
                cr.execute(statement)
            cr.commit()

    def test_an_event_has_its_district_and_its_students(self):
        people = {n: Person(None, None, (PROBE, "id", n)) for n in (1, 2)}
        sights = {
            Glance("read", "gr.probe", 2, None): [Sight((1, 2), frozenset(), people)]
        }
        for connection in (store.quick_connection, store.connection):
            with (
                self.subTest(connection=connection.__name__),
                task(),
                closing(db_connect(self.dbname).cursor()) as request,
            ):
                open_districts(request, [7])
                with connection(self.dbname) as cr:
                    found = store.look_up(cr, sights)
                self.assertEqual(found, {(PROBE, "id", 1): Person(11, 7)})
