"""After a run and each night, both sides are compared; nothing is overlooked."""

import copy
import random
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..sis import Pull, RosterError, read_oneroster
from .common import AS_OF, SyncCommon
from .engine import rosters
from .test_gr_sync_hold import without


class ProofCommon(SyncCommon):
    def _sync_proved(self, tables):
        run = self._sync(tables)
        self.assertTrue(run.proof_id)
        return run

    def _prove(self, connection=None):
        """Prove against the last roster, now."""
        connection = connection or self.connection
        connection._job_prove("manual")
        return connection.proof_id

    def _found(self, proof):
        return {
            (line.external_id, line.what): line.cause for line in proof.mismatch_ids
        }

    def _line(self, proof, name):
        return proof.site_line_ids.filtered(lambda line: line.name == name)

    def _enrollment(self, external_id):
        return self._student(external_id).enrollment_ids.filtered("active")

    def _guardianship(self, external_id):
        return self._student(external_id).guardianship_ids


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestGrSyncProof(ProofCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tables = rosters.small_roster(per_school=20)

    def setUp(self):
        super().setUp()
        self.run_ = self._sync_proved(self.tables)

    def _changed(self, number, **values):
        tables = copy.deepcopy(self.tables)
        row = next(r for r in tables["users"] if r["sourcedId"] == f"s{number}")
        row.update(values)
        return tables

    # AFTER A RUN

    def test_a_clean_import_is_proved_to_one_hundred_percent(self):
        proof = self.run_.proof_id
        self.assertRecordValues(
            proof,
            [
                {
                    "percent": 100,
                    "there_count": 40,
                    "here_count": 40,
                    "matching_count": 40,
                    "mismatch_count": 0,
                    "trigger": "run",
                }
            ],
        )
        self.assertEqual(proof.site_line_ids.mapped("there_count"), [20, 20])
        self.assertTrue(all(proof.site_line_ids.mapped("is_equal")))
        self.assertEqual(self.connection.proof_percent, 100)
        self.assertIn("prove", self.run_.stage_ids.mapped("stage"))

    def test_a_run_without_changes_is_proved_too(self):
        again = self._sync_proved(self.tables)
        self.assertFalse(again.change_count)
        self.assertEqual(again.proof_percent, 100)
        self.assertNotEqual(again.proof_id, self.run_.proof_id)

    def test_a_proof_does_not_believe_what_was_remembered_of_the_last_run(self):
        """The hash of what was applied is equal; the record is not."""
        self._enrollment("s3").sudo().grade = "05"
        again = self._sync(self.tables)
        self.assertFalse(again.change_count)
        self.assertEqual(self._found(again.proof_id), {("s3", "grade"): "here"})
        line = again.proof_id.mismatch_ids
        self.assertEqual((line.there_text, line.here_text), ("Grade 3", "Grade 5"))
        self.assertEqual(line.student_name, "Niña3 García López")

    def test_a_held_site_is_the_cause(self):
        run = self._sync_proved(without(self.tables, [*range(8), 20]))
        self.assertEqual(run.state, "held")
        found = self._found(run.proof_id)
        self.assertEqual(found, {(f"s{n}", "only_here"): "held" for n in range(8)})
        self.assertEqual(self._line(run.proof_id, "B School").percent, 100)
        self.assertEqual(self._line(run.proof_id, "A School").percent, 60)
        self._line_of(run, "A").action_apply()
        self._apply(run)
        self.assertEqual(run.proof_percent, 100)

    def _line_of(self, run, key):
        return run.site_line_ids.filtered(lambda line: line.site_key == key)

    def test_a_dropped_site_is_the_cause(self):
        run = self._sync_proved(without(self.tables, range(8)))
        self._line_of(run, "A").action_drop()
        self._apply(run)
        self.assertEqual(set(self._found(run.proof_id).values()), {"dropped"})

    def test_a_row_that_could_not_be_used_is_the_cause(self):
        run = self._sync_proved(self._changed(4, role="astronaut"))
        self.assertEqual(self._found(run.proof_id), {("s4", "only_here"): "aside"})

    def test_an_error_is_the_cause(self):
        tables = self._changed(5, orgSourcedIds="B")
        for row in tables["enrollments"]:
            if row["userSourcedId"] == "s5":
                row.update(schoolSourcedId="B", classSourcedId="KB")
        run = self._read(tables)
        change = run.change_ids.filtered(
            lambda c: c.kind == "school_enrollment" and c.action == "create"
        )
        change.sudo().payload = {**change.sudo().payload, "grade": "nonsense"}
        with patch("odoo.addons.harvest_district.models.gr_sync_apply_mixin._logger"):
            self._apply(run)
        self.assertEqual(change.state, "error")
        self.assertEqual(self._found(run.proof_id), {("s5", "school"): "error"})

    def test_what_was_rolled_back_is_proved_again(self):
        run = self._sync_proved(self._changed(6, grades="04"))
        run._start_undo("The file was of another year")
        while run._undo_some(1000):
            pass
        self.assertEqual(run.state, "undone")
        self.assertEqual(self.connection.proof_percent, 100)
        self.run_._start_undo("All of it was wrong")
        while self.run_._undo_some(1000):
            pass
        self.assertFalse(self.connection.proof_id)

    # OUR SIDE

    def test_an_enrollment_made_by_hand_is_shown(self):
        self._make_enrollment(
            self._student("s1"), self._site("B"), date_start=AS_OF, primary=False
        )
        proof = self._prove()
        self.assertEqual(self._found(proof), {("s1", "school"): "here"})
        line = proof.mismatch_ids
        self.assertEqual(line.there_text, "A School")
        self.assertEqual(line.here_text, "A School, B School")
        self.assertEqual(self._line(proof, "B School").here_count, 21)
        self.assertEqual(proof.percent, 97.5)

    def test_an_adult_of_ours_alone_does_not_count(self):
        self._make_guardian(self._student("s1"))
        self.assertEqual(self._prove().percent, 100)

    def test_an_adult_of_theirs_linked_by_hand_counts(self):
        adult = self._record("adult", "g2", "res.partner")
        self._make_guardian(self._student("s1"), partner=adult)
        self.assertEqual(self._found(self._prove()), {("s1", "guardians"): "here"})

    def test_an_adult_kept_for_safety_is_said_to_be(self):
        self._guardianship("s1").court_limit = "no_contact"
        run = self._sync(self._changed(1, agentSourcedIds=""))
        self.assertEqual(self._found(run.proof_id), {("s1", "guardians"): "kept"})

    def test_a_student_brought_back_by_hand_is_shown(self):
        self._sync(without(self.tables, [3]))
        self._student("s3").action_unarchive()
        self.assertEqual(self._found(self._prove()), {("s3", "only_here"): "here"})

    def test_a_school_that_is_not_taken_is_the_cause(self):
        self.connection.school_ids.filtered(
            lambda school: school.key == "B"
        ).is_taken = False
        proof = self._prove()
        self.assertEqual(set(self._found(proof).values()), {"not_taken"})
        self.assertEqual(proof.percent, 50)

    def test_merged_sites_stay_proved(self):
        self.env["gr.site.merge"].create(
            {
                "source_ids": self._site("A").ids,
                "target_id": self._site("B").id,
                "date": AS_OF,
            }
        ).action_apply()
        proof = self._prove()
        self.assertEqual(proof.percent, 100)
        self.assertEqual(proof.site_line_ids.mapped("name"), ["B School"])
        self.assertEqual(proof.site_line_ids.there_count, 40)

    def test_a_student_at_no_school_is_one_too(self):
        self._enrollment("s1").write({"date_end": AS_OF - timedelta(days=2)})
        proof = self._prove()
        self.assertEqual(self._found(proof), {("s1", "school"): "here"})
        self.assertEqual(self._line(proof, "Without a school").here_count, 1)

    # NIGHTLY

    def _pullable(self, tables):
        """Let the connection be one that is asked, and answers with a roster."""
        self.connection.sudo().adapter = "oneroster_rest"
        roster = read_oneroster(rosters.to_zip(rosters.to_files(tables)))

        class Answer:
            def pull(self, cursor=None):
                return Pull(roster)

        return patch.object(
            type(self.connection), "_make_source", lambda *_args, **_how: Answer()
        )

    def test_a_system_that_can_be_asked_is_asked_and_nothing_is_applied(self):
        with self._pullable(self._changed(6, grades="04")):
            proof = self._prove()
        self.assertTrue(proof.is_fresh)
        self.assertEqual(self._found(proof), {("s6", "grade"): "there"})
        self.assertEqual(self._enrollment("s6").grade, "03")
        self.assertEqual(len(self.connection.run_ids), 1)

    def test_a_leaver_and_a_newcomer_there_are_shown(self):
        tables = without(self.tables, [7])
        tables["users"] += [rosters.student(90, "A"), rosters.adult(90, "A")]
        with self._pullable(tables):
            proof = self._prove()
        self.assertEqual(
            self._found(proof),
            {("s7", "only_here"): "there", ("s90", "only_there"): "there"},
        )
        newcomer = proof.mismatch_ids.filtered(lambda line: not line.student_id)
        self.assertEqual(newcomer.student_name, "Niña90 García López")

    def test_a_system_that_does_not_answer_is_told_and_stops_no_other(self):
        other = self.connection.copy({"name": "Other", "tenant": "other"})
        with patch.object(
            type(self.connection),
            "_make_source",
            side_effect=RosterError.of("cannot_open", "https://sis.example"),
        ):
            self.connection.sudo().adapter = "oneroster_rest"
            self._prove()
            self.assertEqual(self.connection.alert, "unproved")
            self.assertIn("cannot be opened", self.connection.proof_error)
            self.assertIn("Not proved", self.connection.activity_ids.summary)
            self._prove()
            self.assertEqual(len(self.connection.activity_ids), 1)
        self.assertFalse(other.alert)
        with self._pullable(self.tables):
            self._prove()
        self.assertFalse(self.connection.alert)
        self.assertFalse(self.connection.proof_error)
        self.assertFalse(self.connection.activity_ids)

    def test_the_night_queues_each_system_that_was_ever_applied(self):
        idle = self.connection.copy({"name": "Idle", "tenant": "idle"})
        with self.enter_registry_test_mode():
            self.env.ref("harvest_district.gr_sync_cron_prove").method_direct_trigger()
        jobs = self.env["queue.job"].search([("method_name", "=", "_job_prove")])
        asked = [record for job in jobs for record in job.records]
        self.assertIn(self.connection, asked)
        self.assertNotIn(idle, asked)

    def test_only_the_last_applied_run_can_be_proved(self):
        self._sync(self.tables)
        with self.assertRaises(UserError):
            self.run_.action_prove()

    # KEEPING

    def test_mismatches_are_forgotten_and_counts_stay(self):
        self._enrollment("s3").sudo().grade = "05"
        proof = self._prove()
        proof.date = fields.Datetime.now() - timedelta(days=4000)
        self.env["gr.sync.proof"]._gc_mismatches()
        self.assertFalse(proof.mismatch_ids)
        self.assertTrue(proof.is_forgotten)
        self.assertEqual(proof.mismatch_count, 1)
        self.assertEqual(proof.percent, 97.5)


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestPlanted(ProofCommon):
    """Fifty differences of all kinds in a district of 300: exactly these are found."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tables = rosters.small_roster(per_school=150)
        cls.leavers = list(range(140, 146))

    def setUp(self):
        super().setUp()
        self._sync(self.tables)
        self.tables = without(self.tables, self.leavers)
        self._sync(self.tables)

    def test_exactly_the_planted_are_found(self):
        self.assertEqual(self._prove().percent, 100)
        rng = random.Random(3)
        plants = {
            self._plant_grade: "grade",
            self._plant_other_school: "school",
            self._plant_second_school: "school",
            self._plant_ended: "school",
            self._plant_archived: "status",
            self._plant_unlinked: "only_there",
            self._plant_family_ended: "guardians",
            self._plant_family_added: "guardians",
        }
        present = [n for n in range(300) if n not in self.leavers]
        numbers = rng.sample(present, 50 - len(self.leavers))
        expected = {}
        for number in numbers:
            plant, what = rng.choice(list(plants.items()))
            plant(f"s{number}")
            expected[f"s{number}"] = what
        for number in self.leavers:
            self._student(f"s{number}").active = True
            expected[f"s{number}"] = "only_here"
        self.assertEqual(set(expected.values()), {
            "grade", "school", "status", "only_there", "only_here", "guardians"
        })  # fmt: skip
        proof = self._prove()
        self.assertEqual(proof.mismatch_count, 50)
        self.assertEqual(
            {line.external_id: line.what for line in proof.mismatch_ids}, expected
        )
        self.assertEqual(proof.matching_count, 300 - 50)
        self.assertEqual(proof.percent, 83.3)
        for line in proof.mismatch_ids:
            causes = ("there",) if line.what == "only_there" else ("here",)
            self.assertIn(line.cause, causes, line.what)

    def _plant_grade(self, key):
        self.env.cr.execute(
            "UPDATE gr_student_enrollment SET grade = '07' WHERE id = %s",
            [self._enrollment(key).id],
        )

    def _plant_other_school(self, key):
        line = self._enrollment(key)
        line.site_id = self._site("B" if line.site_id == self._site("A") else "A")

    def _plant_second_school(self, key):
        other = self._make_site(self.company, f"Charter of {key}")
        self._make_enrollment(self._student(key), other, date_start=AS_OF)

    def _plant_ended(self, key):
        self._enrollment(key).date_end = AS_OF - timedelta(days=1)

    def _plant_archived(self, key):
        self._student(key).active = False

    def _plant_unlinked(self, key):
        self.env.cr.execute(
            "DELETE FROM gr_external_ref WHERE kind = 'student' AND external_id = %s"
            " AND tenant = %s",
            [key, self.connection.tenant],
        )

    def _plant_family_ended(self, key):
        self._guardianship(key).active = False

    def _plant_family_added(self, key):
        adult = self._record("adult", "tA1", "res.partner")
        self._make_guardian(self._student(key), partner=adult)

    def test_queries_do_not_grow_with_the_students(self):
        small = self.connection.copy({"name": "Small", "tenant": "small"})
        tables = rosters.small_roster(per_school=2)
        for row in tables["users"]:  # else it is the same system once more
            row["identifier"] = f"x{row.get('identifier', '')}"
            row["userIds"] = ""
        run = self._read(tables, connection=small)
        self._apply(run)
        self.assertEqual(run.state, "done")
        big = self._count_queries()
        self.assertLessEqual(abs(big - self._count_queries(small)), 2)

    def _count_queries(self, connection=None):
        self._prove(connection)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._prove(connection)
        return self.env.cr.sql_log_count - before
