"""Who may be the same person is asked, never decided by the product."""

import base64

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import AS_OF, SyncCommon
from .engine import rosters


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestGrSyncIdentity(SyncCommon):
    def setUp(self):
        super().setUp()
        self.tables = rosters.small_roster()
        self._sync(self.tables)

    def _user(self, name):
        """The row of a person in the tables."""
        return next(row for row in self.tables["users"] if row["sourcedId"] == name)

    def _remint(self, old, new):
        """What a migration of the SIS does: another id for the same child."""
        for name, rows in self.tables.items():
            for row in rows:
                for column, value in row.items():
                    if value == old:
                        row[column] = new
                if name == "enrollments":
                    row["sourcedId"] = row["sourcedId"].replace(f"{old}-", f"{new}-")

    def _questions(self):
        return self.env["gr.sync.identity"].search(
            [("connection_id", "=", self.connection.id)]
        )

    def _read_on(self, run):
        """The reading that a decision has queued."""
        again = self.env["gr.sync.run"].search(
            [("connection_id", "=", self.connection.id), ("state", "=", "reading")]
        )
        self.assertTrue(again)
        again._read()
        return self._apply(again) if again.state == "review" else again

    def _sync_file(self):
        """As an upload: what was sent is kept, so it can be read again."""
        run = self.env["gr.sync.run"].create(
            {"connection_id": self.connection.id, "as_of": rosters.AS_OF}
        )
        run.file = base64.b64encode(self._zip(self.tables))
        run._read()
        return self._apply(run) if run.state == "review" else run

    def test_a_new_id_with_a_known_state_id_is_asked(self):
        student = self._student("s1")
        self._remint("s1", "x1")
        run = self._sync_file()
        question = self._questions()
        self.assertEqual(
            (question.case, question.by, question.student_id, question.state),
            ("same", "ssid", student, "open"),
        )
        self.assertEqual(run.state, "held")
        self.assertFalse(self._student("x1"))
        self.assertTrue(student.active)
        self.assertTrue(student.enrollment_ids.filtered("is_current"))

    def test_one_person_keeps_the_record_and_its_history(self):
        student = self._student("s1")
        line = student.enrollment_ids
        self._remint("s1", "x1")
        run = self._sync_file()
        self._questions().action_one_person()
        after = self._read_on(run)
        self.assertEqual(after.state, "done")
        self.assertEqual(self._student("x1"), student)
        self.assertTrue(student.active)
        self.assertEqual(student.enrollment_ids.filtered("is_current"), line)
        again = self._sync_file()
        self.assertEqual((again.state, again.change_count), ("done", 0))

    def test_two_persons_are_two_records(self):
        student = self._student("s1")
        self._remint("s1", "x1")
        self._user("x1")["givenName"] = "Other"
        run = self._sync_file()
        self._questions().action_two_persons()
        after = self._read_on(run)
        self.assertEqual(after.state, "done")
        self.assertNotEqual(self._student("x1"), student)
        self.assertTrue(self._student("x1"))
        self.assertFalse(student.active)
        self.assertEqual(self._sync_file().change_count, 0)

    def test_twins_in_one_roster_are_asked(self):
        twin = rosters.student(90, "A", userIds=self._user("s2")["userIds"])
        other = rosters.student(91, "A", userIds="{SSID:9900000091}")
        third = rosters.student(92, "A", userIds="{SSID:9900000091}")
        for row in (twin, other, third):
            row["agentSourcedIds"] = ""
            self.tables["users"].append(row)
        run = self._sync_file()
        found = {
            (q.case, q.external_id, q.known_external_id) for q in self._questions()
        }
        self.assertEqual(found, {("twin", "s90", "s2"), ("twin", "s92", "s91")})
        self.assertTrue(self._student("s91") or run.state == "held")

    def test_a_twin_who_is_one_person_is_linked_twice(self):
        row = rosters.student(90, "A", userIds=self._user("s2")["userIds"])
        row["agentSourcedIds"] = ""
        self.tables["users"].append(row)
        run = self._sync_file()
        self._questions().action_one_person()
        self._read_on(run)
        self.assertEqual(self._student("s90"), self._student("s2"))
        self.assertEqual(self._sync_file().change_count, 0)

    def test_a_reused_id_is_quarantined(self):
        student = self._student("s3")
        name = student.name
        self._user("s3").update(givenName="Zoé", userIds="{SSID:9911111111}")
        next(d for d in self.tables["demographics"] if d["sourcedId"] == "s3")[
            "birthDate"
        ] = "2019-09-09"
        run = self._sync_file()
        question = self._questions()
        self.assertEqual((question.case, question.student_id), ("reused", student))
        self.assertEqual(student.name, name)
        question.action_two_persons()
        self._read_on(run)
        self.assertNotEqual(self._student("s3"), student)
        self.assertFalse(student.active)
        self.assertEqual(student.name, name)

    def test_a_corrected_birth_date_alone_is_no_question(self):
        next(d for d in self.tables["demographics"] if d["sourcedId"] == "s3")[
            "birthDate"
        ] = "2019-09-09"
        self._sync_file()
        self.assertFalse(self._questions())

    def test_a_student_made_by_hand_is_offered(self):
        student = self.env["gr.student"].create(
            {
                "first_name": "Lía",
                "last_name": "Paz",
                "ssid": "9955555555",
                "company_id": self.company.id,
            }
        )
        row = rosters.student(80, "A", userIds="{SSID:9955555555}")
        row["agentSourcedIds"] = ""
        self.tables["users"].append(row)
        run = self._sync_file()
        self.assertEqual(self._questions().student_id, student)
        self._questions().action_one_person()
        self._read_on(run)
        self.assertEqual(self._student("s80"), student)
        self.assertEqual(student.name, "Niña80 García López")

    def test_the_question_is_asked_once(self):
        self._remint("s1", "x1")
        self._sync_file()
        self._sync_file()
        self.assertEqual(len(self._questions()), 1)

    def test_only_operators_decide(self):
        self._remint("s1", "x1")
        self._sync_file()
        aide = self._make_user("C", district=self.company, gr_scope="district")
        with self.assertRaises(AccessError):
            self._questions().with_user(aide).action_one_person()

    def test_one_of_two_entries_of_a_person_ends_before_the_other(self):
        """A district closes an entry by a date, rather than leaving it out."""
        self.tables["users"].append(rosters.student(1, "A", sourcedId="s1b"))
        self._sync(self.tables)
        self._questions().action_one_person()
        self._sync(self.tables)
        line = self._student("s1").enrollment_ids
        ended = rosters.enrollment("s1b", "KA", "A") | {"endDate": "2026-09-10"}
        self.tables["enrollments"].append(ended)
        self._sync(self.tables)
        self.assertEqual((str(line.date_end), line.is_current), ("2027-06-10", True))
        for row in self.tables["enrollments"]:  # now both end, in one run
            if row["userSourcedId"] in ("s1", "s1b"):
                row["endDate"] = "2026-09-11"
        self._sync(self.tables)
        self.assertEqual(str(line.date_end), "2026-09-11")

    def test_one_of_two_entries_of_a_person_is_cleaned_up(self):
        """The person stays; only when the last entry goes, too, has the child left."""
        self.tables["users"].append(rosters.student(1, "A", sourcedId="s1b"))
        self._sync(self.tables)
        self._questions().action_one_person()
        self._sync(self.tables)
        student = self._student("s1")
        self.assertEqual(self._student("s1b"), student)
        line = student.enrollment_ids
        self.tables["users"].remove(self._user("s1b"))
        run = self._sync(self.tables)
        self.assertEqual((run.state, run.count_archive > 0), ("done", True))
        self.assertTrue(student.active)
        self.assertTrue(line.is_current)
        self.assertTrue(student.guardianship_ids)
        self.assertEqual(run.proof_percent, 100)
        self.tables["users"].remove(self._user("s1"))
        self.tables["demographics"] = [
            row for row in self.tables["demographics"] if row["sourcedId"] != "s1"
        ]
        self.tables["enrollments"] = [
            row for row in self.tables["enrollments"] if row["userSourcedId"] != "s1"
        ]
        self._sync(self.tables)
        self.assertFalse(student.active)
