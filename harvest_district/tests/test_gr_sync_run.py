"""Read, preview, apply: what a district sees, and what is left in the database."""

import base64
import copy
from datetime import date
from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import AS_OF, SyncCommon
from .engine import rosters


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestGrSyncRun(SyncCommon):
    def test_preview_says_what_changes_and_changes_nothing(self):
        run = self._read(rosters.small_roster())
        self.assertEqual(run.state, "review")
        self.assertEqual(self._student_line(run, "A"), (0, 6, 0, 0, 6))
        self.assertFalse(self._student("s1"))
        self.assertFalse(
            self.env["gr.site"].search([("company_id", "=", self.company.id)])
        )

    def test_first_load(self):
        run = self._sync(rosters.small_roster())
        self.assertEqual((run.state, run.error_count), ("done", 0))
        self.assertEqual(run.done_count, run.change_count)
        student = self._student("s1")
        self.assertRecordValues(
            student,
            [
                {
                    "name": "Niña1 García López",
                    "local_id": "00701",
                    "ssid": "9900000001",
                    "grade": "03",
                    "site_id": self._site("A").id,
                    "birthdate": date(2018, 1, 2),
                    "gender": "female",
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertTrue(student.demographics_ids.hispanic)
        self.assertEqual(student.enrollment_ids.date_end, date(2027, 6, 10))
        self.assertRecordValues(
            student.guardianship_ids,
            [{"relation": "parent", "may_pickup": True, "educational_rights": True}],
        )
        group = student.group_member_ids.group_id
        self.assertEqual((group.kind, group.parent_id.kind), ("homeroom", "course"))
        self.assertEqual(group.student_count, 6)
        self.assertEqual(self._site("A").role_ids.mapped("role"), ["teacher"])
        self.assertFalse(student.partner_id)

    def test_a_failure_after_a_run_takes_nothing_back(self):
        published = type(self.env["gr.oneroster.object"])
        with (
            patch.object(published, "_publish", side_effect=ValueError("Ana")),
            self.assertLogs("odoo.addons.harvest_district", "ERROR") as log,
        ):
            run = self._sync(rosters.small_roster())
        self.assertEqual((run.state, run.proof_percent), ("done", 100))
        self.assertTrue(self._student("s1"))
        self.assertNotIn("Ana", str(log.output))

    def test_the_same_file_again_changes_nothing(self):
        self._sync(rosters.small_roster())
        before = self.env["gr.external.ref"].search_count([])
        run = self._read(rosters.small_roster())
        self.assertEqual((run.state, run.change_count), ("done", 0))
        self.assertGreater(run.count_unchanged, 40)
        self.assertEqual(self.env["gr.external.ref"].search_count([]), before)

    def test_1_2_reads_as_1_1(self):
        self._sync(rosters.small_roster())
        run = self._read(rosters.to_12(rosters.small_roster()))
        changed = set(run.change_ids.filtered(lambda c: c.action != "update"))
        self.assertFalse(changed)

    def test_no_secret_and_no_birthplace_is_stored(self):
        run = self._sync(rosters.small_roster())
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT count(*) FROM gr_sync_change WHERE payload::text ~ %s",
            [f"{rosters.SECRET}|{rosters.BIRTHPLACE}"],
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)
        self.assertNotIn(
            rosters.SECRET,
            str(run.problem_ids.mapped("message") + run.problem_ids.mapped("params")),
        )

    def test_a_changed_name_is_shown_and_applied(self):
        tables = rosters.small_roster()
        self._sync(tables)
        tables = copy.deepcopy(tables)
        row = next(row for row in tables["users"] if row["sourcedId"] == "s2")
        row["familyName"] = "Nueva"
        run = self._read(tables)
        self.assertEqual(run.change_count, 1)
        self.assertEqual(run.change_ids.name, "Niña2 Nueva")
        self.assertEqual(run.change_ids.details, "Last Name: García López → Nueva")
        self._apply(run)
        self.assertEqual(self._student("s2").last_name, "Nueva")

    def test_what_people_added_survives(self):
        tables = rosters.small_roster()
        self._sync(tables)
        student = self._student("s1")
        adult = student.guardianship_ids
        adult.write({"may_pickup": False, "court_limit": "no_pickup"})
        adult.partner_id.phone = "+1 760 555 0100"
        student.home_language_id = self.env.ref("harvest_base.gr_language_es")
        tables = copy.deepcopy(tables)
        for row in tables["users"]:
            row["givenName"] += " X"
        run = self._sync(tables)
        self.assertEqual(run.error_count, 0)
        self.assertEqual(student.first_name, "Niña1 X")
        self.assertEqual(student.home_language_id.code, "es")
        self.assertRecordValues(
            adult, [{"may_pickup": False, "court_limit": "no_pickup"}]
        )
        self.assertEqual(adult.phone, "+1 760 555 0100")

    def test_a_leaver_ends_and_returns_with_the_history(self):
        tables = rosters.small_roster()
        self._sync(tables)
        student = self._student("s1")
        line = student.enrollment_ids
        without = copy.deepcopy(tables)
        for name, key in (
            ("users", "sourcedId"),
            ("demographics", "sourcedId"),
            ("enrollments", "userSourcedId"),
        ):
            without[name] = [
                row for row in without[name] if row[key] not in ("s1", "g1")
            ]
        with freeze_time("2026-10-01"):
            run = self._sync(without, as_of=date(2026, 10, 1))
            self.assertEqual(self._student_line(run, "A"), (6, 0, 0, 1, 5))
            self.assertFalse(student.active)
            self.assertRecordValues(
                line,
                [{"date_end": date(2026, 9, 30), "exit_reason": "absent"}],
            )
            self.assertFalse(student.site_id)
            self.assertTrue(student.exists())
        with freeze_time("2026-11-02"):
            run = self._sync(tables, as_of=date(2026, 11, 2))
            self.assertEqual((run.state, run.error_count), ("done", 0))
            self.assertTrue(student.active)
            self.assertEqual(student.enrollment_ids, line)
            self.assertEqual(line.date_end, date(2027, 6, 10))
            self.assertEqual(
                set(line.version_ids.mapped("date_end")),
                {date(2026, 9, 30), date(2027, 6, 10)},
            )

    def test_a_school_change_moves_the_student(self):
        tables = rosters.small_roster()
        self._sync(tables)
        student = self._student("s1")
        moved = copy.deepcopy(tables)
        for row in moved["users"]:
            if row["sourcedId"] in ("s1", "g1"):
                row["orgSourcedIds"] = "B"
        for row in moved["enrollments"]:
            if row["userSourcedId"] == "s1":
                row.update(classSourcedId="KB", schoolSourcedId="B")
        run = self._sync(moved)
        self.assertEqual(run.error_count, 0)
        self.assertEqual(student.site_id, self._site("B"))
        self.assertEqual(self._student_line(run, "A"), (6, 0, 0, 1, 5))
        self.assertEqual(self._student_line(run, "B"), (6, 1, 0, 0, 7))

    def test_hazard_leading_zeros_stay(self):
        self._sync(rosters.small_roster())
        self.assertEqual(self._student("s1").local_id, "00701")

    def test_one_bad_record_does_not_lose_the_others(self):
        """A row that the database refuses is set aside with its reason."""
        run = self._read(rosters.small_roster())
        bad = run.change_ids.filtered(
            lambda c: (c.kind, c.external_id) == ("student", "s3")
        )
        bad.payload = {**bad.payload, "given_name": "", "family_name": ""}
        with mute_logger("odoo.sql_db"):
            self._apply(run)
        self.assertEqual(bad.state, "error")
        self.assertIn("first or a last name", bad.error)
        self.assertTrue(self._student("s2"))
        waiting = run.change_ids.filtered(lambda c: c.state == "held")
        self.assertEqual(
            set(waiting.mapped("kind")),
            {"demographics", "guardianship", "school_enrollment", "membership"},
        )
        self.assertIn("s3", waiting[0].error)

    def test_a_delta_touches_only_what_it_names(self):
        tables = rosters.small_roster()
        self._sync(tables)
        gone = {
            **rosters.student(1, "A"),
            "status": "tobedeleted",
            "dateLastModified": "2026-09-15T00:00:00.000Z",
        }
        renamed = {
            **rosters.student(2, "A", familyName="Delta"),
            "status": "active",
            "dateLastModified": "2026-09-15T00:00:00.000Z",
        }
        run = self._sync(
            {"users": [gone, renamed]}, modes={"users": "delta"}, version="1.1"
        )
        self.assertEqual((run.state, run.error_count), ("done", 0))
        self.assertFalse(self._student("s1").active)
        self.assertEqual(self._student("s2").last_name, "Delta")
        self.assertTrue(self._student("s3").active)

    def test_stopped_and_started_again(self):
        """What was applied is not applied again; the rest follows."""
        run = self._read(rosters.small_roster())
        run.state = "applying"
        run._apply_some(1)
        first = run.done_count
        self.assertTrue(0 < first < run.change_count)
        again = self.env["gr.sync.run"].browse(run.id)
        while again._apply_some(1000):
            pass
        self.assertEqual((again.done_count, again.error_count), (run.change_count, 0))
        self.assertEqual(
            self.env["gr.student"].search_count([("company_id", "=", self.company.id)]),
            12,
        )

    def test_reading_again_after_a_crash_starts_over(self):
        run = self._read(rosters.small_roster())
        run.state = "reading"
        count = len(run.change_ids)
        run.file = base64.b64encode(self._zip(rosters.small_roster()))
        run._job_read()
        self.assertEqual((run.state, len(run.change_ids)), ("review", count))

    def test_a_newer_run_supersedes_an_older_preview(self):
        older = self._read(rosters.small_roster())
        newer = self._read(rosters.small_roster())
        self.assertEqual((older.state, newer.state), ("dropped", "review"))
        self.assertEqual(set(older.change_ids.mapped("state")), {"dropped"})

    def test_an_existing_site_with_the_number_is_that_school(self):
        tables = rosters.small_roster()
        tables["orgs"][1]["identifier"] = "777"
        site = self._make_site(self.company, "Our name for it", code="777")
        self._sync(tables)
        self.assertEqual(self._site("A"), site)

    def test_two_systems_do_not_mix(self):
        self._sync(rosters.small_roster())
        other = self.env["gr.sync.connection"].create(
            {"name": "Other SIS", "company_id": self.foreign_district.id}
        )
        run = self._read(rosters.small_roster(), connection=other)
        self.assertEqual(self._student_line(run, "A"), (0, 6, 0, 0, 6))
        self._apply(run)
        self.assertEqual(
            len(self.env["gr.student"].search([("local_id", "=", "00701")])), 2
        )

    def test_preview_costs_the_same_for_more_rows(self):
        run = self._read(rosters.small_roster(per_school=30))
        spec = {"kind": {}, "action": {}, "name": {}, "details": {}, "state": {}}
        domain = [("run_id", "=", run.id), ("kind", "=", "student")]
        Change = self.env["gr.sync.change"].with_user(self._operator())
        Change.web_search_read(domain, spec, limit=2)
        counts = []
        for limit in (2, 40):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            Change.web_search_read(domain, spec, limit=limit)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[0], counts[1])

    def _operator(self):
        return self._make_user("B", district=self.company, gr_scope="district")
