"""Bad files get a clear answer with file, row, column and remedy; nothing changes."""

import base64
from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import AS_OF, SyncCommon
from .engine import rosters


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestGrSyncRefuse(SyncCommon):
    def _refused(self, content, *words):
        run = self._read(content=content)
        self.assertEqual(run.state, "refused")
        self.assertFalse(run.change_ids)
        for word in words:
            self.assertIn(word, run.error)
        return run

    def test_truncated_zip(self):
        content = self._zip(rosters.small_roster())
        self._refused(content[: len(content) // 2], "damaged or was cut off")

    def test_not_a_zip(self):
        self._refused(b"%PDF-1.7 not a roster")

    def test_truncated_csv_names_row_and_remedy(self):
        files = rosters.to_files(rosters.small_roster())
        cut = files["users.csv"][: len(files["users.csv"]) // 2]
        files["users.csv"] = cut[: cut.rindex(b",")]
        run = self._read(content=rosters.to_zip(files).getvalue())
        self.assertIn(run.state, ("refused", "review"))
        problem = run.problem_ids.filtered(
            lambda p: p.file == "users.csv" and p.severity in ("fatal", "error")
        )[:1]
        self.assertTrue(problem.row > 1 and problem.message and problem.remedy)

    def test_wrong_encoding_names_the_line(self):
        files = rosters.to_files(rosters.small_roster())
        files["users.csv"] = files["users.csv"].decode().encode("cp1252", "replace")
        run = self._refused(rosters.to_zip(files).getvalue(), "users.csv", "UTF-8")
        self.assertTrue(run.problem_ids.filtered(lambda p: p.code == "not_utf8"))

    def test_refusal_is_told_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("es_419")
        files = rosters.to_files(rosters.small_roster())
        files["users.csv"] = files["users.csv"].decode().encode("cp1252", "replace")
        run = self._refused(rosters.to_zip(files).getvalue(), "users.csv: Line 2")
        spanish = run.with_context(lang="es_419")
        self.assertIn("users.csv: La línea 2 no es texto UTF-8.", spanish.error)
        self.assertIn("Exporte como UTF-8.", spanish.error)

    def test_who_only_looks_on_reads_why_it_was_refused(self):
        run = self._refused(b"%PDF-1.7 not a roster")
        for role in "AC":
            reader = self._make_user(role, district=self.company, gr_scope="district")
            self.assertEqual(run.with_user(reader).error, run.error)

    def test_missing_file(self):
        files = rosters.to_files(rosters.small_roster())
        del files["users.csv"]
        self._refused(rosters.to_zip(files).getvalue(), "users.csv")

    def test_another_districts_file(self):
        self._sync(rosters.small_roster())
        tables = rosters.small_roster()
        for row in tables["orgs"]:
            row["sourcedId"] = "x" + row["sourcedId"]
        self._refused(self._zip(tables), "another system")

    def test_messages_are_translated_with_their_parameters(self):
        files = rosters.to_files(rosters.small_roster())
        del files["users.csv"]
        run = self._refused(rosters.to_zip(files).getvalue())
        self.env["res.lang"]._activate_lang("es_MX")
        problem = run.problem_ids[:1].with_context(lang="es_MX")
        self.assertTrue(problem.message and "%(" not in problem.message)

    def test_a_refused_file_after_a_good_one_changes_nothing(self):
        self._sync(rosters.small_roster())
        student = self._student("s1")
        before = student.read()[0]
        content = self._zip(rosters.small_roster())
        self._refused(content[:-100])
        self.assertEqual(student.read()[0], before)

    def test_wizard_and_jobs(self):
        """An operator drops the file, looks, applies: each step is a background job."""
        operator = self._make_user("B", district=self.company, gr_scope="district")
        form = Form(self.env["gr.sync.upload"].with_user(operator))
        form.connection_id = self.connection
        form.file = base64.b64encode(self._zip(rosters.small_roster())).decode()
        wizard = form.save()
        with trap_jobs() as jobs:
            action = wizard.action_read()
            run = self.env["gr.sync.run"].with_user(operator).browse(action["res_id"])
            jobs.assert_jobs_count(1)
            self.assertEqual(run.state, "new")
            jobs.perform_enqueued_jobs()
        self.assertEqual(run.state, "review")
        with trap_jobs() as jobs:
            run.action_apply()
            jobs.perform_enqueued_jobs()
        self.assertEqual((run.state, run.error_count), ("done", 0))
        self._rename("s1", run)

    def test_a_day_to_come_is_a_slip(self):
        """It would end every enrollment, and each later file would be too old."""
        operator = self._make_user("B", district=self.company, gr_scope="district")
        uploads = self.env["gr.sync.upload"].with_user(operator)
        values = {"connection_id": self.connection.id, "file": base64.b64encode(b"x")}
        with self.assertRaises(ValidationError):
            uploads.create({**values, "as_of": AS_OF + timedelta(days=365)})
        self.assertTrue(uploads.create({**values, "as_of": AS_OF + timedelta(days=1)}))

    def _rename(self, external_id, run):
        """What the operator may not edit by hand, the district's system still may."""
        tables = rosters.small_roster()
        row = next(row for row in tables["users"] if row["sourcedId"] == external_id)
        row["familyName"] = "Otra"
        again = self._read(tables).with_user(run.env.user)
        with trap_jobs() as jobs:
            again.action_apply()
            jobs.perform_enqueued_jobs()
        self.assertEqual((again.state, again.error_count), ("done", 0))
        self.assertEqual(self._student(external_id).last_name, "Otra")

    def test_only_district_wide_access_imports(self):
        limited = self._make_user("B", district=self.company, login="limited")
        run = self._read(rosters.small_roster())
        wizard = self.env["gr.sync.upload"].with_user(limited)
        with self.assertRaises(AccessError):
            wizard.create(
                {
                    "connection_id": self.connection.id,
                    "file": base64.b64encode(b"x"),
                }
            ).action_read()
        with self.assertRaises(AccessError):
            run.with_user(limited).action_apply()
        changes = self.env["gr.sync.change"].with_user(limited)
        self.assertFalse(changes.search([("run_id", "=", run.id)]))
