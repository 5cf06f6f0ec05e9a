"""The wall holds where record rules do not: sudo, raw SQL, a wrong insert."""

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, TRANSACTION_STATUS_IDLE

from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..cursor import open_districts, task
from ..models.gr_rls import PARAMETER
from ..policy import take_down
from .common import WallKit


@tagged("post_install", "-at_install", "security")
class TestWall(WallKit, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_places()
        cls._put_up()

    def setUp(self):
        super().setUp()
        self.addCleanup(self._close)
        self._open(self.district)

    def test_raw_sql_sees_the_own_district_only(self):
        self.assertEqual(self._count(self.district), 2)
        self.assertEqual(self._count(self.foreign_district), 0)
        self._open(self.district, self.foreign_district)
        self.assertEqual(self._count(self.district, self.foreign_district), 3)

    def test_sudo_sees_the_own_district_only(self):
        found = self.env["gr.student"].sudo().search([])
        self.assertEqual(found.company_id, self.district)
        foreign = self.foreign.student.sudo()
        self.assertFalse(foreign.exists())

    def test_nothing_is_open_unless_somebody_opened_it(self):
        self._close()
        self.assertEqual(self._count(self.district, self.foreign_district), 0)
        open_districts(self.env.cr, [])
        self.assertEqual(self._count(self.district, self.foreign_district), 0)

    def test_rows_of_nobody_are_everybodys(self):
        self.env.cr.execute("SELECT count(*) FROM gr_rule WHERE company_id IS NULL")
        self.assertTrue(self.env.cr.fetchone()[0])

    @mute_logger("odoo.sql_db")
    def test_nothing_is_put_into_a_foreign_district(self):
        for statement in (
            """INSERT INTO gr_site (name, company_id, kind, tz, active)
               VALUES ('X', %(foreign)s, 'school', 'UTC', true)""",
            "UPDATE gr_site SET company_id = %(foreign)s WHERE id = %(site)s",
        ):
            ids = {"foreign": self.foreign_district.id, "site": self.site.id}
            with (
                self.subTest(statement=statement),
                self.assertRaises(psycopg2.errors.InsufficientPrivilege),
                self.env.cr.savepoint(flush=False),
            ):
                self.env.cr.execute(statement, ids)

    def test_a_change_of_foreign_rows_touches_none(self):
        self.env.cr.execute(
            "UPDATE gr_site SET name = 'X' WHERE company_id = %s",
            [self.foreign_district.id],
        )
        self.assertEqual(self.env.cr.rowcount, 0)

    @mute_logger("odoo.sql_db")
    def test_constraints_look_over_the_wall(self):
        """What PostgreSQL documents: a foreign key and a unique index see all rows.

        So the number of a foreign record can be found out to exist, by who may run SQL
        or insert. The ORM refuses such links by the company check.
        """
        values = {"student": self.foreign.student.id, "district": self.district.id}
        self.env.cr.execute(
            "INSERT INTO gr_student_demographics (student_id, company_id)"
            " VALUES (%(student)s, %(district)s)",
            values,
        )
        with (
            self.assertRaises(psycopg2.errors.ForeignKeyViolation),
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(
                "INSERT INTO gr_student_demographics (student_id, company_id)"
                " VALUES (2000000000, %(district)s)",
                values,
            )

    def test_every_table_of_a_district_is_behind_it(self):
        tables = self.env["gr.rls"]._get_tables()
        self.assertIn("gr_student", tables)
        self.assertIn("gr_program_enrollment", tables)
        self.assertNotIn("res_partner", tables)
        self.assertFalse(self.env["gr.rls"]._get_drift())

    def test_a_table_without_a_wall_is_reported_and_mended(self):
        for statement in take_down("gr_site"):
            self.env.cr.execute(statement)
        self.assertEqual(self.env["gr.rls"]._get_drift(), {"gr_site": "no wall"})
        self.env["gr.rls"]._register_hook()
        self.assertFalse(self.env["gr.rls"]._get_drift())

    def test_it_is_switched_off_without_a_trace(self):
        self._close()
        self.env["ir.config_parameter"].set_param(PARAMETER, "False")
        self.assertEqual(self._count(self.district, self.foreign_district), 3)
        self.assertFalse(self.env["gr.rls"]._get_guarded())

    def test_work_of_the_system_opens_all(self):
        self.env["gr.rls"]._open_all("a test")
        self.assertEqual(self._count(self.district, self.foreign_district), 3)

    def test_the_index_is_used(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("EXPLAIN SELECT id FROM gr_student")
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertRegex(plan, r"Index Cond: \(company_id = ANY")


@tagged("post_install", "-at_install", "security")
class TestOpenDistricts(TransactionCase):
    """How long an opening lasts; on cursors of their own, that write nothing."""

    def _now(self, cr):
        cr.execute("SELECT current_setting('harvest.districts', true)")
        return cr.fetchone()[0] or ""

    def test_it_lasts_over_commits_and_rollbacks_and_ends_with_the_cursor(self):
        with task(), self.registry._db.cursor() as cr:
            open_districts(cr, [7, 3])
            self.assertEqual(self._now(cr), "3,7")
            cr.commit()  # pylint: disable=invalid-commit  # the test's own cursor
            self.assertEqual(self._now(cr), "3,7")
            cr.rollback()
            self.assertEqual(self._now(cr), "3,7")
            number = cr.connection.get_backend_pid()
        with self.registry._db.cursor() as cr:
            self.assertEqual(cr.connection.get_backend_pid(), number)  # same, reset
            self.assertEqual(self._now(cr), "")

    def test_cursors_of_the_same_task_inherit_it(self):
        with task(), self.registry._db.cursor() as cr:
            open_districts(cr, [7])
            with db_connect(cr.dbname).cursor() as other:
                self.assertEqual(self._now(other), "7")

    def test_it_lasts_where_each_statement_is_a_transaction(self):
        """As the log of events writes."""
        with task(), self.registry._db.cursor() as cr:
            open_districts(cr, [7])
            with db_connect(cr.dbname).cursor() as other:
                other.connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
                self.assertEqual(self._now(other), "7")

    def test_it_begins_no_transaction(self):
        """Who opened a cursor or ended a transaction may choose the next isolation."""
        with task(), self.registry._db.cursor() as cr:
            open_districts(cr, [7])
            for end in (cr.commit, cr.rollback):
                end()
                cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            with db_connect(cr.dbname).cursor() as other:
                status = other.connection.get_transaction_status()
                self.assertEqual(status, TRANSACTION_STATUS_IDLE)
