"""A site that would lose too many students is held; the others go on."""

import copy
from datetime import date

from odoo.tests import freeze_time, tagged

from .common import AS_OF, SyncCommon
from .engine import rosters


def without(tables, numbers):
    """The roster without these students and their adults."""
    gone = {f"s{n}" for n in numbers} | {f"g{n}" for n in numbers}
    tables = copy.deepcopy(tables)
    for name, key in (
        ("users", "sourcedId"),
        ("demographics", "sourcedId"),
        ("enrollments", "userSourcedId"),
    ):
        tables[name] = [row for row in tables[name] if row[key] not in gone]
    return tables


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestGrSyncHold(SyncCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tables = rosters.small_roster(per_school=20)

    def setUp(self):
        super().setUp()
        self._sync(self.tables)

    def _line(self, run, key):
        return run.site_line_ids.filtered(lambda line: line.site_key == key)

    def _shrunk(self):
        """A loses 8 of 20; in B one is renamed and one leaves."""
        tables = without(self.tables, [*range(8), 20])
        row = next(row for row in tables["users"] if row["sourcedId"] == "s21")
        row["familyName"] = "Renamed"
        return tables

    def test_one_site_is_held_and_the_other_applied(self):
        run = self._sync(self._shrunk())
        self.assertEqual(run.state, "held")
        self.assertTrue(self._line(run, "A").is_held)
        self.assertIn("8 of 20", self._line(run, "A").hold_reason)
        self.assertFalse(self._line(run, "B").is_held)
        self.assertEqual(self._student("s21").last_name, "Renamed")
        self.assertFalse(self._student("s20").active)
        self.assertTrue(all(self._student(f"s{n}").active for n in range(8)))
        self.assertIn("1 site(s) held", run.activity_ids.summary)

    def test_nothing_is_deleted(self):
        before = self.env["gr.student"].with_context(active_test=False).search_count([])
        run = self._sync(self._shrunk())
        self._line(run, "A").action_apply()
        self._apply(run)
        after = self.env["gr.student"].with_context(active_test=False).search_count([])
        self.assertEqual(before, after)

    def test_a_person_applies_the_held_site(self):
        run = self._sync(self._shrunk())
        self._line(run, "A").action_apply()
        self._apply(run)
        self.assertEqual(run.state, "done")
        self.assertFalse(self._student("s0").active)

    def test_a_person_drops_the_held_site_and_the_next_run_shows_it_again(self):
        run = self._sync(self._shrunk())
        self._line(run, "A").action_drop()
        self._apply(run)
        self.assertTrue(self._student("s0").active)
        again = self._read(self._shrunk())
        self.assertEqual(self._student_line(again, "A"), (20, 0, 0, 8, 12))
        self.assertTrue(self._line(again, "A").is_held)

    def test_few_leavers_pass(self):
        run = self._sync(without(self.tables, range(4)))
        self.assertEqual(run.state, "done")

    def test_an_emptied_site_is_always_held(self):
        run = self._read(without(self.tables, range(20)))
        self.assertTrue(self._line(run, "A").is_held)
        self.assertEqual(self._student_line(run, "A")[-1], 0)

    def test_the_share_is_a_rule_of_the_district(self):
        self.env["gr.rule"].create(
            {
                "name": "Our own share",
                "key": "sync.hold.share",
                "topic": "sync",
                "value": "50",
                "value_type": "percent",
                "authority": "Board policy 1",
                "jurisdiction": "US",
                "company_id": self.company.id,
                "valid_from": "2026-01-01",
            }
        )
        run = self._read(self._shrunk())
        self.assertFalse(self._line(run, "A").is_held)

    def test_new_students_of_a_held_site_wait_too(self):
        tables = self._shrunk()
        tables["users"] += [rosters.student(90, "A"), rosters.adult(90, "A")]
        run = self._sync(tables)
        self.assertFalse(self._student("s90"))
        self._line(run, "A").action_apply()
        self._apply(run)
        self.assertTrue(self._student("s90"))

    def test_an_end_that_lies_behind_is_a_loss(self):
        """A system that is set to the wrong year ends what it could leave out."""
        tables = copy.deepcopy(self.tables)
        for row in tables["enrollments"]:
            if row["schoolSourcedId"] == "A":
                row["endDate"] = "2026-09-01"
        run = self._sync(tables)
        self.assertEqual(run.state, "held")
        self.assertIn("20 of 20", self._line(run, "A").hold_reason)
        self.assertFalse(self._line(run, "B").is_held)
        self.assertTrue(self._student("s0").enrollment_ids.is_current)
        with freeze_time("2027-06-20"):  # by itself every year ends
            run = self._sync(self.tables, as_of=date(2027, 6, 20))
            self.assertEqual(run.state, "done")

    def _without_families(self, school=""):
        tables = copy.deepcopy(self.tables)
        rows = tables["users"]
        for row in rows:
            if row["orgSourcedIds"].startswith(school):
                row["agentSourcedIds"] = ""
        tables["users"] = [
            row
            for row in rows
            if row["role"] != "parent" or not row["orgSourcedIds"].startswith(school)
        ]
        return tables

    def test_a_school_that_stops_sharing_families_is_held(self):
        """All students come as before; who may pick them up would be gone."""
        run = self._sync(self._without_families("A"))
        self.assertEqual(run.state, "held")
        self.assertTrue(self._line(run, "A").is_held)
        self.assertFalse(self._line(run, "B").is_held)
        self.assertIn("20 of 20", self._line(run, "A").hold_reason)
        self.assertTrue(self._student("s0").guardianship_ids.pickup_allowed)

    def test_a_system_that_shares_no_families_ends_none(self):
        """It may be another way in, or a vendor's switch; it says so, and goes on."""
        tables = self._without_families()
        row = next(row for row in tables["users"] if row["sourcedId"] == "s1")
        row["familyName"] = "Renamed"
        run = self._sync(tables)
        self.assertEqual(
            (run.state, self._student("s1").last_name), ("done", "Renamed")
        )
        self.assertIn("no_families", run.problem_ids.mapped("code"))
        self.assertTrue(self._student("s0").guardianship_ids.pickup_allowed)
        self.assertTrue(self._student("s0").guardianship_ids.partner_id.active)
