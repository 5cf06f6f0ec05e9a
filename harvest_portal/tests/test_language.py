from lxml import html

from odoo import http
from odoo.tests import tagged
from odoo.tests.common import HOST
from odoo.tools import mute_logger

from .common import FamilyCase

SPANISH = "es_419"


@tagged("post_install", "-at_install")
class TestLanguage(FamilyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_and_install_lang(SPANISH)
        cls.mother.lang = SPANISH

    def log_in(self, login):
        """Log in as a person does, on a page that an English visitor opened."""
        form = html.fromstring(self.url_open("/web/login").text)
        token = form.xpath("//input[@name='csrf_token']/@value")[0]
        data = {"login": login, "password": login, "csrf_token": token}
        return self.url_open("/web/login", data=data)

    def choose(self, code, redirect="/my/children"):
        data = {
            "code": code,
            "redirect": redirect,
            "csrf_token": http.Request.csrf_token(self),
        }
        return self.url_open("/harvest/language", data=data)

    def test_family_reads_the_own_language_after_login(self):
        self.opener.cookies.set("frontend_lang", "en_US", domain=HOST, path="/")
        self.log_in("family_mother")

        answer = self.url_open(self.child_path(self.student))

        page = html.fromstring(answer.text)
        self.assertEqual(page.get("lang"), "es-419")
        self.assertIn("Su hijo/a no está en ningún programa.", answer.text)
        self.assertIn("Usted puede recoger a su hijo/a hoy.", answer.text)

    def test_waiting_list_and_days_are_said_in_spanish(self):
        self._make_place(
            self.student, self.program, state="waitlisted", monday=False, friday=False
        )
        self.authenticate("family_mother", "family_mother")

        text = " ".join(self.url_open(self.child_path(self.student)).text.split())

        self.assertIn("En la lista de espera, número 1", text)
        self.assertIn("martes, miércoles y jueves", text)

    def test_choice_changes_the_page_and_the_user(self):
        self.authenticate("family_neighbor", "family_neighbor")
        self.assertIn("My children", self.url_open("/my/children").text)

        answer = self.choose(SPANISH)

        self.assertIn("Mis hijos", answer.text)
        self.assertEqual(self.neighbor_adult.lang, SPANISH)
        self.assertIn("My children", self.choose("en_US").text)

    def test_visitor_chooses_on_the_login_page_and_keeps_it(self):
        self.authenticate(None, None)
        answer = self.choose(SPANISH, "/web/login")
        self.assertEqual(html.fromstring(answer.text).get("lang"), "es-419")

        self.log_in("family_neighbor")

        self.assertIn("Mis hijos", self.url_open("/my/children").text)
        self.assertEqual(self.neighbor_adult.lang, "en_US", "choosing is not saving")

    def test_unknown_language_and_foreign_address_are_refused(self):
        self.authenticate("family_neighbor", "family_neighbor")

        answer = self.choose("xx_XX", "https://example.com/my/children")

        self.assertTrue(answer.url.startswith(self.base_url()), answer.url)
        self.assertEqual(self.neighbor_adult.lang, "en_US")

    def test_choice_needs_the_token_of_the_page(self):
        self.authenticate("family_neighbor", "family_neighbor")

        with mute_logger("odoo.http"):
            answer = self.url_open("/harvest/language", data={"code": SPANISH})

        self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.neighbor_adult.lang, "en_US")

    def test_languages_are_named_as_their_speakers_do(self):
        choices = {
            code: name for code, _tag, name in self.env["res.lang"]._get_choices()
        }
        self.assertEqual(choices[SPANISH], "Español")
        self.env["res.lang"]._activate_lang("es_MX")
        choices = {
            code: name for code, _tag, name in self.env["res.lang"]._get_choices()
        }
        self.assertIn("(", choices[SPANISH], "two kinds of Spanish are told apart")
