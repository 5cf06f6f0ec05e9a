import re

from lxml import html

from odoo.tests import HttpCase, tagged

# Addresses in text that no browser loads: names of XML languages, licences in comments.
NOT_LOADED = ("http://www.w3.org/",)


@tagged("post_install", "-at_install")
class TestPublicPages(HttpCase):
    def test_login_page_is_named_and_speaks_a_language(self):
        page = html.fromstring(self.url_open("/web/login").text)

        self.assertEqual(page.get("lang"), "en-US")
        title = " ".join(page.findtext(".//title").split())
        self.assertEqual(title, f"Log in | {self.env.company.name}")
        button = page.find_class("o_show_password")[0]
        self.assertTrue(button.get("aria-label"))

    def test_invitation_page_names_its_buttons(self):
        partner = self.env["res.partner"].create(
            {"name": "New Adult", "email": "a@b.c"}
        )
        partner.signup_prepare()
        token = partner._generate_signup_token()

        page = html.fromstring(self.url_open(f"/web/signup?token={token}").text)

        buttons = page.find_class("o_show_password")
        self.assertEqual(len(buttons), 2)
        for button in buttons:
            self.assertTrue(button.get("aria-label"))

    def test_style_sheets_load_nothing_from_elsewhere(self):
        page = html.fromstring(self.url_open("/web/login").text)
        sheets = page.xpath("//link[@rel='stylesheet']/@href")
        self.assertTrue(sheets)
        for sheet in sheets:
            self.assertTrue(sheet.startswith("/web/assets/"), sheet)
            found = re.findall(r"(?:https?:)?//[\w.-]+/", self.url_open(sheet).text)
            self.assertEqual([url for url in found if url not in NOT_LOADED], [])

    def test_nobody_makes_an_account_without_an_invitation(self):
        scope = self.env["ir.config_parameter"].get_param(
            "auth_signup.invitation_scope"
        )

        self.assertEqual(scope, "b2b")
        self.assertEqual(self.url_open("/web/signup").status_code, 404)
