from odoo.tests import TransactionCase, tagged

from .. import ODOO_NAME, post_init_hook

SPANISH = "es_419"


@tagged("post_install", "-at_install")
class TestDistrictWebsite(TransactionCase):
    """A website has its district's name and every language of the system."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.district = cls.env["res.company"].create({"name": "Test Unified"})
        cls.website = cls.env["website"].create(
            {"name": "Test Unified", "company_id": cls.district.id}
        )
        cls.officer = cls.env["res.users"].create(
            {
                "name": "Test Officer",
                "login": "test_website_officer",
                "group_ids": [(6, 0, cls.env.ref("base.group_system").ids)],
            }
        )

    def offered(self):
        return self.website.language_ids.mapped("code")

    def test_language_is_offered_as_soon_as_it_is_active(self):
        spanish = self.env.ref("base.lang_es_419")
        self.website.language_ids -= spanish
        spanish.active = False

        self.env["res.lang"].with_user(self.officer)._activate_lang(SPANISH)

        self.assertIn(SPANISH, self.offered())

    def test_language_taken_off_the_website_stays_off(self):
        spanish = self.env["res.lang"]._activate_lang(SPANISH)
        self.website.language_ids -= spanish

        spanish.name = "Español"
        spanish.active = True

        self.assertNotIn(SPANISH, self.offered())

    def test_new_language_is_offered(self):
        language = {"name": "Mixteco", "code": "mix_MX", "url_code": "mix"}
        created = self.env["res.lang"].create({**language, "active": True})

        self.assertIn(created, self.website.language_ids)

    def test_website_is_renamed_with_its_district(self):
        self.district.name = "New Unified"

        self.assertEqual(self.website.name, "New Unified")

    def test_website_that_a_person_named_keeps_its_name(self):
        self.website.name = "After School"

        self.district.name = "New Unified"

        self.assertEqual(self.website.name, "After School")

    def test_installation_looks_after_what_is_there(self):
        spanish = self.env["res.lang"]._activate_lang(SPANISH)
        self.website.write({"name": ODOO_NAME, "language_ids": [(3, spanish.id)]})

        post_init_hook(self.env)

        self.assertEqual(self.website.name, "Test Unified")
        self.assertIn(SPANISH, self.offered())
