"""Password, then a second factor: who is asked, and every way round it."""

import re
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.tests import tagged

from odoo.addons.auth_totp.models.totp import TOTP
from odoo.addons.harvest_crypto import keyring

from .common import PASSWORD, SignInCommon

LONG_AGO = date(2000, 1, 1)


@tagged("post_install", "-at_install", "security")
class TestSecondFactor(SignInCommon):
    def setUp(self):
        super().setUp()
        self.person = self.teacher
        self.person.write({"gr_mfa_asked_on": LONG_AGO, "email": "t@musd.example"})
        self.env.flush_all()
        self.startPatcher(patch.object(type(self.env["mail.mail"]), "send"))

    def get(self, path):
        return self.opener.get(self.base_url() + path, timeout=30)

    def post(self, path, page, **data):
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        return self.opener.post(
            self.base_url() + path, data={**data, "csrf_token": token}, timeout=30
        )

    def enter(self, password=PASSWORD):
        page = self.get("/web/login")
        return self.post("/web/login", page, login=self.person.login, password=password)

    def is_in(self):
        answer = self.opener.post(
            self.base_url() + "/web/dataset/call_kw",
            json={
                "params": {
                    "model": "res.users",
                    "method": "context_get",
                    "args": [],
                    "kwargs": {},
                }
            },
            timeout=30,
        )
        return "error" not in answer.json()

    def set_up(self):
        """Enroll with the app; return the page with the recovery codes."""
        page = self.enter()
        self.assertRegex(page.text, '<code class="text-break">[A-Z2-7 ]+<')
        with patch.object(TOTP, "match", lambda _totp, _code, **_how: 1):
            return self.post("/web/login/enroll", page, code="123 456")

    def test_without_a_factor_it_is_set_up_before_anything_else(self):
        page = self.enter()
        self.assertTrue(page.url.split("?")[0].endswith("/web/login/enroll"), page.url)
        self.assertIn("data:image/png;base64,", page.text)
        self.assertFalse(self.is_in())
        wrong = self.post("/web/login/enroll", page, code="000000")
        self.assertIn("not the code", wrong.text)
        self.assertFalse(self.is_in())
        codes = self.set_up()
        self.assertIn("Keep these codes", codes.text)
        self.assertTrue(self.is_in())
        self.assertTrue(self.person.totp_enabled)

    def test_who_has_one_is_asked_for_it_and_can_use_each_recovery_code_once(self):
        codes = re.findall(r"<li>(\w{4}-\w{4}-\w{4})</li>", self.set_up().text)
        self.assertEqual(len(codes), 10)
        self.get("/web/session/logout")
        page = self.enter()
        self.assertIn("/web/login/totp", page.url)
        self.assertFalse(self.is_in())
        page = self.get("/web/login/recovery")
        refused = self.post("/web/login/recovery", page, code="aaaa-bbbb-cccc")
        self.assertIn("none of your unused", refused.text)
        self.post("/web/login/recovery", page, code=codes[0].upper())
        self.assertTrue(self.is_in())
        self.assertIn({"code": "recovery_code", "left": 9}, self.events_of("login"))
        self.get("/web/session/logout")
        self.enter()
        page = self.get("/web/login/recovery")
        refused = self.post("/web/login/recovery", page, code=codes[0])
        self.assertIn("none of your unused", refused.text)
        self.assertFalse(self.is_in())

    def test_codes_are_not_kept(self):
        codes = re.findall(r"<li>(\w{4}-\w{4}-\w{4})</li>", self.set_up().text)
        self.env.cr.execute("SELECT code_hash FROM gr_recovery_code")
        stored = str(self.env.cr.fetchall())
        self.assertNotIn(codes[0], stored)
        self.assertNotIn(codes[0].replace("-", ""), stored)

    def test_in_the_days_of_grace_it_may_wait(self):
        self.person.gr_mfa_asked_on = False
        self.env.flush_all()
        page = self.enter()
        self.assertIn("/web/login/enroll", page.url)
        self.assertIn("Later", page.text)
        self.assertTrue(self.is_in())
        self.env.invalidate_all()
        self.assertTrue(self.person.gr_mfa_asked_on)

    def test_families_are_not_asked_and_may(self):
        parent = self.user_parent
        self.assertFalse(parent._mfa_url())
        parent.sudo().totp_secret = "A" * 32
        self.assertEqual(parent._mfa_url(), "/web/login/totp")

    def test_the_secret_of_the_app_is_sealed(self):
        self.person.sudo().totp_secret = "A" * 32
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT totp_secret FROM res_users WHERE id = %s", [self.person.id]
        )
        [column] = self.env.cr.fetchone()
        self.assertTrue(keyring.is_sealed(column))
        self.assertNotIn("A" * 32, column)
        self.env.invalidate_all()
        self.assertEqual(self.person.sudo().totp_secret, "A" * 32)
        self.assertTrue(self.person.totp_enabled)
        Users = self.env["res.users"]
        self.assertIn(self.person, Users.search([("totp_enabled", "=", True)]))
        self.person.sudo().totp_secret = False
        self.assertNotIn(self.person, Users.search([("totp_enabled", "=", True)]))
        self.assertFalse(self.person.totp_enabled)

    def test_level_one_and_administrators_are_always_asked(self):
        for role in ("A", "B", "C", "Admin"):
            self.users[role].gr_mfa_asked_on = LONG_AGO
            self.assertEqual(self.users[role]._mfa_url(), "/web/login/enroll", role)

    def test_a_passkey_only_group_is_not_content_with_the_app(self):
        self.env.ref("harvest_auth.gr_identity_policy_everybody").mfa = "passkey"
        self.person.sudo().totp_secret = "A" * 32
        self.assertEqual(self.person._mfa_url(), "/web/login/enroll")
        self.env["auth.passkey.key"].with_user(self.person).sudo().create(
            {"name": "Key", "credential_identifier": "x", "public_key": "x"}
        )
        self.person.invalidate_recordset()
        self.assertEqual(self.person._mfa_url(), "/web/login/passkey")

    def test_no_code_by_mail_for_staff(self):
        self.env["ir.config_parameter"].set_param("auth_totp.policy", "all_required")
        self.assertEqual(self.person._mfa_url(), "/web/login/enroll")

    def test_a_new_password_by_mail_does_not_pass_it(self):
        self.person.sudo().totp_secret = "A" * 32
        partner = self.person.partner_id.sudo()
        partner.signup_prepare()
        token = partner._generate_signup_token()
        self.env.flush_all()
        path = f"/web/reset_password?token={token}"
        new = "a quiet river of stones"
        self.post(
            path,
            self.get(path),
            token=token,
            login=self.person.login,
            name=self.person.name,
            password=new,
            confirm_password=new,
        )
        self.assertFalse(self.is_in())
        self.assertIn("/web/login/totp", self.enter(new).url)
        self.assertFalse(self.is_in())

    def test_no_password_by_rpc(self):
        with self.assertRaises(AccessDenied):
            self.person.with_user(self.person)._check_credentials(
                {"type": "password", "password": PASSWORD, "login": "-"},
                {"interactive": False},
            )

    def test_a_right_password_pays_for_no_guess_of_the_code(self):
        self.person.sudo().totp_secret = "A" * 32
        self.env.flush_all()
        for _round in range(4):
            self.sign_in(self.person.login)
        self.assertEqual(self.row_of(self.person.login).failures, 4)

    def test_the_pages_are_for_nobody_else(self):
        for path in ("passkey", "enroll", "recovery"):
            answer = self.get(f"/web/login/{path}")
            self.assertTrue(answer.url.endswith("/web/login"), path)

    # RESET BY AN ADMINISTRATOR

    def reset(self, by, person):
        wizard = self.env["gr.mfa.reset"].with_user(by)
        wizard = wizard.create(
            {"user_id": person.id, "reason": "lost", "identity": "in_person"}
        )
        type(wizard).action_reset.__wrapped__(wizard)

    def test_an_administrator_resets_it_and_it_is_told(self):
        self.person.sudo().totp_secret = "A" * 32
        self.reset(self.users["Admin"], self.person)
        self.assertFalse(self.person.totp_enabled)
        self.assertEqual(self.person._mfa_url(), "/web/login/enroll")
        self.assertIn(
            {"reason": "lost", "identity": "in_person"}, self.events_of("mfa_reset")
        )
        mail = self.env["mail.mail"].search([("subject", "ilike", "was reset")])
        self.assertIn("t@musd.example", mail.email_to)

    def test_not_by_others_not_the_own_and_not_without_a_check(self):
        with self.assertRaises(AccessError):
            self.reset(self.user_program, self.person)
        with self.assertRaises(UserError):
            self.reset(self.users["Admin"], self.users["Admin"])
        wizard = self.env["gr.mfa.reset"].with_user(self.users["Admin"])
        wizard = wizard.create(
            {"user_id": self.person.id, "reason": "lost", "identity": "in_person"}
        )
        with self.assertRaises(UserError):  # only over HTTP, where the check is
            wizard.action_reset()
