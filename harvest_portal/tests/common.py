"""A family with two children, its neighbors, and a father whom a court keeps away."""

from lxml import html

from odoo.tests import HttpCase

from odoo.addons.harvest_base.const import QUIET_LOAD
from odoo.addons.harvest_base.tests.common import HarvestKit


class FamilyCase(HarvestKit, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **QUIET_LOAD})
        cls._make_places()
        cls.mother = cls.guardian.partner_id
        cls.brother = cls._make_student(cls.other_site, "Leo Prueba", grade="05")
        cls._make_guardian(cls.brother, partner=cls.mother)
        cls.neighbor = cls._make_student(cls.site, "Zoe Vecina")
        cls.neighbor_adult = cls._make_guardian(cls.neighbor, "Vera Vecina").partner_id
        cls.barred = cls._make_guardian(
            cls.student, "Bruno Barrado", relation="father", court_limit="no_contact"
        )
        for partner, login in (
            (cls.mother, "family_mother"),
            (cls.neighbor_adult, "family_neighbor"),
            (cls.barred.partner_id, "family_barred"),
        ):
            cls._make_portal_user(partner, cls.district, login=login)
        cls.program = cls._make_program(cls.site, name="Huerto After School")

    def open_as(self, login, path, **kwargs):
        """Open a page as a user, or as a visitor when ``login`` is empty."""
        self.authenticate(login or None, login or None)
        return self.url_open(path, **kwargs)

    def read_page(self, login, path="/my/children"):
        """Return what the page says, in one line."""
        answer = self.open_as(login, path)
        self.assertEqual(answer.status_code, 200)
        return " ".join(
            html.fromstring(answer.text).find(".//main").text_content().split()
        )

    def child_path(self, student):
        return f"/my/children/{student.id}"
