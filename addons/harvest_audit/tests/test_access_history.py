from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.harvest_base.tests.common import HarvestCommon

from .. import archive, places, store
from ..chain import Row
from ..event import Event
from .common import audited


def append(env, **values):
    """Put an event into the log, in the test's own transaction."""
    event = Event(**{"action": "read", "model": "gr.student", **values})
    env.cr.execute("SELECT harvest_audit.append(%s)", [store.as_json([event])])


@tagged("post_install", "-at_install")
class TestAccessHistory(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        seen = {"subjects": cls.student.ids, "company_id": cls.district.id}
        append(cls.env, uid=cls.user_aide.id, fields=["first_name", "id"], **seen)
        append(cls.env, uid=cls.user_aide.id, fields=["grade"], **seen)
        append(cls.env, uid=1, action="write", fields=["site_id"], **seen)
        append(cls.env, uid=cls.user_aide.id, subjects=cls.elsewhere.student.ids)

    def test_a_family_reads_role_organization_kind_and_facts(self):
        rows = self.student.with_user(self.user_parent)._gr_access_history()
        self.assertEqual(len(rows), 2, rows)
        changed, read = rows
        self.assertEqual(read["facts"], ["First Name", "Grade"])
        self.assertEqual(read["kind"], "Student")
        self.assertEqual(read["times"], 2)
        self.assertEqual(read["organization"], self.district.name)
        self.assertIn("Direct", read["role"])
        self.assertEqual(changed["role"], "The system itself")
        self.assertEqual(changed["action"], "Changed")

    def test_a_system_that_read_is_no_user_of_ours(self):
        append(
            self.env,
            uid=self.env.ref("base.public_user").id,
            model="gr.oneroster.object",
            purpose="oneroster",
            subjects=self.student.ids,
            company_id=self.district.id,
        )
        rows = self.student.with_user(self.user_parent)._gr_access_history()
        self.assertEqual(rows[0]["role"], "Another system, by OneRoster")

    def test_who_may_not_read_the_child_may_not_ask(self):
        with self.assertRaises(AccessError):
            self.elsewhere.student.with_user(self.user_parent)._gr_access_history()
        History = self.env["gr.access.history"].with_user(self.user_program)
        with self.assertRaises(AccessError):
            History.create({"student_id": self.foreign.student.id})

    def test_asking_is_an_event(self):
        with audited(self.env) as events:
            self.student.with_user(self.user_program).action_access_history()
        asked = [event for event in events if event.model == "gr.audit.event"]
        self.assertEqual(asked[0].subjects, self.student.ids)
        self.assertEqual(asked[0].uid, self.user_program.id)

    def test_the_dialogue_explains(self):
        opened = self.student.with_user(self.user_program).action_access_history()
        history = self.env["gr.access.history"].browse(opened["res_id"])
        line = history.line_ids.filtered(lambda line: line.user_id == self.user_aide)
        self.assertEqual(line.facts, "First Name, Grade")
        action = line.with_user(self.user_program).action_explain()
        self.assertEqual(action["context"]["default_user_id"], self.user_aide.id)

    def test_the_log_is_searched_by_student_and_only_names_who_may_be_read(self):
        Log = self.env["gr.audit.event"]
        found = Log.with_user(self.user_operations).search(
            [("subject_ids", "in", self.student.ids)]
        )
        self.assertEqual(len(found), 3)
        self.assertEqual(found.subject_ids, self.student)
        executive = found.with_user(self.users["A"])
        self.assertFalse(executive.subject_ids)
        with audited(self.env) as events:
            Log.with_user(self.user_operations).search(
                [("subject_ids", "in", self.student.ids)]
            )
        self.assertEqual(events[0].subjects, self.student.ids)

    def test_c_and_d_do_not_read_the_log(self):
        for role in "CDEF":
            log = self.env["gr.audit.event"].with_user(self.users[role])
            with self.subTest(role=role), self.assertRaises(AccessError):
                log.search([])


@tagged("post_install", "-at_install")
class TestAuditUpkeep(HarvestCommon):
    def setUp(self):
        super().setUp()
        folder = Path(self.enterContext(TemporaryDirectory()))
        self.enterContext(patch.object(places, "anchors", lambda _db: folder / "a"))
        self.enterContext(patch.object(places, "archive", lambda _db: folder / "b"))
        self.enterContext(patch.object(places, "key", lambda: folder / "key.pem"))

    def test_status_tells_of_a_missing_anchor_and_verifies(self):
        admin = self.users["Admin"]
        status = self.env["gr.audit.status"].with_user(admin).create({})
        self.assertTrue(status.anchor_late)
        status.action_anchor()
        status.invalidate_recordset()
        self.assertFalse(status.anchor_late)
        status.action_verify()
        self.assertEqual(status.verified, "sound", status.faults)

    def test_an_anchor_is_mailed_to_who_is_named(self):
        self.env["ir.config_parameter"].set_param(
            "harvest_audit.anchor_email", "board@example.org"
        )
        self.env["gr.audit.event"]._cron_anchor()
        mail = self.env["mail.mail"].search([], limit=1)
        self.assertEqual(mail.email_to, "board@example.org")
        self.assertIn(b"harvest-audit/v1", mail.attachment_ids.raw)

    def test_months_are_made_ahead(self):
        with patch.object(type(self.env["gr.audit.event"]), "_archive_month"):
            self.env["gr.audit.event"]._cron_upkeep()
        with store.connection(self.env.cr.dbname) as cr:
            cr.execute(
                "SELECT count(*) FROM pg_inherits"
                " WHERE inhparent = 'harvest_audit.event'::regclass"
            )
            self.assertGreaterEqual(cr.fetchone()[0], 3)

    def test_an_archive_reads_back_as_it_was(self):
        row = Row(
            *(
                "system",
                1,
                datetime.now(UTC),
                "read",
                "gr.student",
                [1, 2],
                None,
                ["a"],
            ),
            *(2, None, None, "::1", "/ñ", "GET", None, "ok", None, None, b"\x01\xff"),
        )
        path = places.archive("") / "2026-01.jsonl.gz"
        count, digest = archive.write(path, [row, row])
        self.assertEqual(list(archive.read(path)), [row, row])
        self.assertEqual((count, len(digest)), (2, 64))

    def test_young_months_are_not_archived(self):
        months = self.env["gr.audit.event"]._months_before(date(2020, 1, 1))
        self.assertEqual(list(months), [])
