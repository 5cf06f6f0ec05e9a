"""Roll back a run: what it made goes, what it changed returns, the rest stays."""

import copy
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from ..sis import kinds
from ..sis.adapters import ADAPTERS
from ..writers import WRITERS, get_writer
from .common import AS_OF, SyncCommon
from .engine import rosters
from .test_gr_sync_connection import Scripted
from .test_gr_sync_hold import without


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestGrSyncUndo(SyncCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls._make_user("B", district=cls.company, gr_scope="district")
        cls.tables = rosters.small_roster(per_school=20)

    def setUp(self):
        super().setUp()
        self.first = self._sync(self.tables)

    def _changed(self, **names):
        """The roster with other family names, by student's id."""
        tables = copy.deepcopy(self.tables)
        for row in tables["users"]:
            if row["sourcedId"] in names:
                row["familyName"] = names[row["sourcedId"]]
        return tables

    def _undo(self, run, limit=1000):
        run._start_undo("The export was wrong")
        while run._undo_some(limit):
            pass
        return run

    def _change(self, run, kind, external_id):
        return run.change_ids.filtered(
            lambda change: (change.kind, change.external_id) == (kind, external_id)
        )

    def _preview(self, run):
        """What a preview says; what was rolled back comes as back again, not new."""
        return {
            (
                change.kind,
                change.external_id,
                "create" if change.action == "restore" else change.action,
                change.payload_hash,
            )
            for change in run.change_ids
        }

    # WHAT A PERSON SEES

    def test_a_person_sees_the_figures_and_gives_a_reason(self):
        tables = without(self._changed(s1="Nueva"), [3])
        tables["users"] += [rosters.student(90, "B"), rosters.adult(90, "B")]
        run = self._sync(tables).with_user(self.operator)
        self.assertTrue(run.can_undo)
        action = run.action_undo()
        wizard = Form(
            self.env["gr.sync.undo"]
            .with_user(self.operator)
            .with_context(**action["context"])
        )
        wizard.reason = "Last year's export"
        lines = [
            (line.name, line.student_going, line.student_back, line.student_changed)
            for line in wizard.save().line_ids
        ]
        self.assertEqual(lines, [("A School", 0, 1, 1), ("B School", 1, 0, 0)])
        wizard.record.action_undo()
        self.assertEqual(run.state, "undoing")
        run.sudo()._job_undo()
        self.assertEqual(run.state, "undone")
        self.assertEqual(run.undone_by_id, self.operator)
        self.assertEqual(run.undone_count, run.done_count)
        self.assertIn("Last year's export", run.message_ids[0].preview)
        self.assertEqual(run.stage_ids.filtered(lambda s: s.stage == "undo").count, 11)
        self.assertEqual(self._student("s1").last_name, "García López")
        self.assertTrue(self._student("s3").active)
        self.assertFalse(self._student("s90").active)

    def test_the_system_is_paused_and_reads_the_same_again(self):
        tables = without(self._changed(s1="Nueva"), [3])
        tables["users"] += [rosters.student(90, "B"), rosters.adult(90, "B")]
        run = self._sync(tables)
        before = self._preview(run)
        self._undo(run)
        self.assertTrue(self.connection.is_paused)
        self.assertIn("The export was wrong", self.connection.pause_reason)
        self.assertEqual(self._preview(self._read(tables)), before)

    def test_nothing_is_deleted_and_the_history_shows_both(self):
        line = self._student("s1").enrollment_ids
        with freeze_time("2026-10-01"):
            run = self._sync(without(self.tables, [1]), as_of=date(2026, 10, 1))
            self.assertEqual(line.date_end, date(2026, 9, 30))
            self._undo(run)
        self.assertEqual(line.date_end, date(2027, 6, 10))
        self.assertFalse(line.exit_reason)
        self.assertEqual(
            set(line.version_ids.mapped("date_end")),
            {date(2027, 6, 10), date(2026, 9, 30)},
        )
        self._undo(self.first)
        everyone = self.env["gr.student"].with_context(active_test=False)
        mine = [("company_id", "=", self.company.id)]
        self.assertEqual(everyone.search_count(mine), 40)
        self.assertEqual(self.env["gr.student"].search_count(mine), 0)

    def test_the_proof_is_of_the_roster_before(self):
        run = self._sync(self._changed(s1="Nueva"))
        proof = run.proof_id
        self._undo(run)
        self.assertNotEqual(self.connection.proof_id, proof)
        self.assertEqual(self.connection.proof_percent, 100)
        self._undo(self.first)
        self.assertFalse(self.connection.proof_id)

    # WHAT PEOPLE DID STAYS

    def test_a_court_limit_is_not_lifted_with_a_run(self):
        """Whatever was wrong with the run: a person opens the door to an adult."""
        tables = self._changed(s2="Other")
        ids = {"sourcedId": "f1", "studentSourcedId": "s1", "agentSourcedId": "g1"}
        tables["guardianFlags"] = [ids | {"courtRestricted": "true"}]
        run = self._sync(tables)
        link = self._student("s1").guardianship_ids
        self._undo(run)
        self.assertEqual((link.court_limit, link.pickup_allowed), ("no_pickup", False))
        self.assertEqual(self._change(run, "guardianship", "s1|g1").state, "kept")
        self.assertEqual(self._student("s2").last_name, "García López")

    def test_what_a_person_changed_is_kept_and_listed(self):
        run = self._sync(self._changed(s1="Nueva", s2="Nueva"))
        self._student("s1").last_name = "By Hand"
        self._undo(run)
        self.assertEqual(self._student("s1").last_name, "By Hand")
        self.assertEqual(self._student("s2").last_name, "García López")
        self.assertEqual((run.undone_count, run.kept_count), (1, 1))
        kept = self._change(run, "student", "s1")
        self.assertEqual(kept.state, "kept")
        self.assertIn("Last Name", kept.error)
        self.assertNotIn("By Hand", kept.error)

    def test_who_can_log_in_stays_and_keeps_the_e_mail(self):
        adult = self._student("s1").guardianship_ids.partner_id
        tables = copy.deepcopy(self.tables)
        for row in tables["users"]:
            if row["sourcedId"] == "g1":
                row["email"] = "new@example.com"
        run = self._sync(tables)
        self._make_portal_user(adult, self.company)
        adult.email = "new@example.com"
        self._undo(run)
        self.assertEqual(adult.email, "new@example.com")
        self.assertEqual(run.kept_count, 1)
        self._undo(self.first)
        self.assertTrue(adult.active)
        self.assertEqual(self._change(self.first, "adult", "g1").state, "kept")
        self.assertFalse(self._student("s1").guardianship_ids)

    def test_a_court_limit_of_a_person_stays_to_be_seen(self):
        link = self._student("s1").guardianship_ids
        link.court_limit = "no_contact"
        self._undo(self.first)
        self.assertTrue(link.active)
        self.assertEqual(self.first.kept_count, 2)  # the link, and the adult of it

    def test_what_a_person_made_is_given_back_as_it_was(self):
        tables = copy.deepcopy(self.tables)
        tables["orgs"].append(
            {"sourcedId": "E", "name": "E School", "type": "school"}
            | {"parentSourcedId": "D", "identifier": "777"}
        )
        site = self._make_site(self.company, "Our name for it", code="777")
        run = self._sync(tables)
        self.assertEqual(site.name, "E School")
        self._undo(run)
        self.assertEqual((site.name, site.active), ("Our name for it", True))

    def test_birth_date_and_flags_of_a_known_student(self):
        tables = copy.deepcopy(self.tables)
        row = next(r for r in tables["demographics"] if r["sourcedId"] == "s1")
        row.update(birthDate="2019-05-05", white="true")
        student = self._student("s1")
        run = self._sync(tables)
        self.assertEqual(student.birthdate, date(2019, 5, 5))
        self._undo(run)
        self.assertEqual(student.birthdate, date(2018, 1, 2))
        self.assertFalse(student.demographics_ids.white)

    def test_a_row_that_cannot_go_back_is_kept_with_its_reason(self):
        tables = copy.deepcopy(self.tables)
        tables["orgs"][1]["identifier"] = "111"
        self._sync(tables)
        again = copy.deepcopy(tables)
        again["orgs"][1]["identifier"] = "222"
        again["orgs"][2]["name"] = "Renamed"
        run = self._sync(again)
        self._make_site(self.company, "Takes the number", code="111")
        with mute_logger("odoo.sql_db"):
            self._undo(run)
        self.assertEqual((run.undone_count, run.kept_count), (1, 1))
        self.assertEqual(self._site("A").code, "222")
        self.assertEqual(self._site("B").name, "B School")
        self.assertIn("same code", self._change(run, "org", "A").error)

    # IN PARTS, ONE AFTER THE OTHER

    def test_a_crash_between_batches_loses_nothing(self):
        run = self._sync(without(self._changed(s1="Nueva"), [3]))
        run._start_undo("A test")
        self.assertTrue(run._undo_some(1))
        self.assertTrue(0 < run.undone_count < run.done_count)
        self.assertTrue(0 < run.progress < 100)
        with self.assertRaises(RetryableJobError):
            self._read(self.tables)
        again = self.env["gr.sync.run"].browse(run.id)
        again._job_undo()
        self.assertEqual((again.state, again.undone_count), ("undone", run.done_count))
        self.assertFalse(self._read(self.tables).change_count)

    def test_a_batch_that_fails_is_tried_row_by_row(self):
        run = self._sync(self._changed(s1="Nueva", s2="Nueva", s3="Nueva"))
        Student = type(self.env["gr.student"])
        write = Student.write

        def refuse(students, vals):
            if self._student("s2") in students and "last_name" in vals:
                raise UserError(students.env._("Not now"))
            return write(students, vals)

        with patch.object(Student, "write", refuse):
            self._undo(run)
        self.assertEqual((run.undone_count, run.kept_count), (2, 1))
        self.assertEqual(self._change(run, "student", "s2").error, "Kept: Not now")

    def test_the_last_run_first(self):
        second = self._sync(self._changed(s1="Second"))
        third = self._sync(self._changed(s1="Third"))
        unchanged = self._sync(self._changed(s1="Third"))
        self.assertFalse(unchanged.can_undo)
        with self.assertRaisesRegex(UserError, "applied later"):
            second._start_undo("Too early")
        self._undo(third)
        self.assertEqual(self._student("s1").last_name, "Second")
        with self.assertRaisesRegex(UserError, "nothing"):
            third._start_undo("Twice")
        self._undo(second)
        self.assertEqual(self._student("s1").last_name, "García López")

    def test_what_was_forgotten_cannot_be_rolled_back(self):
        run = self._sync(self._changed(s1="Nueva"))
        with freeze_time("2027-02-01"):
            self.env["gr.sync.run"]._gc_payloads()
        self.assertFalse(any(run.change_ids.mapped("undo")))
        with self.assertRaisesRegex(UserError, "too old"):
            run._start_undo("Too late")

    def test_not_while_a_run_is_at_work(self):
        self._read(self._changed(s1="Nueva")).state = "applying"
        with self.assertRaisesRegex(UserError, "at work"):
            self.first._start_undo("Impatient")

    def test_a_preview_is_dropped_since_it_compared_with_what_goes(self):
        second = self._sync(self._changed(s1="Nueva"))
        preview = self._read(self._changed(s1="Other"))
        self._undo(second)
        self.assertEqual(preview.state, "dropped")

    # HELD SITES

    def test_a_held_site_was_not_applied_and_waits_no_more(self):
        run = self._sync(without(self._changed(s21="Nueva"), range(8)))
        self.assertEqual(run.state, "held")
        self._undo(run)
        self.assertEqual((run.held_count, run.undone_count), (0, 1))
        self.assertFalse(self.connection.alert)
        self.assertNotIn("held", run.change_ids.mapped("state"))
        self.assertTrue(all(self._student(f"s{n}").active for n in range(8)))

    def test_a_site_that_was_decided_later_belongs_to_the_run(self):
        run = self._sync(without(self._changed(s21="Nueva"), range(8)))
        run.site_line_ids.filtered("is_held").action_apply()
        self._apply(run)
        self.assertFalse(self._student("s0").active)
        self._undo(run)
        self.assertTrue(all(self._student(f"s{n}").active for n in range(8)))
        self.assertEqual(self._student("s0").site_id, self._site("A"))
        self.assertFalse(self._read(self.tables).change_count)

    # THE CONNECTION

    def test_the_next_reading_of_changes_begins_where_it_began(self):
        source = type("Now", (Scripted,), {"tables": self.tables, "cursors": []})
        connection = self.connection.copy(
            {"adapter": "oneroster_rest", "company_id": self.foreign_district.id}
        )
        runs = []
        with patch.dict(ADAPTERS, {"oneroster_rest": source}):
            for name in ("García López", "Nueva"):
                source.tables = self._changed(s1=name)
                run = connection._start_run("manual")
                while run._next_step():
                    pass
                runs.append(self._apply(run))
        self.assertEqual(connection.cursor, {"since": 2})
        full = connection.last_full.replace(microsecond=0)
        self._undo(runs[1])
        self.assertEqual(connection.cursor, {"since": 1})
        self.assertEqual(connection.last_full, full)
        self.assertTrue(connection.baseline)
        self._undo(runs[0])
        self.assertFalse(connection.cursor or connection.baseline)
        self.assertFalse(runs[0].former or runs[0].former_baseline)

    def test_a_delta_reads_the_same_again(self):
        renamed = {
            **rosters.student(3, "A", familyName="Delta"),
            "status": "active",
            "dateLastModified": "2026-09-15T00:00:00.000Z",
        }
        how = {"modes": {"users": "delta"}, "version": "1.1"}
        run = self._sync({"users": [renamed]}, **how)
        before = self._preview(run)
        self._undo(run)
        again = self._read({"users": [renamed]}, **how)
        self.assertEqual(self._preview(again), before)
        self.assertEqual(again.count_archive, 0)

    def test_after_the_wrong_file_the_right_system_is_believed(self):
        """The first load was another district's file; rolled back it proves nothing."""
        self._undo(self.first)
        other = rosters.small_roster()
        for rows in other.values():
            for row in rows:
                for name, value in row.items():
                    if name.endswith(("sourcedId", "SourcedId", "SourcedIds")):
                        row[name] = f"x{value}" if value else value
        run = self._read(other)
        self.assertEqual(run.state, "review", run.error)

    # WHO MAY

    def test_only_operators_of_the_whole_district(self):
        users = {
            "one site": self._make_user("B", sites=self._site("A"), login="one_site"),
            "no operator": self._make_user(
                "C", district=self.company, gr_scope="district"
            ),
            "elsewhere": self._make_user(
                "B", district=self.foreign_district, gr_scope="district"
            ),
        }
        for who, user in users.items():
            wizard = (
                self.env["gr.sync.undo"]
                .sudo()
                .create({"run_id": self.first.id, "reason": "Mischief"})
            )
            with self.subTest(who=who), self.assertRaises(AccessError):
                self.first.with_user(user).action_undo()
            with self.subTest(who=who), self.assertRaises(AccessError):
                wizard.with_user(user).action_undo()

    def test_nobody_reads_what_was_overwritten(self):
        run = self._sync(self._changed(s1="Nueva")).with_user(self.operator)
        for records, name in (
            (run.change_ids, "undo"),
            (run, "former"),
            (run, "former_baseline"),
        ):
            with self.subTest(field=name), self.assertRaises(AccessError):
                records.read([name])

    def test_each_writer_says_what_it_writes(self):
        """What is not declared would not be put back."""
        for kind, writer in WRITERS.items():
            change = self.first.change_ids.filtered(
                lambda change, kind=kind: change.kind == kind
            )
            if kind in (kinds.ORG, kinds.SESSION):
                change = change.filtered(
                    lambda c: c.payload["type"] in ("school", "schoolYear")
                )
            values = get_writer(self.first, kind).values(change[:1].payload)
            fields = self.env[get_writer(self.first, kind).model]._fields
            written = {name for name in values if name in fields}
            with self.subTest(kind=kind):
                self.assertLessEqual(
                    written - writer.only_new - {"company_id"}, {*writer.writes}
                )
