import re
from base64 import b64encode
from contextlib import contextmanager
from datetime import UTC, datetime
from unittest.mock import patch
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from lxml import etree, html
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.harvest_base.tests.common import HarvestKit
from odoo.addons.harvest_crypto.keyring import is_sealed

from ..const import COOKIE, REFUSED_PATH
from ..saml.names import NS, RSA_SHA256
from .saml_forge import IDP, Forge, der, pair, stamp

SSO, SLO = "https://idp.musd.example/sso", "https://idp.musd.example/slo"
LIBRARY_LOG = "odoo.addons.harvest_auth.models.gr_saml_library_mixin"


@tagged("post_install", "-at_install")
class TestSamlHttp(HarvestKit, HttpCase):
    """SAML as browsers and attackers meet it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_places()
        cls.provider = cls.env["gr.saml.provider"].create(
            {
                "name": "District",
                "company_id": cls.district.id,
                "base_url": cls.base_url(),
                "jit_enabled": True,
                "email_attribute": "mail",
            }
        )
        cls.forge = Forge(
            now=datetime.now(UTC).replace(microsecond=0),
            sp=cls.provider.sp_entity_id,
            acs=cls.provider.acs_url,
        )
        cls.provider.write(
            {
                "entity_id": IDP,
                "sso_url": SSO,
                "slo_url": SLO,
                "certificates": [der(cls.forge.certificate)],
                "state": "enabled",
            }
        )
        cls.env["gr.identity.mapping"].create(
            {
                "saml_provider_id": cls.provider.id,
                "claim": "groups",
                "value": "aides",
                "role_id": cls.env.ref("harvest_base.group_harvest_direct_service").id,
                "site_ids": cls.site.ids,
            }
        )

    def _path(self, what):
        return f"/auth/saml/{self.provider.id}/{what}"

    def _get(self, path, **how):
        return self.url_open(path, allow_redirects=False, **how)

    def _start(self, redirect="/odoo"):
        """Begin a sign-in; return what their system is asked."""
        answer = self._get(f"{self._path('start')}?redirect={quote(redirect)}")
        self.assertEqual(answer.status_code, 303)
        # Our client sends no secure cookie over plain http; a browser on loopback does.
        found = re.search(rf"{COOKIE}=([^;]+)", answer.headers["Set-Cookie"])
        self.browser = found[1]
        self.opener.cookies.set(COOKIE, self.browser)
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        return {name: values[0] for name, values in query.items()}

    def _request_id(self, asked):
        xml = OneLogin_Saml2_Utils.decode_base64_and_inflate(asked["SAMLRequest"])
        return etree.fromstring(xml).get("ID")

    def _answer(self, asked, what="both", **changes):
        root = self.forge.build(request=self._request_id(asked), **changes)
        return self.forge.text(self.forge.signed(root, what))

    def _post(self, text, relay_state, cookies=None):
        data = {"SAMLResponse": text, "RelayState": relay_state}
        if cookies is not None:
            with self._other_browser(cookies):
                return self._post(text, relay_state)
        return self.url_open(self._path("acs"), data=data, allow_redirects=False)

    @contextmanager
    def _other_browser(self, cookies):
        mine = self.opener.cookies.copy()
        self.opener.cookies.clear()
        self.opener.cookies.update(cookies)
        try:
            yield
        finally:
            self.opener.cookies.clear()
            self.opener.cookies.update(mine)

    def _is_refused(self, answer):
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith(REFUSED_PATH))
        return True

    def _who(self):
        info = self.make_jsonrpc_request("/web/session/get_session_info", {})
        return info["uid"]

    def _sign_in(self, **changes):
        asked = self._start()
        answer = self._post(self._answer(asked, **changes), asked["RelayState"])
        self.assertEqual(answer.status_code, 303)
        self.assertNotIn("refused", answer.headers["Location"])
        return self.env["gr.identity"].search([("subject", "=", "teacher-7f3a")])

    def test_a_teacher_signs_in_with_exactly_the_mapped_rights(self):
        asked = self._start("/odoo/students?x=1")
        self.assertEqual(asked["SigAlg"], RSA_SHA256)
        answer = self._post(self._answer(asked), asked["RelayState"])
        self.assertTrue(answer.headers["Location"].endswith("/odoo/students?x=1"))
        user = (
            self.env["gr.identity"].search([("subject", "=", "teacher-7f3a")]).user_id
        )
        self.assertEqual(user.login, "aide@musd.example")
        self.assertEqual(user.gr_site_ids, self.site)
        self.assertEqual(self._who(), user.id)

    def test_a_message_counts_once_in_one_browser(self):
        asked = self._start()
        text = self._answer(asked)
        for cookies in ({}, {COOKIE: "other"}):
            self._is_refused(self._post(text, asked["RelayState"], cookies))
        answer = self._post(text, asked["RelayState"])
        self.assertNotIn("refused", answer.headers["Location"])
        self._is_refused(self._post(text, asked["RelayState"]))
        mine = {COOKIE: self.browser}
        self._is_refused(self._post(text, asked["RelayState"], mine))
        again = self._start()
        self._is_refused(self._post(text, again["RelayState"]))

    def test_their_sign_in_counts_only_where_it_is_allowed(self):
        root = self.forge.build(request=None)
        text = self.forge.text(self.forge.signed(root))
        self._is_refused(self._post(text, ""))
        self.provider.allow_unsolicited = True
        answer = self._post(text, "https://evil.example/")
        self.assertNotIn("evil", answer.headers["Location"])
        self.assertNotIn("refused", answer.headers["Location"])
        self._is_refused(self._post(text, ""))

    def test_who_has_no_role_reads_one_neutral_sentence(self):
        self.provider.mapping_ids.value = "nobody"
        asked = self._start()
        with self.assertLogs("odoo.addons.harvest_auth") as log:
            self._is_refused(self._post(self._answer(asked), asked["RelayState"]))
        self.assertIn("no_role", log.output[0])
        self.assertNotIn("teacher", "".join(log.output))
        page = self.url_open(REFUSED_PATH).text
        sentence = page.index("You could not be signed in")
        # Odoo hides the form, on a device that several people use for good.
        self.assertLess(sentence, page.index("oe_login_form"))
        self.assertNotIn("no_role", page)
        self.assertFalse(
            self.env["gr.identity"].search([("subject", "=", "teacher-7f3a")])
        )

    def test_a_provider_that_is_off_lets_nobody_in(self):
        asked = self._start()
        text = self._answer(asked)
        self.provider.state = "draft"
        self._is_refused(self._post(text, asked["RelayState"]))
        self._is_refused(self._get(self._path("start")))
        self.assertNotIn(self.provider._get_start_path(), self._get("/web/login").text)

    def test_garbage_is_no_error_of_the_server(self):
        asked = self._start()
        for text in (
            "",
            "x",
            "\x00",
            b64encode(b"<a/>").decode(),
            b64encode(b"\xff\xfe<a/>").decode(),
            "é" * 50,
            "A" * 1000,
        ):
            for relay_state in ("", "x" * 5000, asked["RelayState"], "\r\nX: y", "//e"):
                self._is_refused(self._post(text, relay_state))
        too_long = self._post("A" * 300_000, "x")
        self.assertEqual(too_long.status_code, 413)
        for path in ("slo?SAMLRequest=x", "slo?SAMLRequest=%ff&SigAlg=x", "slo", "acs"):
            self.assertLess(self._get(self._path(path)).status_code, 500)

    def test_an_unknown_provider_is_refused_like_any(self):
        self._is_refused(self._get("/auth/saml/999999/start"))
        self.assertEqual(self._get("/auth/saml/999999/metadata").status_code, 404)

    def test_our_metadata_is_signed_and_lasts(self):
        answer = self._get(self._path("metadata"))
        root = etree.fromstring(answer.content)
        self.assertEqual(root.get("entityID"), self.provider.sp_entity_id)
        self.assertIsNotNone(root.find("ds:Signature", NS))
        self.assertGreater(root.get("validUntil"), "2030")
        self.assertNotIn("PRIVATE", answer.text)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT sp_key_sealed FROM gr_saml_provider WHERE id = %s",
            self.provider.ids,
        )
        [(column,)] = self.env.cr.fetchall()
        self.assertTrue(is_sealed(column))

    def test_the_button_names_the_district(self):
        page = self._get("/web/login").text
        self.assertIn(self.provider._get_start_path(), page)
        self.assertIn("Sign in with Test Unified School District", page)

    def test_the_button_stays_where_several_people_share_a_device(self):
        """Odoo's list of people hides the form; the button is not in it."""
        page = html.fromstring(self._get("/web/login").content)
        button = f"//a[@href='{self.provider._get_start_path()}']"
        self.assertEqual(len(page.xpath(button)), 1)
        self.assertFalse(page.xpath(f"//form{button}"))

    # LOG-OUT

    def _end(self, key=None, **changes):
        values = {
            "id": "_end1",
            "issuer": IDP,
            "where": self.provider.slo_path_url,
            "issued": stamp(0, self.forge.now),
            "name": "teacher-7f3a",
            "index": "<samlp:SessionIndex>_session1</samlp:SessionIndex>",
        } | changes
        xml = (
            f'<samlp:LogoutRequest xmlns:samlp="{NS["samlp"]}"'
            f' xmlns:saml="{NS["saml"]}" ID="{values["id"]}" Version="2.0"'
            f' IssueInstant="{values["issued"]}"'
            f' Destination="{values["where"]}"><saml:Issuer>{values["issuer"]}'
            f"</saml:Issuer><saml:NameID>{values['name']}</saml:NameID>"
            f"{values['index']}</samlp:LogoutRequest>"
        )
        packed = OneLogin_Saml2_Utils.deflate_and_base64_encode(xml)
        query = urlencode({"SAMLRequest": packed, "SigAlg": RSA_SHA256})
        seal = OneLogin_Saml2_Utils.sign_binary(query, key or self.forge.key.decode())
        query += "&" + urlencode({"Signature": b64encode(seal).decode()})
        with self._other_browser({}):
            return self._get(f"{self._path('slo')}?{query}")

    def test_their_log_out_ends_the_session_here(self):
        identity = self._sign_in()
        self.assertEqual(self._who(), identity.user_id.id)
        answer = self._end()
        self.assertTrue(answer.headers["Location"].startswith(f"{SLO}?SAMLResponse="))
        self.assertTrue(self._get("/odoo").headers["Location"].startswith("/web/login"))

    def test_a_forged_log_out_ends_nothing(self):
        identity = self._sign_in()
        self._is_refused(self._end(pair(2048, 77)[0].decode()))
        self._is_refused(self._end(issuer="https://evil.example"))
        self._is_refused(self._end(where="https://evil.example"))
        self._is_refused(self._end(issued=stamp(-3600, self.forge.now)))
        self.assertEqual(self._who(), identity.user_id.id)
        self._end(name="somebody-else")
        self._end(id="_end2", index="<samlp:SessionIndex>_x</samlp:SessionIndex>")
        self.assertEqual(self._who(), identity.user_id.id)
        self._end(id="_end3", index="")
        self.assertTrue(self._get("/odoo").headers["Location"].startswith("/web/login"))

    def test_our_log_out_goes_on_there(self):
        self._sign_in()
        answer = self._get("/web/session/logout")
        self.assertTrue(answer.headers["Location"].endswith("/auth/leave"))
        answer = self._get("/auth/leave")
        self.assertTrue(answer.headers["Location"].startswith(f"{SLO}?SAMLRequest="))

    def test_their_end_of_the_session_is_ours(self):
        identity = self._sign_in(session_until=stamp(3600, self.forge.now))
        self.assertTrue(identity.session_ids.expires)
        identity.session_ids.expires = "2020-01-01"
        self.assertTrue(self._get("/odoo").headers["Location"].startswith("/web/login"))

    # TEST

    def test_a_test_signs_nobody_in_and_names_each_check(self):
        admin = self._make_user(
            "Admin", district=self.district, gr_scope="district", password="gr-Admin-1!"
        )
        self.provider.state = "draft"
        self.authenticate(admin.login, "gr-Admin-1!")
        answer = self._get(self._path("test"))
        found = re.search(rf"{COOKIE}=([^;]+)", answer.headers["Set-Cookie"])
        self.opener.cookies.set(COOKIE, found[1])
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        asked = {name: values[0] for name, values in query.items()}
        answer = self._post(self._answer(asked), asked["RelayState"])
        self.assertTrue(
            answer.headers["Location"].endswith(f"saml-providers/{self.provider.id}")
        )
        self.assertEqual(self.provider.state, "tested")
        self.assertIn("D: Direct service staff", self.provider.test_report)
        self.assertFalse(self.provider.identity_ids)
        self.assertEqual(self._who(), admin.id)

    def test_only_who_may_change_it_tests_it(self):
        aide = self._make_user("D", self.site, password="gr-Aide-12!")
        self.authenticate(aide.login, "gr-Aide-12!")
        self.assertEqual(self._get(self._path("test")).status_code, 404)

    def test_with_libraries_that_failed_their_test_it_is_closed(self):
        admin = self._make_user(
            "Admin", district=self.district, gr_scope="district", password="gr-Admin-1!"
        )
        asked = self._start()
        right = self._answer(asked)
        self.startPatcher(
            patch(
                "odoo.addons.harvest_auth.saml.selftest.problems",
                lambda: ("altered", "doubled"),
            )
        )
        self._is_refused(self._get(self._path("start")))
        self._is_refused(self._post(right, asked["RelayState"]))
        self._is_refused(self._end())
        self.assertFalse(self.provider.identity_ids)
        self.authenticate(admin.login, "gr-Admin-1!")
        self.provider.state = "draft"
        answer = self._get(self._path("test"))
        self.assertIn("saml.provider", answer.headers["Location"])
        self.provider.invalidate_recordset()
        self.assertIn("would not notice a forged", self.provider.test_report)
        self.assertEqual(self.provider.library_problem, "altered, doubled")
        self.provider.state = "tested"
        with self.assertRaises(UserError):
            self.provider.with_user(admin).action_enable()
        with self.assertLogs(LIBRARY_LOG, "ERROR") as log:
            self.env["gr.saml.provider"]._register_hook()
        self.assertIn("requirements.txt", log.output[0])
