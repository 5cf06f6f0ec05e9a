"""What a critic broke: stale files, second connections, forged stages."""

import copy
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import AS_OF, SyncCommon
from .engine import rosters
from .test_gr_sync_hold import without


@tagged("post_install", "-at_install", "security")
@freeze_time(AS_OF)
class TestGrSyncGuard(SyncCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tables = rosters.small_roster()
        cls.operator = cls._make_user("B", district=cls.company, gr_scope="district")

    def _line(self, run, key):
        return run.site_line_ids.filtered(lambda line: line.site_key == key)

    def test_an_older_file_is_refused(self):
        self._sync(self.tables)
        run = self._read(self.tables, as_of=date(2026, 9, 1))
        self.assertEqual(run.state, "refused")
        self.assertIn("2026-09-15", run.error)

    def test_a_second_connection_for_the_same_students_is_refused(self):
        self._sync(self.tables)
        other = self.env["gr.sync.connection"].create(
            {"name": "Typo", "company_id": self.company.id}
        )
        run = self._read(self.tables, connection=other)
        self.assertEqual(run.state, "refused")
        self.assertIn("Test SIS", run.error)

    def test_the_key_of_a_used_connection_stays(self):
        self._sync(self.tables)
        for values in ({"tenant": "zz"}, {"company_id": self.foreign_district.id}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.connection.write(values)

    def test_nobody_alters_what_was_staged_or_decided(self):
        run = self._read(self.tables).with_user(self.operator)
        change = run.change_ids[:1]
        with self.assertRaises(AccessError):
            change.write({"state": "applied"})
        with self.assertRaises(AccessError):
            change.read(["payload"])
        with self.assertRaises(AccessError):
            run.write({"state": "done"})
        with self.assertRaises(AccessError):
            run.site_line_ids.write({"is_held": False})
        with self.assertRaises(AccessError):
            run.read(["file"])
        self.assertTrue(change.name)

    def test_demographics_are_not_described(self):
        self._sync(self.tables)
        changed = copy.deepcopy(self.tables)
        changed["demographics"][0]["white"] = "true"
        run = self._read(changed).with_user(self.operator)
        self.assertEqual(run.change_ids.mapped("kind"), ["demographics"])
        self.assertFalse(run.change_ids.details)

    def test_a_dropped_file_is_no_base_for_a_delta(self):
        self._sync(self.tables)
        dropped = self._read(without(self.tables, [1, 2]))
        dropped.action_drop()
        renamed = {
            **rosters.student(3, "A", familyName="Delta"),
            "status": "active",
            "dateLastModified": "2026-09-15T00:00:00.000Z",
        }
        run = self._read({"users": [renamed]}, modes={"users": "delta"}, version="1.1")
        self.assertEqual((run.count_archive, run.count_update), (0, 1))

    def test_a_child_moving_to_a_held_school_is_never_at_none(self):
        tables = rosters.small_roster(per_school=20)
        self._sync(tables)
        moved = without(tables, range(20, 32))  # B loses 12 of 20
        for row in moved["users"]:
            if row["sourcedId"] in ("s1", "g1"):
                row["orgSourcedIds"] = "B"
        for row in moved["enrollments"]:
            if row["userSourcedId"] == "s1":
                row.update(classSourcedId="KB", schoolSourcedId="B")
        run = self._sync(moved)
        self.assertTrue(self._line(run, "B").is_held)
        self.assertEqual(self._student("s1").site_id, self._site("A"))
        self._line(run, "B").action_apply()
        self._apply(run)
        self.assertEqual(self._student("s1").site_id, self._site("B"))
        self.assertEqual(run.error_count, 0)

    def test_who_can_log_in_keeps_the_e_mail(self):
        self._sync(self.tables)
        adult = self._student("s1").guardianship_ids.partner_id
        self._make_portal_user(adult, self.company)
        before = adult.email
        changed = copy.deepcopy(self.tables)
        for row in changed["users"]:
            if row["sourcedId"] == "g1":
                row["email"] = "evil@example.org"
        self._sync(changed)
        self.assertEqual(adult.email, before)

    def test_what_a_person_ended_does_not_come_back(self):
        self._sync(self.tables)
        by_person = self._student("s1").guardianship_ids
        by_source = self._student("s2").guardianship_ids
        by_person.active = False
        cut = copy.deepcopy(self.tables)
        for row in cut["users"]:
            if row["sourcedId"] in ("s1", "s2"):
                row["agentSourcedIds"] = ""
        self._sync(cut)
        self.assertFalse(by_source.active)
        self._sync(self.tables)
        self.assertEqual((by_person + by_source).mapped("active"), [False, True])

    def test_a_merged_site_stays_merged(self):
        self._sync(self.tables)
        site_a, site_b = self._site("A"), self._site("B")
        student = self._student("s7")  # of B
        self.env["gr.site.merge"].create(
            {"source_ids": site_b.ids, "target_id": site_a.id, "date": AS_OF}
        ).action_apply()
        self.assertEqual(student.site_id, site_a)
        changed = copy.deepcopy(self.tables)
        changed["users"] += [rosters.student(90, "B"), rosters.adult(90, "B")]
        for row in changed["users"]:
            if row["sourcedId"] == "s7":
                row["grades"] = "04"
        run = self._sync(changed)
        self.assertEqual(run.error_count, 0)
        self.assertEqual(self._student("s90").site_id, site_a)
        self.assertEqual((student.site_id, student.grade), (site_a, "04"))
        current = student.enrollment_ids.filtered("is_current")
        self.assertEqual(current.site_id, site_a)

    def test_finished_runs_forget_children_s_data(self):
        run = self._sync(self.tables)
        run.file = b"eA=="
        with freeze_time("2027-02-01"):
            self.env["gr.sync.run"]._gc_payloads()
        self.assertFalse(run.file)
        self.assertFalse(any(run.change_ids.mapped("payload")))
        self.assertEqual(run.done_count, run.change_count)
