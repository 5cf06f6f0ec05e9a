"""What statements and machines do past the ORM is in the event log all the same."""

from contextlib import contextmanager

from odoo.tests import freeze_time, tagged

from odoo.addons.harvest_audit.tests.common import audited

from ..provider import V11
from .common import AS_OF, SyncCommon
from .engine import rosters
from .oneroster_common import OneRosterCommon

PARTS = (
    "gr.student.enrollment",
    "gr.student.demographics",
    "gr.guardianship",
    "gr.group.member",
)


def subjects(events, action, model):
    """Whose records: ids of students of such events."""
    return {
        student
        for event in events
        for student in event.subjects
        if (event.action, event.model) == (action, model)
    }


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestRosterAudit(SyncCommon):
    def _students(self):
        return self.env["gr.student"].search([("company_id", "=", self.company.id)])

    def test_a_first_load_is_logged_for_each_child_and_part(self):
        with audited(self.env) as events:
            self._sync(rosters.small_roster())
        everybody = set(self._students().ids)
        self.assertEqual(subjects(events, "create", "gr.student"), everybody)
        for part in PARTS:
            with self.subTest(part=part):
                self.assertEqual(subjects(events, "create", part), everybody)
        made = [event for event in events if event.action == "create"]
        self.assertEqual({event.purpose for event in made}, {"roster"})
        self.assertEqual({event.company_id for event in made}, {self.company.id})

    def test_it_is_one_event_a_record_set(self):
        with audited(self.env) as events:
            self._sync(rosters.small_roster())
        made = [(e.action, e.model) for e in events if e.action == "create"]
        self.assertEqual(len(made), len(set(made)))

    def test_what_one_statement_changes_is_logged(self):
        tables = rosters.small_roster()
        self._sync(tables)
        student = self._student("s1")
        row = next(r for r in tables["demographics"] if r["sourcedId"] == "s1")
        row["birthDate"] = "2018-03-04"
        with audited(self.env) as events:
            self._sync(tables)
        (event,) = [
            event
            for event in events
            if (event.action, event.model) == ("write", "gr.student")
            and "birthdate" in event.fields
        ]
        self.assertEqual((event.subjects, event.purpose), (student.ids, "roster"))

    def test_a_roll_back_is_logged(self):
        run = self._sync(rosters.small_roster())
        with audited(self.env) as events:
            run._start_undo("A test")
            while run._undo_some(1000):
                pass
        everybody = set(self._students().with_context(active_test=False).ids)
        self.assertTrue(subjects(events, "write", "gr.student") >= everybody)
        self.assertIn("roster", {event.purpose for event in events})

    def test_names_in_a_preview_are_looks(self):
        tables = rosters.small_roster()
        run = self._read(tables)
        with audited(self.env) as events:
            run.change_ids.mapped("name")
        unknown = [event for event in events if event.model == "gr.sync.change"]
        self.assertTrue(unknown)
        self.assertFalse(subjects(events, "read", "gr.sync.change"))
        self._apply(run)
        self.env.invalidate_all()
        with audited(self.env) as events:
            run.change_ids.mapped("name")
        known = subjects(events, "read", "gr.sync.change")
        self.assertEqual(known, set(self._students().ids))


@tagged("post_install", "-at_install", "security")
class TestOneRosterAudit(OneRosterCommon):
    @contextmanager
    def _call(self, path, client=None, **how):
        """Yield the events of a call, as the service makes it."""
        client = client or self.client
        reader = client._get_reader()
        self.patch(type(client), "_get_reader", lambda _self: reader)
        with audited(self.env) as events:
            answer = self.get(path, client, **how)
            client._log_told(answer, reader.get_told_students())
        yield [event for event in events if event.purpose == "oneroster"]

    def test_every_path_to_a_child_names_the_child(self):
        child, parent = self.student_sid(), self.adult_sid(self.guardian.partner_id)
        group = self.sid(f"class|group|{self.group.id}")
        for path in (
            "/users",
            "/students",
            f"/students/{child}",
            f"/students/{child}/classes",
            f"/users/{parent}",
            "/demographics",
            f"/demographics/{child}",
            "/enrollments",
            f"/classes/{group}/students",
            f"/schools/{self.site_sid()}/students",
        ):
            with self.subTest(path=path), self._call(path) as events:
                (event,) = events
                self.assertIn(self.student.id, event.subjects)
                self.assertEqual(event.company_id, self.district.id)
                self.assertTrue(event.fields)
                self.assertIn(f'"client": {self.client.id}', event.detail)

    def test_what_is_about_nobody_is_no_event(self):
        for path in ("/orgs", "/classes", "/teachers", "/students/nobody"):
            with self.subTest(path=path), self._call(path) as events:
                self.assertEqual(events, [])

    def test_fields_are_those_that_were_sent(self):
        with self._call("/students", fields="givenName", version=V11) as events:
            self.assertEqual(events[0].fields, ["givenName"])
