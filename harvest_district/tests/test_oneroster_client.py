"""Clients: secrets, tokens, rights, and what is written down of their calls."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.gr_oneroster_client import SECRETS
from ..provider import V12, Answer
from .oneroster_common import OneRosterCommon


@tagged("post_install", "-at_install", "security")
class TestOneRosterClient(OneRosterCommon):
    def _sign_in(self, key, secret):
        return self.env["gr.oneroster.client"]._authenticate(key, secret)

    def _token(self, client=None):
        return (client or self.client)._issue_token("")[0]

    def _bearer(self, token):
        return self.env["gr.oneroster.token"]._find(token).client_id

    def test_only_a_salted_hash_of_a_secret_is_kept(self):
        one, two = (self._make_client() for _times in range(2))
        secret = one._renew_secret()
        self.assertGreaterEqual(len(secret), 40)
        self.assertTrue(SECRETS.verify(secret, one.sudo().secret_hash))
        self.env.cr.execute("SELECT * FROM gr_oneroster_client WHERE id = %s", [one.id])
        self.assertNotIn(secret, str(self.env.cr.fetchall()))
        self.assertNotEqual(two._renew_secret(), secret)
        self.assertEqual(self._sign_in(one.client_key, secret), one)

    def test_who_is_refused(self):
        secret = self.client._renew_secret()
        key = self.client.client_key
        self.assertTrue(self._sign_in(key, secret))
        for wrong in (
            (key, secret + "x"),
            (key, ""),
            ("unknown", secret),
            ("", ""),
            (self.site_client.client_key, ""),  # has no secret yet
        ):
            self.assertFalse(self._sign_in(*wrong))
        self.client.date_end = self.yesterday
        self.assertFalse(self._sign_in(key, secret))
        self.client.write({"date_end": False, "active": False})
        self.assertFalse(self._sign_in(key, secret))

    def test_an_unknown_client_costs_a_verification_too(self):
        verified = []
        self.patch(SECRETS, "dummy_verify", lambda: bool(verified.append(True)))
        self._sign_in("unknown", "secret")
        self._sign_in(self.site_client.client_key, "secret")
        self.assertEqual(len(verified), 2)

    def test_a_token_is_kept_as_a_hash_and_ends(self):
        token = self._token()
        self.assertEqual(self._bearer(token), self.client)
        self.env.cr.execute("SELECT token_hash, scopes FROM gr_oneroster_token")
        self.assertNotIn(token, str(self.env.cr.fetchall()))
        kept = self.env["gr.oneroster.token"]._find(token)
        left = kept.expires_at - fields.Datetime.now()
        self.assertLessEqual(left, timedelta(hours=1))
        kept.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertFalse(self._bearer(token))
        self.env["gr.oneroster.token"]._gc_expired()
        self.assertFalse(kept.exists())

    def test_tokens_end_with_what_they_stand_on(self):
        def renewed():
            self.client._renew_secret()

        def archived():
            self.client.action_archive()

        def expired():
            self.client.date_end = self.yesterday

        def lost_a_right():
            self.client.share_demographics = False

        for act in (renewed, lost_a_right, expired, archived):
            with self.subTest(act=act.__name__):
                self.client.write({"active": True, "date_end": False})
                self.client.share_demographics = True
                token = self._token()
                self.assertTrue(self._bearer(token))
                act()
                self.assertFalse(self._bearer(token))

    def test_the_dialogue_shows_the_secret_and_stores_nothing(self):
        action = self.client.with_user(self._admin()).action_renew_secret()
        secret = action["context"]["default_secret"]
        self.assertTrue(self._sign_in(self.client.client_key, secret))
        dialogue = self.env[action["res_model"]].with_user(self._admin())
        self.assertTrue(dialogue._abstract)
        shown = dialogue.with_context(**action["context"]).onchange(
            {}, [], {"secret": {}, "client_key": {}}
        )["value"]
        self.assertEqual(shown["secret"], secret)

    def _admin(self):
        user = self.users["Admin"]
        user.gr_scope = "district"
        return user

    @mute_logger("odoo.sql_db")
    def test_a_site_that_goes_does_not_open_all_others(self):
        site = self._make_site(self.district, "New")
        client = self._make_client(site_ids=site.ids)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            site.unlink()
        self.env.invalidate_all()
        self.assertEqual(client.site_ids, site)

    def test_only_administrators_of_the_whole_district_change_clients(self):
        own = {"name": "Mine", "company_id": self.district.id}
        Client = self.env["gr.oneroster.client"]
        for role in ("A", "B", "C", "D", "E", "F", "none"):
            with self.assertRaises(AccessError):
                Client.with_user(self.users[role]).create(own)
        with self.assertRaises(AccessError):
            Client.with_user(self.users["Admin"]).create(own)  # of one site
        client = Client.with_user(self._admin()).create(own)
        for name, value in (
            ("client_key", "mine"),
            ("secret_hash", SECRETS.hash("known")),
            ("former_site_ids", self.site.ids),
            ("rights_date", False),
            ("company_id", self.foreign_district.id),
        ):
            with self.subTest(field=name), self.assertRaises(AccessError):
                client.write({name: value})
        with self.assertRaises(AccessError):
            client.read(["secret_hash"])
        client.site_ids = self.site
        self.assertEqual(client.former_site_ids, self.site | self.other_site)

    def test_a_call_is_written_down_without_values(self):
        self.client._log_call(
            V12,
            "/users",
            Answer(200, {}, {}, "/users", 7),
            {"filter": "familyName='Prueba'", "limit": "10"},
        )
        [call] = self.client.call_ids
        self.assertEqual((call.path, call.row_count, call.status), ("/users", 7, 200))
        self.assertEqual(call.query, "limit=10&filter(familyName)")
        self.assertEqual(self.client.call_count, 1)
        self.assertTrue(self.client.last_call_date)

    def test_calls_are_kept_as_long_as_the_rule_says(self):
        answer = Answer(200, {}, {}, "/users", 1)
        for _times in range(2):
            self.client._log_call(V12, "/users", answer, {})
        old, new = self.client.call_ids
        days = self.env["gr.rule"].rule(
            "oneroster.call.keep_days", self.district, self.today
        )
        old.date = fields.Datetime.now() - timedelta(days=days + 1)
        new.date = fields.Datetime.now() - timedelta(days=days - 1)
        self.env["gr.oneroster.call"]._gc_calls()
        self.assertEqual(self.client.call_ids, new)

    def test_publish_now(self):
        self.student.first_name = "Anita"
        client = self.client.with_user(self._admin())
        self.assertEqual(client.action_publish()["tag"], "display_notification")
        self.assertIn("Anita Prueba", self.names(self.rows("/students")))

    def test_screens_open(self):
        admin = self._admin()
        for model, kinds in (
            ("gr.oneroster.client", ("list", "form", "search")),
            ("gr.oneroster.call", ("list", "search")),
            ("gr.oneroster.secret", ("form",)),
        ):
            views = (
                self.env[model].with_user(admin).get_views([(False, k) for k in kinds])
            )
            self.assertEqual(set(views["views"]), set(kinds))

    def test_the_list_says_what_a_client_reads(self):
        texts = [
            (client.site_text, client.extra_text)
            for client in (self.client, self.site_client)
        ]
        self.assertEqual(
            texts, [("Every site", "Demographics"), ("Test Elementary", "")]
        )
