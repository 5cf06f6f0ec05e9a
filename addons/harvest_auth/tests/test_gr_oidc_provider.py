"""OpenID Connect over HTTP: browsers, sessions, and who attacks them."""

import sys
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.harvest_base.tests.common import HarvestCommon

from ..models import gr_oidc_documents_mixin
from ..models.gr_identity_secret_mixin import MASK
from .common import note_events
from .oidc_peer import CLIENT_ID, ISSUER, SUBJECT, Server

REFUSED = "/web/login?gr_sign_in=refused"
SCORE = {}


@tagged("post_install", "-at_install", "security")
class TestGrOidcProvider(HarvestCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        role = cls.env.ref("harvest_base.group_harvest_direct_service")
        cls.provider = cls.env["gr.oidc.provider"].create(
            {
                "name": "District",
                "company_id": cls.district.id,
                "issuer": ISSUER,
                "client_id": CLIENT_ID,
                "secret": "client-secret-7Q",
                "jit_enabled": True,
                "mapping_ids": [
                    (
                        0,
                        0,
                        {
                            "claim": "groups",
                            "value": "aides",
                            "role_id": role.id,
                            "site_ids": cls.site.ids,
                        },
                    )
                ],
            }
        )
        cls.provider.state = "enabled"

    def setUp(self):
        super().setUp()
        gr_oidc_documents_mixin._documents.clear()
        self.op = Server()
        self.op.claims = {"groups": ["aides"], "name": "Ada Aide"}
        transport = patch(
            "odoo.addons.harvest_auth.oidc.client.make_transport",
            lambda _trusted: self.op,
        )
        self.startPatcher(transport)
        self.browser = {}

    # BROWSERS: their cookies. Secure ones count on loopback, though not for requests.

    def ask(self, method, path, browser, **how):
        self.opener.cookies.clear()
        self.opener.cookies.update(browser)
        url = self.base_url() + path
        answer = self.opener.request(
            method, url, allow_redirects=False, timeout=30, **how
        )
        browser |= {cookie.name: cookie.value for cookie in answer.cookies}
        self.env.invalidate_all()
        return answer

    def get(self, path, browser=None, **params):
        browser = self.browser if browser is None else browser
        return self.ask("GET", path, browser, params=params)

    def start(self, browser=None, **params):
        answer = self.get(f"/auth/oidc/{self.provider.id}/start", browser, **params)
        return answer.headers["Location"]

    def back(self, params, browser=None):
        return self.get(f"/auth/oidc/{self.provider.id}/callback", browser, **params)

    def sign_in(self, browser=None, **params):
        return self.back(self.op.authorize(self.start(browser, **params)), browser)

    def is_in(self, browser=None):
        page = self.get("/odoo", browser)
        return page.status_code == 200

    def assertRefused(self, answer, name):
        refused = answer.headers.get("Location", "").endswith(REFUSED)
        SCORE[name] = refused and not self.is_in()
        self.assertTrue(SCORE[name], f"{name}: {answer.status_code} {answer.headers}")

    # WHAT IS RIGHT

    def test_a_person_signs_in_and_gets_the_role(self):
        answer = self.sign_in(redirect="/odoo/linked-accounts")
        self.assertEqual(
            urlsplit(answer.headers["Location"]).path.split("?")[0],
            "/odoo/linked-accounts",
        )
        self.assertTrue(self.is_in())
        user = self.provider.identity_ids.user_id
        self.assertEqual(user.gr_site_ids, self.site)
        self.assertEqual(self.provider.identity_ids.subject, SUBJECT)

    def test_a_sign_in_that_a_portal_began_begins_anew(self):
        answer = self.back({"code": "from-launchpad"})
        self.assertTrue(answer.headers["Location"].startswith(f"{ISSUER}/auth?"))
        self.assertEqual(self.op.exchanged, 0)

    def test_the_page_tells_no_other_site(self):
        answer = self.get(f"/auth/oidc/{self.provider.id}/start")
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")

    def test_the_button_leads_there_once_it_is_in_use(self):
        self.assertIn(
            f"/auth/oidc/{self.provider.id}/start", self.get("/web/login").text
        )
        self.provider.state = "draft"
        self.assertNotIn(
            f"/auth/oidc/{self.provider.id}/start", self.get("/web/login").text
        )
        self.assertEqual(
            self.get(f"/auth/oidc/{self.provider.id}/start").status_code, 404
        )

    # ATTACKS

    def test_login_csrf_the_answer_of_another_browser(self):
        theirs = {}
        params = self.op.authorize(self.start(theirs))
        self.assertRefused(self.back(params), "login CSRF")
        self.assertRefused(self.back(params, {}), "login CSRF without a cookie")
        self.assertTrue(self.back(params, theirs).headers["Location"])
        self.assertTrue(self.is_in(theirs))

    def test_an_answer_counts_once(self):
        params = self.op.authorize(self.start())
        self.back(params)
        fresh = {"gr_sign_in": self.browser["gr_sign_in"]}
        answer = self.back(params, fresh)
        SCORE["replay"] = answer.headers["Location"].endswith(REFUSED)
        self.assertTrue(SCORE["replay"])
        self.assertFalse(self.is_in(fresh))
        self.assertEqual(self.op.exchanged, 1)

    def test_a_code_of_another_sign_in_is_of_no_use(self):
        victim = self.op.authorize(self.start({}))
        mine = self.op.authorize(self.start())
        self.assertRefused(self.back(mine | {"code": victim["code"]}), "code injection")

    def test_a_made_up_state_is_refused(self):
        self.start()
        for name, state in (("state guessed", "guess"), ("state empty", "")):
            self.assertRefused(
                self.back({"code": "c", "state": state, "iss": ISSUER}), name
            )

    def test_a_state_of_another_provider_is_refused(self):
        other = self.provider.copy({"name": "Other", "client_id": "other"})
        other.state = "enabled"
        params = self.op.authorize(self.start())
        answer = self.get(f"/auth/oidc/{other.id}/callback", **params)
        self.assertRefused(answer, "mix-up of providers")

    def test_a_mixed_up_issuer_is_refused(self):
        params = self.op.authorize(self.start())
        answer = self.back(params | {"iss": "https://evil.test"})
        self.assertRefused(answer, "mix-up by iss")

    def test_the_target_stays_here(self):
        for number, target in enumerate(
            (
                "https://evil.test/",
                "//evil.test",
                "/\\evil.test",
                "javascript:alert(1)",
                "/x\r\nSet-Cookie: a=b",
            )
        ):
            browser = {}
            answer = self.sign_in(browser, redirect=target)
            location = urlsplit(answer.headers["Location"])
            SCORE[f"open redirect {number}"] = location.netloc in (
                "",
                urlsplit(self.base_url()).netloc,
            )
            self.assertTrue(SCORE[f"open redirect {number}"], location)

    def test_who_has_no_role_is_refused(self):
        self.op.claims = {"groups": ["pupils"]}
        events = note_events(self)
        self.assertRefused(self.sign_in(), "no role")
        [event] = [event for action, event in events if action == "login_refused"]
        self.assertEqual(event["detail"]["code"], "no_role")
        self.assertEqual(event["district"], self.district)

    def test_an_answer_to_a_provider_that_is_off_is_refused(self):
        params = self.op.authorize(self.start())
        self.provider.state = "tested"
        self.assertRefused(self.back(params), "provider off")

    def test_an_address_they_did_not_verify_is_none(self):
        self.op.claims |= {"email": "boss@musd.example", "email_verified": False}
        self.sign_in()
        self.assertFalse(self.provider.identity_ids.user_id.email)

    def test_a_name_in_parts_is_a_name(self):
        """Clever's ID token has no whole name."""
        self.op.claims = {
            "groups": ["aides"],
            "given_name": "Ada",
            "family_name": "Aide",
        }
        self.sign_in()
        self.assertEqual(self.provider.identity_ids.user_id.name, "Ada Aide")

    # THEIR LOG-OUT

    def log_out(self, token):
        path = f"/auth/oidc/{self.provider.id}/logout"
        return self.ask("POST", path, {}, data={"logout_token": token})

    def test_their_log_out_ends_the_session_here(self):
        self.sign_in()
        self.assertTrue(self.is_in())
        answer = self.log_out(self.op.logout_token())
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertFalse(self.is_in())

    def test_a_log_out_without_a_session_name_ends_all_of_the_account(self):
        self.sign_in()
        self.log_out(self.op.logout_token(sid=None))
        self.assertFalse(self.is_in())

    def test_forged_log_outs_end_nothing(self):
        self.sign_in()
        good = self.op.logout_token()
        forged = {
            "log-out for another client": self.op.logout_token(aud="other"),
            "log-out with a nonce": self.op.logout_token(nonce="n"),
            "log-out without the event": self.op.logout_token(events={}),
            "log-out with the signature cut": good.rpartition(".")[0] + ".",
            "log-out empty": "",
        }
        for name, token in forged.items():
            SCORE[name] = self.log_out(token).status_code == 400 and self.is_in()
            self.assertTrue(SCORE[name], name)
        self.log_out(self.op.logout_token(sid="another", jti="two"))
        self.assertTrue(self.is_in())

    def test_a_log_out_counts_once(self):
        token = self.op.logout_token()
        self.assertEqual(self.log_out(token).status_code, 200)
        self.sign_in()
        SCORE["log-out replayed"] = self.log_out(token).status_code == 400
        self.assertTrue(SCORE["log-out replayed"] and self.is_in())

    @classmethod
    def tearDownClass(cls):
        sys.stdout.write(
            f"\nOIDC attacks refused over HTTP {sum(SCORE.values())}/{len(SCORE)}\n"
        )
        super().tearDownClass()

    # SETTING UP

    def test_the_secret_is_sealed_and_never_shown(self):
        self.assertEqual(self.provider.secret, MASK)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT secret_sealed FROM gr_oidc_provider WHERE id = %s",
            [self.provider.id],
        )
        self.assertNotIn("client-secret", self.env.cr.fetchone()[0])
        self.assertEqual(self.provider._open_secret(), "client-secret-7Q")
        self.provider.name = "New name"
        self.assertEqual(self.provider._open_secret(), "client-secret-7Q")

    def test_the_secret_does_not_move_to_another_server(self):
        self.provider.issuer = "https://other.test"
        self.assertEqual(self.provider._open_secret(), "")

    def test_vendors_with_many_customers_need_the_district(self):
        with self.assertRaises(ValidationError):
            self.provider.profile = "google"
        self.provider.write(
            {"profile": "google", "tenant_claim": "hd", "tenant": "musd.example"}
        )

    def test_an_issuer_without_tls_is_refused(self):
        for issuer in ("http://op.test", "op.test", "https://a:b@op.test", "file:///x"):
            with self.assertRaises(ValidationError):
                self.provider.issuer = issuer

    def test_a_test_shows_each_check_and_signs_nobody_in(self):
        admin = self._make_user(
            "Admin", district=self.district, gr_scope="district", login="tester"
        )
        self.provider.state = "draft"
        self.authenticate(admin.login, admin.login)
        self.browser["session_id"] = self.session.sid
        answer = self.get(f"/auth/oidc/{self.provider.id}/test")
        self.back(self.op.authorize(answer.headers["Location"]))
        self.assertEqual(self.provider.state, "tested")
        codes = [code for code, passed, _detail in self.provider.test_lines if passed]
        self.assertEqual(
            codes,
            [
                "browser",
                "discovery",
                "answer",
                "code",
                "id_token",
                "claims",
                "decision",
            ],
        )
        self.assertFalse(self.provider.identity_ids)
        self.assertIn("fa-check", self.provider.test_report)

    def test_a_failed_test_names_the_check(self):
        admin = self._make_user(
            "Admin", district=self.district, gr_scope="district", login="tester"
        )
        self.provider.state = "draft"
        self.authenticate(admin.login, admin.login)
        self.browser["session_id"] = self.session.sid
        answer = self.get(f"/auth/oidc/{self.provider.id}/test")
        self.op.claims = {"aud": "other-client"}
        self.back(self.op.authorize(answer.headers["Location"]))
        self.assertEqual(self.provider.state, "draft")
        self.assertEqual(self.provider.test_lines[-1][:2], ["audience_wrong", False])

    def test_who_sees_one_site_or_none_tests_nothing(self):
        for role in ("Admin", "C"):
            with self.assertRaises(AccessError):
                self.provider.with_user(self.users[role]).action_test()
