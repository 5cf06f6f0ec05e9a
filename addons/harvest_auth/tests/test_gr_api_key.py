"""What a key may do, how often, and how soon it is worth nothing."""

import json
from datetime import timedelta
from unittest.mock import patch

from passlib.context import CryptContext

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import gr_api_bucket
from .common import SignInCommon


@tagged("post_install", "-at_install", "security")
class TestGrApiKey(SignInCommon):
    def setUp(self):
        super().setUp()
        self.owner = self.user_operations
        self.owner.gr_scope = "district"
        self.key = self.make_key()
        gr_api_bucket._leases.clear()
        self.addCleanup(gr_api_bucket._leases.clear)

    def make_key(self, user=None, **limits):
        expires = fields.Datetime.now() + timedelta(hours=20)
        Keys = self.env["res.users.apikeys"].with_user(user or self.owner)
        key = Keys.with_context(gr_key_limits=limits)._generate(None, "Test", expires)
        self.env.flush_all()
        return key

    def limits_of(self, key):
        self.env.invalidate_all()
        return self.env["gr.api.key"].search([("prefix", "=", key[:8])])

    def call(self, model, method, key=None, **params):
        return self.opener.post(
            f"{self.base_url()}/json/2/{model}/{method}",
            data=json.dumps(params),
            headers={
                "Authorization": f"bearer {key or self.key}",
                "Content-Type": "application/json",
            },
            timeout=30,
        )

    def read_students(self, key=None, **params):
        return self.call(
            "gr.student", "search_read", key, **{"fields": ["first_name"], **params}
        )

    def names(self, key):
        answer = self.read_students(key)
        self.assertEqual(answer.status_code, 200, answer.text)
        return {row["first_name"] for row in answer.json()}

    def write_student(self, key):
        return self.call(
            "gr.student",
            "write",
            key,
            ids=self.student.ids,
            vals={"preferred_name": "Anita"},
        ).status_code

    # WHAT IT MAY

    def test_full_is_what_its_owner_may(self):
        self.assertLessEqual({"Ana", "Beto"}, self.names(self.key))
        self.assertNotIn("Caro", self.names(self.key))

    def test_read_only_reads(self):
        key = self.make_key(self.user_program, access="read")
        self.assertEqual(self.names(key), {"Ana"})
        with mute_logger("odoo.http"):
            self.assertEqual(self.write_student(key), 403)
        self.assertEqual(self.write_student(self.make_key(self.user_program)), 200)

    def test_named_records_only(self):
        student = self.env["ir.model"]._get("gr.student")
        key = self.make_key(
            self.user_program, access="models", read_model_ids=student.ids
        )
        self.assertEqual(self.names(key), {"Ana"})
        with mute_logger("odoo.http"):
            self.assertEqual(self.write_student(key), 403)
            for model in ("gr.guardianship", "res.partner", "res.users"):
                self.assertEqual(
                    self.call(model, "search_read", key).status_code, 403, model
                )
            sneaky = self.call(
                "gr.student",
                "web_search_read",
                key,
                domain=[],
                specification={"guardianship_ids": {"fields": {"relation": {}}}},
            )
        self.assertEqual(sneaky.status_code, 403, sneaky.text)
        key = self.make_key(
            self.user_program, access="models", write_model_ids=student.ids
        )
        self.assertEqual(self.write_student(key), 200)

    def test_named_interfaces_only(self):
        interface = self.env["ir.model"]._get("gr.elearning.integration")
        if not interface:
            self.skipTest("harvest_training is not installed")
        key = self.make_key(access="api", api_model_ids=interface.ids)
        with mute_logger("odoo.http"):
            self.assertEqual(self.read_students(key).status_code, 403)
            answer = self.call(interface.model, "get_progress", key, enrollment_id=-1)
        self.assertNotIn("may not call", answer.text)

    def test_sites_narrow_every_rule(self):
        key = self.make_key(site_ids=self.other_site.ids)
        self.assertEqual(self.names(key), {"Beto"})
        self.assertLessEqual({"Ana", "Beto"}, self.names(self.key))  # no mixed cache
        self.assertEqual(self.names(key), {"Beto"})
        with mute_logger("odoo.http"):
            answer = self.call("gr.student", "read", key, ids=self.student.ids)
        self.assertEqual(answer.status_code, 403)

    def test_sites_never_reach_beyond_the_owner(self):
        key = self.make_key(self.user_program, site_ids=self.other_site.ids)
        self.assertEqual(self.names(key), set())

    def test_a_client_cannot_widen_it(self):
        key = self.make_key(site_ids=self.other_site.ids)
        answer = self.read_students(
            key, context={"gr_key_limits": {}, "allowed_company_ids": self.district.ids}
        )
        self.assertEqual({row["first_name"] for row in answer.json()}, {"Beto"})

    def test_a_narrow_key_is_no_password_of_other_interfaces(self):
        narrow = self.make_key(access="read")
        Keys = self.env["res.users.apikeys"]
        self.assertFalse(Keys._check_credentials(scope="rpc", key=narrow))
        self.assertEqual(
            Keys._check_credentials(scope="rpc", key=self.key), self.owner.id
        )

    def test_only_from_its_network(self):
        key = self.make_key(networks="203.0.113.0/24")
        self.assertEqual(self.read_students(key).status_code, 401)

    # HOW LONG

    def test_it_is_hashed_once_a_minute_and_not_at_each_request(self):
        verify = CryptContext.verify
        with patch.object(
            CryptContext, "verify", autospec=True, side_effect=verify
        ) as hashed:
            for _request in range(3):
                self.assertEqual(self.read_students().status_code, 200)
            self.assertEqual(hashed.call_count, 1)
            self.now += 61
            self.read_students()
            self.assertEqual(hashed.call_count, 2)
        self.assertTrue(self.limits_of(self.key).last_used)

    def test_revoked_archived_and_expired_count_at_once(self):
        self.assertEqual(self.read_students().status_code, 200)
        self.limits_of(self.key).with_user(self.owner).action_revoke()
        self.env.flush_all()
        self.assertEqual(self.read_students().status_code, 401)
        key = self.make_key()
        self.assertEqual(self.read_students(key).status_code, 200)
        self.owner.active = False
        self.env.flush_all()
        self.assertEqual(self.read_students(key).status_code, 401)

    def test_odoos_own_removal_counts_at_once(self):
        self.assertEqual(self.read_students().status_code, 200)
        self.owner.with_user(self.owner).api_key_ids._remove()
        self.env.flush_all()
        self.assertEqual(self.read_students().status_code, 401)
        self.assertTrue(self.limits_of(self.key).revoked_at)

    def test_wrong_keys_fill_no_cache_and_are_sent_away(self):
        rule = self.env["gr.rule"].search(
            [("key", "=", "auth.lockout.network.lock_after")]
        )
        rule.value = "4"
        self.env.flush_all()
        for _try in range(4):
            self.env["gr.lockout"]._count_wrong_key("127.0.0.1")
        answer = self.read_students("f" * 40)
        self.assertEqual(answer.status_code, 429)
        self.assertGreater(int(answer.headers["Retry-After"]), 60)
        self.assertEqual(self.read_students().status_code, 200)  # a right one is heard

    # HOW OFTEN

    def test_the_client_is_told_where_it_stands(self):
        answer = self.read_students()
        self.assertEqual(answer.headers["RateLimit-Limit"], "10000")
        self.assertEqual(answer.headers["RateLimit-Remaining"], "9999")
        self.assertIn('"district";r=9999', answer.headers["RateLimit"])

    def test_more_than_the_quota_is_sent_away(self):
        rule = self.env["gr.rule"].search(
            [("key", "=", "auth.api.requests_per_minute")]
        )
        rule.value = "3"
        self.env.flush_all()
        found = [self.read_students() for _request in range(5)]
        self.assertEqual([one.status_code for one in found], [200] * 3 + [429] * 2)
        self.assertEqual(found[-1].headers["Retry-After"], "20")
        self.assertEqual(found[-1].headers["RateLimit-Remaining"], "0")
        self.now += 21
        self.assertEqual(self.read_students().status_code, 200)

    def test_an_error_tells_no_stranger_the_code(self):
        for key, model, status in (
            ("0123456789" * 4, "gr.student", 401),
            (None, "gr.identity.policy", 403),
            (None, "no.such.model", 404),
        ):
            with self.subTest(status=status), mute_logger("odoo.http"):
                answer = self.call(model, "create", key, vals_list=[{"name": "x"}])
                self.assertEqual(answer.status_code, status, answer.text)
                self.assertTrue(answer.json()["message"])
                self.assertNotIn("Traceback", answer.text)
        answer = self.opener.post(
            f"{self.base_url()}/web/dataset/call_kw",
            json={"params": {"model": "gr.student", "method": "search"}},
            timeout=30,
        )
        self.assertIn("SessionExpired", answer.text)
        self.assertNotIn("Traceback", answer.text)

    def test_a_key_has_a_limit_of_its_own(self):
        key = self.make_key(requests_per_minute=2)
        found = [self.read_students(key).status_code for _request in range(3)]
        self.assertEqual(found, [200, 200, 429])
        self.assertEqual(self.read_students().status_code, 200)

    def test_pages_and_not_everything(self):
        self.assertEqual(self.read_students(limit=1001).status_code, 422)
        self.assertEqual(self.read_students(limit=1000).status_code, 200)
        self.assertEqual(
            self.call("gr.student", "read", ids=list(range(1, 1002))).status_code, 422
        )
        self.assertEqual(self.read_students().headers["Harvest-Page-Limit"], "1000")

    # WHO SEES IT

    def test_it_is_seen_and_revoked_by_its_owner_and_administrators_only(self):
        key = self.limits_of(self.key)
        for role in ("C", "D", "E"):
            mine = key.with_user(self.users[role])
            self.assertFalse(mine.search([("id", "=", key.id)]))
            with self.assertRaises(AccessError):
                mine.action_revoke()
        with self.assertRaises(AccessError):
            key.with_user(self.owner).write({"access": "full"})
        with self.assertRaises(AccessError):
            key.with_user(self.users["Admin"]).write({"user_id": self.teacher.id})
        key.with_user(self.users["Admin"]).action_revoke()
        self.assertTrue(key.revoked_at)
        self.assertEqual(len(self.events_of("key_revoked")), 1)
