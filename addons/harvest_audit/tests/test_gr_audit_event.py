from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.harvest_base.tests.common import HarvestCommon

from .. import store, subject_keys
from .common import audited


@tagged("post_install", "-at_install")
class TestGrAuditEvent(HarvestCommon):
    def _seen(self, events, model="gr.student", action="read"):
        return [e for e in events if e.model == model and e.action == action]

    def _read_as(self, user, method, *args, model="gr.student", **kwargs):
        self.env.flush_all()
        self.env.invalidate_all()
        with audited(self.env) as events:
            call_kw(self.env[model].with_user(user), method, list(args), kwargs)
        return events

    def test_every_way_to_read_is_one_event(self):
        ids, domain = self.student.ids, [("id", "=", self.student.id)]
        ways = {
            "read": (ids, ["last_name"]),
            "search_read": (domain, ["last_name"]),
            "web_read": (ids, {"last_name": {}}),
            "web_search_read": (domain, {"last_name": {}}),
            "name_search": ("Ana", domain),
        }
        for way, args in ways.items():
            with self.subTest(way=way):
                events = self._read_as(self.user_aide, way, *args)
                (event,) = self._seen(events)
                self.assertEqual(event.subjects, ids)
                self.assertEqual(event.res_ids, ids)
                self.assertEqual(event.uid, self.user_aide.id)
                self.assertEqual(event.company_id, self.district.id)
                self.assertIn(
                    "name" if way == "name_search" else "last_name", event.fields
                )

    def test_a_client_cannot_switch_it_off(self):
        self.env.invalidate_all()
        silent = {"auditlog_disabled": True, "tracking_disable": True, "silent": True}
        events = self._read_as(
            self.user_aide, "read", self.student.ids, ["name"], context=silent
        )
        self.assertTrue(self._seen(events))

    def test_figures_are_an_event_without_records(self):
        events = self._read_as(
            self.user_aide, "formatted_read_group", [], ["grade"], ["__count"]
        )
        (event,) = self._seen(events)
        self.assertEqual((event.fields, event.res_ids), (["grade"], []))

    def test_an_export_says_so(self):
        self.user_operations.group_ids += self.env.ref("base.group_allow_export")
        events = self._read_as(
            self.user_operations, "export_data", self.student.ids, ["last_name"]
        )
        (event,) = self._seen(events, action="export")
        self.assertEqual(event.subjects, self.student.ids)
        self.assertFalse(self._seen(events))

    def test_a_part_of_the_record_names_the_student(self):
        guardian = self.guardian.ids
        events = self._read_as(
            self.user_program, "read", guardian, ["relation"], model="gr.guardianship"
        )
        (event,) = self._seen(events, "gr.guardianship")
        self.assertEqual(event.subjects, self.student.ids)

    def test_the_contact_of_a_student_and_no_other_contact(self):
        contact = self.student._get_partner()
        other = self.guardian.partner_id
        self.env.invalidate_all()
        with audited(self.env) as events:
            (contact + other).sudo().mapped("name")
        (event,) = self._seen(events, "res.partner")
        self.assertEqual(
            (event.res_ids, event.subjects), (contact.ids, self.student.ids)
        )

    def test_reading_with_sudo_is_an_event_of_the_person(self):
        self.env.invalidate_all()
        with audited(self.env) as events:
            self.student.with_user(self.user_parent).sudo().mapped("first_name")
        self.assertEqual(self._seen(events)[0].uid, self.user_parent.id)

    def test_a_look_costs_the_request_no_query(self):
        self.env.invalidate_all()
        with audited(self.env):
            before = self.env.cr.sql_log_count
            self.student.fetch(["last_name"])
            self.assertEqual(self.env.cr.sql_log_count - before, 1)

    def test_changes_hold_old_and_new_sealed(self):
        with audited(self.env) as events:
            self.student.first_name = "Anita"
            self.student.first_name = "Anna"
        (event,) = self._seen(events, action="write")
        self.assertNotIn("Anna", repr(event))
        values = subject_keys.open_values(self._new_cursor(), event.sealed)
        self.assertEqual(
            values[self.student.id][str(self.student.id)]["first_name"], ["Ana", "Anna"]
        )

    def _new_cursor(self):
        return self.enterContext(store.connection(self.env.cr.dbname))

    def test_a_change_that_is_rolled_back_is_none(self):
        with audited(self.env) as events:
            with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
                self.student.first_name = "Nobody"
                raise ZeroDivisionError
            self.student.last_name = "Kept"
        (event,) = self._seen(events, action="write")
        self.assertEqual(event.fields, ["last_name"])

    def test_what_is_deleted_was_somebodys(self):
        line, student = self.student.enrollment_ids, self.student
        with audited(self.env) as events:
            line.unlink()
        (event,) = self._seen(events, "gr.student.enrollment", "unlink")
        self.assertEqual(event.subjects, student.ids)

    def test_shredded_values_are_lost_and_the_event_stays(self):
        with audited(self.env) as events:
            self.student.first_name = "Secret"
        (event,) = self._seen(events, action="write")
        with store.connection(self.env.cr.dbname) as cr:
            self.env["gr.audit.event"].with_env(self.env(cr=cr))._shred(self.student)
        self.assertEqual(subject_keys.open_values(self._new_cursor(), event.sealed), {})
        with audited(self.env) as events:
            self.student.first_name = "Later"
        self.assertFalse(self._seen(events, action="write")[0].sealed)

    def test_log_and_log_now(self):
        log = self.env["gr.audit.event"].with_user(self.user_parent)
        with audited(self.env) as events:
            log._log("consent_given", subjects=self.student.ids, detail={"version": 2})
            log._log_now("login_refused", stream="system", outcome="refused")
        refused, given = events
        self.assertEqual(
            (refused.action, refused.outcome), ("login_refused", "refused")
        )
        self.assertEqual(given.detail, '{"version": 2}')
        self.assertEqual(given.as_row()["stream"], f"district:{given.company_id}")

    def test_nobody_writes_the_log(self):
        log = self.env["gr.audit.event"].sudo()
        for refused in (lambda: log.create({}), lambda: log.write({}), log.unlink):
            with self.assertRaises(AccessError):
                refused()
