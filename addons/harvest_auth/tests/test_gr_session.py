"""A session ends when it should, whoever keeps the cookie."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.http import Request, root
from odoo.service.security import check_session
from odoo.tests import tagged

from .common import SignInCommon

MINUTE, HOUR = 60, 3600


@tagged("post_install", "-at_install", "security")
class TestGrSession(SignInCommon):
    def setUp(self):
        super().setUp()
        # What a refused request writes is rolled back in tests, with the request.
        self.reasons = []
        Session = type(self.env["gr.session"])
        close = Session._close

        def note(model, sid, reason):
            self.reasons.append(reason)
            return close(model, sid, reason)

        self.patch(Session, "_close", note)

    def enter(self, user):
        self.authenticate(user.login, "-", session_extra={"_trace_disable": False})
        self.assertTrue(self.is_in())
        self.env.invalidate_all()
        return self.env["gr.session"].search(
            [("user_id", "=", user.id), ("ended_at", "=", False)]
        )

    def is_in(self):
        """Whether the web client is answered.

        By a route that may write: tests cannot open a second cursor beside a read-only
        one, servers can.
        """
        return "error" not in self.call("res.users", "context_get")

    def call(self, model, method, *args):
        answer = self.opener.post(
            self.base_url() + "/web/dataset/call_kw",
            json={
                "params": {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": {},
                }
            },
            timeout=30,
        )
        return answer.json()

    def test_administrators_see_all_sessions_and_which_one_is_theirs(self):
        """The list crashed: a value was computed for records of sudo only."""
        self.env["gr.session"].search([]).unlink()
        self.enter(self.teacher)
        self.env["gr.session"].search([]).identifier = "x" * 42
        mine = self.enter(self.users["Admin"])
        sessions = self.env["gr.session"].search([])
        self.assertEqual(len(sessions), 2)
        answer = self.call("gr.session", "read", sessions.ids, ["device", "is_current"])
        here = [row["id"] for row in answer["result"] if row["is_current"]]
        self.assertEqual(here, mine.ids)

    def stay(self, hours, step=20 * MINUTE):
        """Use it now and then; say how long it lasted."""
        start = self.now
        while self.now < start + hours * HOUR:
            self.now += step
            if not self.is_in():
                break
        return self.now - start

    def test_idle_ends_it_without_any_websocket(self):
        """15 minutes, last request 5 hours ago: it was let in by auth_timeout."""
        self.enter(self.teacher)
        self.now += 5 * HOUR
        self.assertFalse(self.is_in())
        self.assertEqual(self.reasons[0], "idle")
        self.assertIn({"reason": "idle"}, self.events_of("session_ended"))
        self.assertFalse(self.is_in())

    def test_absolute_ends_it_for_who_never_stops(self):
        """Odoo's rotation every three hours set the clock back: it was never over."""
        self.enter(self.teacher)
        self.assertLessEqual(self.stay(20), 12 * HOUR + 20 * MINUTE)
        self.assertEqual(self.reasons[0], "absolute")

    def test_administrators_have_less_time(self):
        self.enter(self.users["Admin"])
        self.now += 16 * MINUTE
        self.assertFalse(self.is_in())

    def test_it_is_listed_with_device_and_network(self):
        session = self.enter(self.teacher)
        self.assertEqual(session.address, "127.0.0.1")
        self.assertEqual(session.network, "127.0.0.0/24")
        self.assertTrue(session.device)

    def test_the_list_of_all_sessions_opens_for_administrators(self):
        """ "This Device" of other people's sessions had no value: the list crashed."""
        session = self.enter(self.teacher)
        found = (
            self.env["gr.session"]
            .with_user(self.users["Admin"])
            .web_search_read(
                [("id", "=", session.id)],
                {"device": {}, "is_current": {}, "ended_at": {}},
            )
        )
        self.assertEqual(found["records"][0]["is_current"], False)

    def test_last_seen_is_written_once_a_minute_and_not_by_the_bus(self):
        session = self.enter(self.teacher)
        seen = session.last_seen
        self.now += 50
        self.is_in()
        session.invalidate_recordset()
        self.assertEqual(session.last_seen, seen)
        self.now += 20
        self.opener.get(self.base_url() + "/web/webclient/version_info", timeout=30)
        session.invalidate_recordset()
        self.assertEqual(session.last_seen, seen)
        self.is_in()
        session.invalidate_recordset()
        self.assertGreater(session.last_seen, seen)

    def test_the_websocket_asks_too(self):
        self.enter(self.teacher)
        session = root.session_store.get(self.opener.cookies["session_id"])
        env = self.env(user=self.teacher)
        self.assertTrue(check_session(session, env))
        self.now += HOUR
        self.assertFalse(check_session(session, env))

    def test_it_is_ended_from_elsewhere_by_oneself_or_an_administrator(self):
        ends = {self.teacher: "remote", self.users["Admin"]: "administrator"}
        for who, reason in ends.items():
            session = self.enter(self.teacher)
            session.with_user(who).action_end()
            self.env.flush_all()
            self.assertFalse(self.is_in())
            self.assertEqual(session.end_reason, reason)

    def test_a_parent_ends_the_own_sessions_on_the_portal_and_no_others(self):
        elsewhere = self.enter(self.teacher)
        parent = self._make_portal_user(
            self.guardian.partner_id, self.district, login="parent"
        )
        lost = self.enter(parent)
        self.enter(parent)
        page = self.url_open("/my/security").text
        self.assertIn(f"/my/sessions/{lost.id}/end", page)
        self.assertNotIn(f"/my/sessions/{elsewhere.id}/end", page)
        for session in (lost, elsewhere):
            token = Request.csrf_token(self)
            path = f"/my/sessions/{session.id}/end"
            self.url_open(path, data={"csrf_token": token})
        self.env.invalidate_all()
        self.assertEqual(lost.end_reason, "remote")
        self.assertFalse(elsewhere.ended_at)

    def test_nobody_sees_or_ends_what_is_of_others(self):
        session = self.enter(self.teacher)
        for role in ("B", "C", "E", "F"):
            mine = session.with_user(self.users[role])
            self.assertFalse(mine.search([("id", "=", session.id)]))
            with self.assertRaises(AccessError):
                mine.action_end()
        foreign = self._make_user("Admin", district=self.foreign_district, login="far")
        with self.assertRaises(AccessError):
            session.with_user(foreign).with_company(self.foreign_district).action_end()

    def test_a_change_of_the_account_ends_it(self):
        role = self.env.ref("harvest_base.group_harvest_program")
        changes = {
            "role_changed": {"group_ids": [(4, role.id)]},
            "password_changed": {"password": "another long sentence"},
            "mfa_changed": {"totp_secret": "A" * 32},
            "archived": {"active": False},
        }
        for reason, vals in changes.items():
            session = self.enter(self.teacher)
            self.teacher.write(vals)
            self.env.flush_all()
            self.assertFalse(self.is_in(), reason)
            self.assertEqual(session.end_reason, reason)

    def test_the_same_roles_again_end_nothing(self):
        self.enter(self.teacher)
        self.teacher.write({"group_ids": [(4, self.teacher.group_ids[0].id)]})
        self.env.flush_all()
        self.assertTrue(self.is_in())

    def test_logging_out_is_written_down(self):
        self.enter(self.teacher)
        self.opener.get(self.base_url() + "/web/session/logout", timeout=30)
        self.assertEqual(self.reasons, ["logout"])

    def test_a_kiosk_has_less_time_and_its_network(self):
        self.teacher.gr_kiosk = True
        self.enter(self.teacher)
        self.now += 6 * MINUTE
        self.assertFalse(self.is_in())
        self.enter(self.teacher)
        self.teacher.gr_kiosk_networks = "203.0.113.0/24"
        self.env.flush_all()
        self.assertFalse(self.is_in())
        self.assertIn("network", self.reasons)

    def test_a_request_costs_one_query(self):
        self.enter(self.teacher)
        self.is_in()
        Session = type(self.env["gr.session"])
        asked = []
        original = Session._find_row

        def count(model, sid):
            before = model.env.cr.sql_log_count
            row = original(model, sid)
            asked.append(model.env.cr.sql_log_count - before)
            return row

        self.now += 5
        with (
            patch.object(Session, "_find_row", count),
            patch.object(Session, "_touch", side_effect=AssertionError),
        ):
            self.assertTrue(self.is_in())
        self.assertEqual(len(asked), 1)

    def test_limits_of_a_policy_count_at_the_next_request(self):
        policy = self.env.ref("harvest_auth.gr_identity_policy_everybody")
        self.enter(self.teacher)
        self.now += 10 * MINUTE
        policy.idle_minutes = 5
        self.env.flush_all()
        self.assertFalse(self.is_in())
