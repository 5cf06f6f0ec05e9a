"""Bad files get a clear answer with file, row, column and remedy; nothing changes."""

import base64

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
        """Drop the file, look, apply: each step is a background job."""
        form = Form(self.env["gr.sync.upload"])
        form.connection_id = self.connection
        form.file = base64.b64encode(self._zip(rosters.small_roster())).decode()
        wizard = form.save()
        with trap_jobs() as jobs:
            action = wizard.action_read()
            run = self.env["gr.sync.run"].browse(action["res_id"])
            jobs.assert_jobs_count(1)
            self.assertEqual(run.state, "new")
            jobs.perform_enqueued_jobs()
        self.assertEqual(run.state, "review")
        with trap_jobs() as jobs:
            run.action_apply()
            jobs.perform_enqueued_jobs()
        self.assertEqual((run.state, run.error_count), ("done", 0))
