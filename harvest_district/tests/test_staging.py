"""The comparison in SQL says what ``sis.diff`` says, row by row."""

import copy
import random

from odoo.tests import freeze_time, tagged

from .. import staging
from ..sis import Known, diff
from .common import AS_OF, SyncCommon
from .engine import rosters


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestStaging(SyncCommon):
    def _known(self):
        """What is linked, as the Python engine wants it."""
        refs = self.env["gr.external.ref"].search(
            [
                ("tenant", "=", self.connection.tenant),
                ("active", "in", [True, False]),
            ]
        )
        return {
            (ref.kind, ref.external_id): Known(
                ref.payload_hash,
                ref.site_key,
                ref.active,
                ref.date_end.isoformat() if ref.date_end else "",
            )
            for ref in refs
        }

    def _from_sql(self, snapshot):
        cr = self.env.cr
        self.env.flush_all()
        staging.stage(cr, snapshot)
        staging.compare(cr, self.connection.id_space, self.connection.tenant, AS_OF)
        staging.judge_absent(cr, snapshot, AS_OF)
        cr.execute(
            "SELECT kind, external_id, action, old_site, site, counted"
            " FROM gr_sync_diff"
        )
        found = set(cr.fetchall())
        cr.execute("DROP TABLE gr_sync_stage, gr_sync_diff")
        return found

    def _mutate(self, tables, dice):
        """A next day: rows leave, change, come back, move; one file is a delta."""
        tables = copy.deepcopy(tables)
        for name in ("users", "enrollments", "demographics", "classes"):
            tables[name] = [row for row in tables[name] if dice.random() > 0.2]
        for row in tables["users"]:
            if dice.random() < 0.3:
                row["familyName"] = f"Changed {dice.random()}"
            if dice.random() < 0.1:
                row["orgSourcedIds"] = "B"
            if dice.random() < 0.1:
                row["status"] = "tobedeleted"
        return tables

    def test_sql_and_python_agree_on_random_days(self):
        tables = rosters.small_roster()
        self._sync(tables)
        for seed in range(12):
            dice = random.Random(seed)
            day = self._mutate(tables, dice)
            modes = {"users": "delta"} if seed % 3 == 0 else {}
            snapshot = rosters.snapshot(rosters.to_files(day, modes=modes))
            expected = {
                (
                    change.kind,
                    change.external_id,
                    change.action,
                    change.old_site,
                    change.site,
                    change.counted,
                )
                for change in diff(self._known(), snapshot, AS_OF.isoformat())
            }
            with self.subTest(seed=seed):
                self.assertEqual(self._from_sql(snapshot), expected)
            run = self._read(day, modes=modes)
            for line in run.site_line_ids.filtered("is_held"):
                line.action_apply()
            if run.state != "refused":
                self._apply(run)

    def test_copy_keeps_every_character(self):
        values = [
            "tab\there",
            "back\\slash",
            "new\nline",
            "\\N",
            "ñ “quoted”",
            "",
            None,
        ]
        cr = self.env.cr
        cr.execute("CREATE TEMP TABLE copied (n text, v text) ON COMMIT DROP")
        rows = [(str(number), value) for number, value in enumerate(values)]
        staging.copy_rows(cr, "copied", ("n", "v"), rows)
        cr.execute("SELECT n, v FROM copied ORDER BY n")
        self.assertEqual(cr.fetchall(), rows)

    def test_copy_stream_gives_the_same_in_any_pieces(self):
        rows = [(str(number), "x" * number) for number in range(50)]
        whole = staging.CopyStream(rows).read()
        for size in (1, 7, 1000):
            stream = staging.CopyStream(rows)
            pieces = "".join(iter(lambda s=stream, n=size: s.read(n), ""))
            with self.subTest(size=size):
                self.assertEqual(pieces, whole)
