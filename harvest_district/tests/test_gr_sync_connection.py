"""Connections: sealed secrets, the test of a connection, schedule, pause and alerts."""

import io
import os
from contextlib import closing
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.sql_db import db_connect
from odoo.tests import freeze_time, tagged

from odoo.addons.queue_job.exception import RetryableJobError

from ..sis import NetError, Pull, Roster, Source, read_oneroster
from ..sis.adapters import ADAPTERS
from .common import AS_OF, SyncCommon
from .engine import rosters

SECRET = "s3cret-of-the-district"
BASE_URL = "https://sis.example.org/ims"


class Scripted(Source):
    """A district system whose answers a test decides."""

    adapter = "scripted"
    tables: dict = {}
    cursors: list = []
    failure: str = ""

    def steps(self):
        yield "reach", lambda: None
        yield "schools", self._schools

    def _schools(self):
        if self.failure:
            raise NetError.of(self.failure, "/schools")
        return 2

    def pull(self, cursor=None):
        self.cursors.append(cursor)
        if self.failure:
            raise NetError.of(self.failure, "/users")
        roster: Roster = read_oneroster(rosters.to_zip(rosters.to_files(self.tables)))
        return Pull(roster, {"since": len(self.cursors)}, False, 3)


@tagged("post_install", "-at_install")
class TestGrSyncConnection(SyncCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls._make_user("B", district=cls.company, gr_scope="district")
        cls.connection.write(
            {
                "adapter": "oneroster_rest",
                "base_url": BASE_URL,
                "owner_id": cls.operator.id,
                "is_scheduled": True,
                "time_zone": "America/Los_Angeles",
                "window_start": 20.0,
                "window_end": 6.0,
            }
        )
        cls.connection.next_run = False  # as if it had been due for long

    def setUp(self):
        super().setUp()
        self.source = type(
            "Now", (Scripted,), {"tables": rosters.small_roster(), "cursors": []}
        )
        patcher = patch.dict(ADAPTERS, {"oneroster_rest": self.source})
        patcher.start()
        self.addCleanup(patcher.stop)

    def _cron(self, moment):
        """Run the cron's method at a moment (UTC), in this transaction."""
        cron = type(self.env["ir.cron"])
        with (
            freeze_time(moment),
            patch.object(cron, "_commit_progress", return_value=60),
        ):
            self.env["gr.sync.connection"]._cron_read()

    def _run(self, **values):
        run = self.env["gr.sync.run"].create(
            {
                "connection_id": self.connection.id,
                "trigger": "manual",
                "as_of": AS_OF,
                "is_full": False,
                **values,
            }
        )
        while run._next_step():
            continue
        return run

    # SECRETS

    def test_a_secret_is_sealed_and_never_shown(self):
        self.connection.secret = SECRET
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT row_to_json(c)::text FROM gr_sync_connection c WHERE id = %s",
            (self.connection.id,),
        )
        self.assertNotIn(SECRET, self.env.cr.fetchone()[0])
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.secret, "●●●●●●●●")
        self.assertEqual(self.connection._get_source_settings().secret, SECRET)
        self.assertNotIn(SECRET, repr(self.connection._get_source_settings()))

    def test_a_lost_key_file_refuses_the_run_and_is_told(self):
        """Else the run would wait for ever, and the schedule for the run."""
        self.connection.secret = SECRET
        self.env.flush_all()
        self.connection.invalidate_recordset()
        with patch.dict(os.environ, {"HARVEST_KEY_FILE": "/nonexistent/keys.json"}):
            run = self._run()
        self.assertEqual((run.state, self.connection.alert), ("refused", "refused"))
        self.assertIn("key file", run.error)

    def test_saving_the_mask_keeps_the_secret(self):
        self.connection.secret = SECRET
        self.connection.secret = "●●●●●●●●"
        self.assertEqual(self.connection._get_source_settings().secret, SECRET)
        self.connection.secret = False
        self.assertEqual(self.connection._get_source_settings().secret, "")

    def test_nobody_reads_or_exports_it(self):
        self.connection.secret = SECRET
        mine = self.connection.with_user(self.operator)
        with self.assertRaises(AccessError):
            mine.read(["secret_sealed"])
        self.operator.group_ids += self.env.ref("base.group_allow_export")
        exported = mine.export_data(["name", "secret"])["datas"]
        self.assertNotIn(SECRET, str(exported))
        reader = self._make_user("A", district=self.company, gr_scope="district")
        with self.assertRaises(AccessError):
            self.connection.with_user(reader).read(["secret"])

    def test_a_secret_goes_to_no_other_address(self):
        """Who may not see it cannot have it sent to a server of their own, either."""
        mine = self.connection.with_user(self.operator)
        for values in (
            {"base_url": "https://sis.example.org.evil.example/ims"},
            {"base_url": "https://sis.example.org@evil.example/ims"},
            {"base_url": False},
            {"token_url": "https://evil.example/token"},
            {"base_url": "https://evil.example", "secret": "●●●●●●●●"},
        ):
            self.connection.write(
                {"base_url": BASE_URL, "token_url": False, "secret": SECRET}
            )
            mine.write(values)
            self.assertEqual(self.connection._get_source_settings().secret, "")
        mine.write({"base_url": BASE_URL, "secret": SECRET})
        mine.write({"base_url": f"{BASE_URL}/v1p2", "name": "The same server"})
        self.assertEqual(self.connection._get_source_settings().secret, SECRET)

    def test_what_keeps_ids_apart_is_not_written_by_hand(self):
        """In another space every child would be new, a second time."""
        mine = self.connection.with_user(self.operator)
        for name, value in (("id_space", "clever"), ("next_run", "2026-01-01")):
            with self.subTest(name), self.assertRaises(AccessError):
                mine.write({name: value})

    def test_a_copy_has_no_secret(self):
        self.connection.secret = SECRET
        copied = self.connection.copy({"name": "Copy"})
        self.assertFalse(copied.secret)

    def test_a_neutralized_database_has_none(self):
        self.connection.secret = SECRET
        self.env.flush_all()
        script = Path(__file__).parents[1] / "data" / "neutralize.sql"
        self.env.cr.execute(script.read_text())
        self.connection.invalidate_recordset()
        self.assertFalse(self.connection.secret)
        self.assertTrue(self.connection.is_paused)
        self.assertFalse(self.connection.is_scheduled)

    # TEST

    def test_the_test_names_the_step_that_failed(self):
        self.source.failure = "net_forbidden"
        self.connection.with_user(self.operator).action_check()
        lines = self.connection.check_lines
        self.assertEqual([line["ok"] for line in lines], [True, False])
        self.assertIn("403", lines[1]["message"])
        self.source.failure = ""
        self.connection.action_check()
        self.assertEqual(self.connection.check_lines[1]["count"], 2)

    # FETCH

    @freeze_time(AS_OF)
    def test_a_fetch_is_kept_and_read_from_there(self):
        run = self._run()
        self.assertEqual(run.state, "review")
        self.assertEqual(run.request_count, 3)
        self.assertEqual(run.stage_ids.mapped("stage"), ["fetch", "read", "compare"])
        run._read_again()
        while run._next_step():
            continue
        self.assertEqual(len(self.source.cursors), 1)
        self._apply(run)
        self.assertTrue(self._student("s1"))

    @freeze_time(AS_OF)
    def test_the_cursor_moves_when_a_run_was_applied(self):
        run = self._run()
        self.assertFalse(self.connection.cursor)
        self._apply(run)
        self.assertEqual(self.connection.cursor, {"since": 1})
        self._run()
        self.assertEqual(self.source.cursors, [None, {"since": 1}])

    @freeze_time(AS_OF)
    def test_the_whole_roster_is_asked_for_when_it_is_due(self):
        self._apply(self._run())
        self.connection.last_full = datetime(2026, 9, 1)
        self._run()
        self.assertEqual(self.source.cursors, [None, None])

    @freeze_time(AS_OF)
    def test_what_nobody_has_thought_of_blocks_nothing(self):
        """A row that no database takes: the run ends, and says no child's name."""

        def pull(source, cursor=None):
            pulled = self.source.original(source, cursor)
            student = pulled.roster.persons["s1"]
            pulled.roster.persons["s1"] = student._replace(given_name="Zoë\0Peña")
            return pulled

        self.source.original, self.source.pull = self.source.pull, pull
        run = self.connection._start_run("schedule")
        with self.assertLogs("odoo", "INFO") as logs:
            run._job_read()  # fetch
            run._job_read()  # read
        self.assertEqual(run.state, "refused")
        self.assertIn("UntranslatableCharacter", run.error)
        self.assertIn("staging.py", str(logs.output))
        self.assertNotIn("Zo", str(logs.output))
        self.assertEqual(self.connection.alert, "refused")
        with freeze_time("2026-09-16 06:00"):
            self.connection.next_run = False
            self.assertTrue(self.connection._is_due(datetime(2026, 9, 16, 6)))

    def test_a_run_whose_worker_died_can_be_dropped(self):
        run = self.connection._start_run("schedule")
        run._job_read()
        self.assertEqual(run.state, "reading")
        run.with_user(self.operator).action_drop()
        self.assertEqual(run.state, "dropped")
        run._job_read()  # should its job come back
        self.assertEqual(run.state, "dropped")

    def test_a_failed_fetch_changes_nothing_and_is_told_once(self):
        self._apply(self._run())
        self.source.failure = "net_timeout"
        first, second = self._run(), self._run()
        self.assertEqual((first.state, second.state), ("refused", "refused"))
        self.assertEqual(self.connection.cursor, {"since": 1})
        self.assertEqual(self.connection.alert, "refused")
        self.assertEqual(len((first | second).activity_ids), 1)
        self.assertEqual(first.activity_ids.user_id, self.operator)
        mails = self.env["mail.message"].search(
            [
                ("model", "=", "gr.sync.run"),
                ("res_id", "in", (first | second).ids),
                ("partner_ids", "in", self.operator.partner_id.ids),
            ]
        )
        self.assertEqual(len(mails), 1)
        self.source.failure = ""
        self._run()
        self.assertFalse(self.connection.alert)
        self.assertFalse((first | second).activity_ids)

    @freeze_time(AS_OF)
    def test_only_ticked_schools_are_taken(self):
        self._apply(self._run())
        self.assertEqual(self.connection.school_ids.mapped("key"), ["A", "B"])
        self.connection.take_new_schools = False
        tables = rosters.small_roster()
        school = {"sourcedId": "N", "name": "New School", "type": "school"}
        tables["orgs"].append(school | {"parentSourcedId": "D"})
        tables["users"].append(rosters.student(70, "N"))
        self.source.tables = tables
        run = self._run(is_full=True)
        self.assertFalse(self._student("s70"))
        self.assertIn("school_not_selected", run.problem_ids.mapped("code"))
        new = self.connection.school_ids.filtered(lambda line: line.key == "N")
        self.assertFalse(new.is_taken)
        new.is_taken = True
        self._apply(self._run(is_full=True))
        self.assertTrue(self._student("s70"))

    # SCHEDULE

    def test_the_window_may_span_midnight(self):
        night = datetime(2026, 9, 16, 5, 0)  # 22:00 in California
        noon = datetime(2026, 9, 15, 19, 0)
        self.assertTrue(self.connection._in_window(night))
        self.assertFalse(self.connection._in_window(noon))

    def test_the_next_time_lies_in_the_window(self):
        self.connection.interval_hours = 14
        night = datetime(2026, 9, 16, 5, 0)
        # 14 hours later it is noon; the window opens at 20:00, 03:00 UTC
        self.assertEqual(self.connection._next_time(night), datetime(2026, 9, 17, 3, 0))

    def test_the_clock_change_moves_the_window_with_the_district(self):
        self.connection.interval_hours = 14
        night = datetime(2026, 11, 1, 5, 0)  # the night when summer time ends
        self.assertEqual(self.connection._next_time(night), datetime(2026, 11, 2, 4, 0))

    def test_cron_starts_what_is_due_and_nothing_else(self):
        runs = self.connection.run_ids
        self.connection.last_success = datetime(2026, 9, 15)
        self._cron("2026-09-15 19:00:00")  # noon: outside the window
        self.assertFalse(self.connection.run_ids - runs)
        self._cron("2026-09-16 05:00:00")
        run = self.connection.run_ids - runs
        self.assertEqual((run.trigger, run.apply_directly), ("schedule", True))
        self._cron("2026-09-16 05:15:00")
        self.assertEqual(self.connection.run_ids - runs, run)
        self.assertGreater(self.connection.next_run, datetime(2026, 9, 16, 5))

    def test_a_reading_does_not_wander_through_the_window(self):
        """The cron comes late; the plan does not follow it."""
        self.connection.next_run = datetime(2026, 9, 16, 3)
        self._cron("2026-09-16 03:14:07")
        self.assertEqual(self.connection.next_run, datetime(2026, 9, 17, 3))
        self.connection.run_ids.state = "done"
        self._cron("2026-09-20 04:00:00")  # the server was away
        self.assertEqual(self.connection.next_run, datetime(2026, 9, 21, 4))

    def test_nothing_is_applied_by_itself_before_a_person_applied_the_first(self):
        runs = self.connection.run_ids
        self.connection.last_success = False
        self._cron("2026-09-16 05:00:00")
        run = self.connection.run_ids - runs
        self.assertEqual((run.trigger, run.apply_directly), ("schedule", False))

    def test_a_paused_system_is_left_alone(self):
        runs = self.connection.run_ids
        self.connection.with_user(self.operator).action_pause()
        self._cron("2026-09-30 05:00:00")
        self.assertFalse(self.connection.run_ids - runs)
        self.assertFalse(self.connection.alert)
        self.connection.with_user(self.operator).action_resume()
        self.assertFalse(self.connection.is_paused)

    def test_silence_is_told_once(self):
        self.connection.last_success = datetime(2026, 9, 1)
        for _night in range(2):
            self._cron("2026-09-15 19:00:00")
        self.assertEqual(self.connection.alert, "silence")
        self.assertEqual(len(self.connection.activity_ids), 1)
        self.assertIn("2026-08-31 17:00", self.connection.activity_ids.summary)

    def test_nobody_writes_what_only_runs_write(self):
        mine = self.connection.with_user(self.operator)
        for values in ({"is_paused": True}, {"last_success": "2030-01-01 00:00:00"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                mine.write(values)

    def test_one_run_of_a_system_at_a_time(self):
        self.env.flush_all()
        with closing(db_connect(self.env.cr.dbname).cursor()) as other:
            other.execute(
                "SELECT pg_advisory_xact_lock(hashtext('gr.sync'), %s)",
                (self.connection.id,),
            )
            with self.assertRaises(RetryableJobError):
                self._run()
            other.rollback()
        self.assertEqual(self._run().state, "review")

    def test_an_upload_reads_as_before(self):
        run = self.env["gr.sync.run"].create(
            {"connection_id": self.connection.id, "as_of": AS_OF}
        )
        run._read_source(io.BytesIO(self._zip(rosters.small_roster())))
        self.assertEqual(run.state, "review")
