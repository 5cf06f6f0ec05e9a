"""The command line: what is printed, what is applied, which exit status."""

import io
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .. import cli
from .common import AS_OF, SyncCommon
from .engine import rosters
from .test_gr_sync_hold import without


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestCli(SyncCommon):
    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        # The command commits as it goes; a test must not.
        self.enterContext(patch.object(self.env.cr, "commit", lambda: None))

    def _run(self, *words, tables=None, content=None):
        path = self.folder / "roster.zip"
        path.write_bytes(content or self._zip(tables or rosters.small_roster()))
        printed = io.StringIO()
        words = [str(path) if word == "FILE" else word for word in words]
        with redirect_stdout(printed):
            status = cli.run(self.env, [*words, "--company", self.company.name])
        return status, printed.getvalue()

    def test_apply_and_again(self):
        status, text = self._run("FILE")
        self.assertEqual(status, 0)
        self.assertIn("A School", text)
        self.assertIn("changes applied, 0 errors", text)
        self.assertTrue(self._student("s1"))
        status, text = self._run("FILE")
        self.assertEqual(status, 0)
        self.assertIn("No changes", text)

    def test_preview_applies_nothing(self):
        self._run("FILE", "--preview")
        self.assertFalse(self._student("s1"))

    def test_refused(self):
        status, text = self._run("FILE", content=b"not a zip")
        self.assertEqual(status, cli.EXIT_REFUSED)
        self.assertIn("Refused", text)

    def test_held(self):
        tables = rosters.small_roster(per_school=20)
        self._run("FILE", tables=tables)
        status, text = self._run("FILE", tables=without(tables, range(8)))
        self.assertEqual(status, cli.EXIT_HELD)
        self.assertIn("HELD A School", text)

    def test_a_system_by_name_reads_its_drop_folder(self):
        self.connection.path = str(self.folder / "roster.zip")
        status, _text = self._run(self.connection.name)
        self.assertEqual(status, 0)
        self.assertTrue(self._student("s1"))

    def test_an_unknown_system_is_not_made_by_a_typo(self):
        with self.assertRaisesRegex(SystemExit, "--new"):
            self._run("FILE", "--connection", "Tset SIS")
