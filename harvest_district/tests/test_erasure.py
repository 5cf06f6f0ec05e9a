"""Who was erased: no roster keeps the name, and none brings the child back unasked."""

from datetime import timedelta

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import AS_OF, SyncCommon
from .engine import rosters

CANARY = "Zyxwvut"


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestErasure(SyncCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tables = rosters.small_roster(per_school=5)
        cls.row = next(u for u in cls.tables["users"] if u["role"] == "student")
        cls.row.update(givenName=CANARY, familyName=f"{CANARY} Canario")

    def _erase(self, student):
        """All kinds of records are sorted as copies, the child has left."""
        day = AS_OF - timedelta(days=900)
        student.enrollment_ids.write({"date_start": day, "date_end": day})
        classes = self.env["gr.retention.class"]
        classes.search([("category", "=", "permanent")]).is_copy = True
        known = set(classes.search([]).mapped("model"))
        sources = self.env["gr.records.collector"]._get_sources(student)
        for model in sources.keys() - known:
            classes.create(
                {
                    "name": model,
                    "model": model,
                    "category": "permitted",
                    "rule_key": "retention.permitted.months",
                }
            )
        classes.search([("category", "in", ("interim", "permitted"))]).is_copy = True
        erasure = self.env["gr.erasure"].create({"student_id": student.id})
        erasure.action_plan()
        erasure.action_execute()
        return erasure

    def _count_tellers(self):
        """How many rows of the sync's tables tell the canary's name."""
        self.env.flush_all()
        [row] = self.env.execute_query(
            SQL(
                """SELECT (SELECT count(*) FROM gr_sync_change
                            WHERE payload::text ILIKE %(c)s OR undo::text ILIKE %(c)s)
                        + (SELECT count(*) FROM gr_oneroster_object
                            WHERE payload::text ILIKE %(c)s)""",
                c=f"%{CANARY}%",
            )
        )
        return row[0]

    def test_the_roster_forgets_and_does_not_bring_the_child_back(self):
        first = self._sync(self.tables)
        self.env["gr.oneroster.object"]._publish(self.company)
        student = self._student(self.row["sourcedId"])
        self.assertEqual(student.first_name, CANARY)
        self.assertGreater(self._count_tellers(), 0)
        erasure = self._erase(student)
        self.assertEqual(self._count_tellers(), 0)
        self.assertFalse(first.file or first.fetched or self.connection.sudo().baseline)

        again = self._sync(self.tables)
        self.assertFalse(self._student(self.row["sourcedId"]))
        self.assertEqual(again.state, "partial")
        told = again.change_ids.filtered(
            lambda change: (
                change.external_id == self.row["sourcedId"] and change.kind == "student"
            )
        )
        self.assertEqual(told.state, "error")
        self.assertIn(erasure.name, told.error)

        self.env["gr.external.suppression"].search([]).unlink()
        self._sync(self.tables)
        self.assertEqual(self._student(self.row["sourcedId"]).first_name, CANARY)
