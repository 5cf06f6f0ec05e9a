import re

from lxml import html

from odoo.tests import HttpCase, new_test_user, tagged

# What Odoo's samples say and load.
SAMPLES = ("555-555", "yourcompany", "gstatic.com", "Contact us", "free website")
LOADING = "//link/@href | //script/@src | //img/@src | //iframe/@src"


@tagged("post_install", "-at_install")
class TestPages(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.name = "Test Unified"
        cls.reader = new_test_user(
            cls.env, "test_website_reader", groups="base.group_portal"
        )

    def read(self, path):
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200)
        return answer.text, html.fromstring(answer.text)

    def test_visitor_finds_the_login(self):
        _text, page = self.read("/")

        self.assertEqual(page.findtext(".//main//h1"), "Test Unified")
        self.assertEqual(page.xpath("//main//a/@href"), ["/web/login"])
        self.assertIn("Test Unified", page.findtext(".//title"))

    def test_reader_finds_the_account_and_no_backend(self):
        self.authenticate("test_website_reader", "test_website_reader")

        _text, page = self.read("/")

        self.assertEqual(page.xpath("//main//a/@href"), ["/my"])

    def test_pages_show_no_sample_and_ask_no_other_host(self):
        own = self.base_url()
        for path in ("/", "/web/login", "/web/reset_password"):
            with self.subTest(path):
                text, page = self.read(path)
                self.assertEqual([word for word in SAMPLES if word in text], [])
                loaded = [
                    url
                    for url in page.xpath(LOADING)
                    if re.match("(https?:)?//", url) and not url.startswith(own)
                ]
                self.assertEqual(loaded, [])

    def test_sample_contact_page_is_not_there_for_visitors(self):
        self.assertEqual(self.url_open("/contactus").status_code, 404)

    def test_page_that_names_itself_names_the_district_too(self):
        _text, page = self.read("/web/login")
        title = " ".join(page.findtext(".//title").split())

        self.assertIn("Test Unified", title)
