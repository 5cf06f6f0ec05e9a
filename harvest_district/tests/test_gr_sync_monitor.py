"""The monitoring page's figures: true, for those who may see them, at a fixed cost."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import AS_OF, SyncCommon
from .engine import rosters


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestGrSyncMonitor(SyncCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls._make_user("B", district=cls.company, gr_scope="district")

    def _figures(self, user=None):
        monitor = self.env["gr.sync.monitor"].with_user(user or self.operator)
        monitor = monitor.with_company(self.company)
        return monitor.with_context(allowed_company_ids=self.company.ids).get_figures()

    def test_before_the_first_run(self):
        [line] = self._figures()["systems"]
        self.assertEqual(line["name"], "Test SIS")
        self.assertFalse(line["state"])
        self.assertIs(line["lag_hours"], False)
        self.assertIs(line["proof"], False)
        self.assertEqual(line["trend"], [])

    def test_after_a_run_both_sides_agree(self):
        self._sync(rosters.small_roster())
        figures = self._figures()
        [line] = figures["systems"]
        self.assertEqual((line["state"], line["proof"]), ("done", 100))
        self.assertEqual(line["lag_hours"], 0)
        [point] = line["trend"]
        self.assertGreater(point["changes"], 50)
        self.assertEqual((point["proof"], point["held"]), (100, 0))
        self.assertEqual(figures["totals"]["attention"], 0)

    def test_a_held_site_and_a_late_system_stand_out(self):
        tables = rosters.small_roster(per_school=20)
        self._sync(tables)
        few = rosters.small_roster(per_school=20)
        gone = {f"s{number}" for number in range(10)}
        few["users"] = [u for u in few["users"] if u["sourcedId"] not in gone]
        for name in ("enrollments", "demographics"):
            few[name] = [
                row
                for row in few[name]
                if not gone & {row["sourcedId"], row.get("userSourcedId")}
            ]
        self._sync(few)
        self.connection.last_success = datetime.now() - timedelta(hours=60)
        figures = self._figures()
        [line] = figures["systems"]
        self.assertEqual((line["held"], line["alert"]), (1, "held"))
        self.assertLess(line["proof"], 100)
        self.assertTrue(line["is_late"])
        self.assertEqual(figures["totals"]["attention"], 1)

    def test_another_district_and_other_roles_see_nothing(self):
        self._sync(rosters.small_roster())
        foreign = self._make_user(
            "B", district=self.foreign_district, gr_scope="district"
        )
        monitor = self.env["gr.sync.monitor"].with_user(foreign)
        names = [line["name"] for line in monitor.get_figures()["systems"]]
        self.assertNotIn("Test SIS", names)
        for role in ("D", "F"):
            user = self._make_user(role, district=self.company)
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.env["gr.sync.monitor"].with_user(user).get_figures()
