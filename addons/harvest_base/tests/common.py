"""The test kit that every Harvest addon builds on.

Two districts; in the first a site that users belong to and another one that they do
not; a family with a portal user, and an adult barred by a court. Nothing depends on
demo data.
"""

from datetime import date

from odoo.tests import TransactionCase, new_test_user

from ..const import QUIET_LOAD

ROLES = {
    "A": "harvest_base.group_harvest_executive",
    "B": "harvest_base.group_harvest_operations",
    "C": "harvest_base.group_harvest_program",
    "D": "harvest_base.group_harvest_direct_service",
    "E": "harvest_base.group_harvest_partner",
    "F": "harvest_base.group_harvest_community",
    "Admin": "harvest_base.group_harvest_admin",
}
YEAR_START = date(2020, 7, 1)  # long, so that "today" is always inside
YEAR_END = date(2099, 6, 30)


class Place:
    """A district, a site in it, and a family there: what a record is made for."""

    def __init__(self, district, site, year, student=None, guardian=None):
        self.district = district
        self.site = site
        self.year = year
        self.student = student
        self.guardian = guardian


class HarvestKit:
    """Factories, free of any test class, so that HTTP and matrix tests share them."""

    @classmethod
    def _make_district(cls, name, **values):
        return cls.env["res.company"].create({"name": name, **values})

    @classmethod
    def _make_year(cls, district, **values):
        return cls.env["gr.school.year"].create(
            {
                "name": "Test Year",
                "code": str(YEAR_END.year),
                "company_id": district.id,
                "date_start": YEAR_START,
                "date_end": YEAR_END,
                **values,
            }
        )

    @classmethod
    def _make_site(cls, district, name, **values):
        return cls.env["gr.site"].create(
            {"name": name, "company_id": district.id, **values}
        )

    @classmethod
    def _make_student(cls, site, name="Ana Prueba", grade="03", **values):
        """A pupil enrolled at ``site`` since the start of the test year."""
        first_name, _space, last_name = name.partition(" ")
        student = cls.env["gr.student"].create(
            {
                "first_name": first_name,
                "last_name": last_name,
                "company_id": site.company_id.id,
                **values,
            }
        )
        cls._make_enrollment(student, site, grade=grade)
        return student

    @classmethod
    def _make_enrollment(cls, student, site, **values):
        return cls.env["gr.student.enrollment"].create(
            {
                "student_id": student.id,
                "site_id": site.id,
                "grade": "03",
                "date_start": YEAR_START,
                **values,
            }
        )

    @classmethod
    def _make_guardian(cls, student, name="María Prueba", partner=None, **values):
        partner = partner or cls.env["res.partner"].create({"name": name})
        return cls.env["gr.guardianship"].create(
            {
                "student_id": student.id,
                "partner_id": partner.id,
                "relation": "mother",
                **values,
            }
        )

    @classmethod
    def _make_program(cls, site, **values):
        return cls.env["gr.program"].create(
            {
                "name": "After School",
                "company_id": site.company_id.id,
                "site_ids": site.ids,
                "date_start": YEAR_START,
                "date_end": YEAR_END,
                "state": "open",
                **values,
            }
        )

    @classmethod
    def _make_place(cls, student, program, **values):
        return cls.env["gr.program.enrollment"].create(
            {
                "student_id": student.id,
                "program_id": program.id,
                "site_id": program.site_ids[:1].id,
                **values,
            }
        )

    @classmethod
    def _make_user(cls, role, sites=None, district=None, extra="", **values):
        """A user of one role (``A`` … ``F``, ``Admin``, or "" for none)."""
        district = district or (sites and sites[0].company_id) or cls.env.company
        login = values.pop("login", f"test_{role or 'none'}_{district.id}".lower())
        groups = ",".join(filter(None, (ROLES.get(role, "base.group_user"), extra)))
        user = new_test_user(
            cls.env,
            login=login,
            groups=groups,
            name=values.pop("name", f"Test {role or 'no role'}"),
            company_id=district.id,
            company_ids=[(6, 0, district.ids)],
            **values,
        )
        if sites:
            user.gr_site_ids = sites
        return user

    @classmethod
    def _make_portal_user(cls, partner, district, **values):
        return cls._make_user(
            "F",
            district=district,
            partner_id=partner.id,
            name=partner.name,
            login=values.pop("login", f"portal_{partner.id}"),
            **values,
        )

    @classmethod
    def _make_places(cls):
        """Two districts, two sites in the first, a family at each site."""
        cls.district = cls._make_district("Test Unified School District")
        cls.foreign_district = cls._make_district("Foreign School District")
        cls.year = cls._make_year(cls.district)
        cls.foreign_year = cls._make_year(cls.foreign_district)
        cls.site = cls._make_site(cls.district, "Test Elementary", code="101")
        cls.other_site = cls._make_site(cls.district, "Other Elementary", code="102")
        cls.foreign_site = cls._make_site(cls.foreign_district, "Foreign Elementary")
        cls.own = cls._fill_place(cls.district, cls.site, cls.year, "Ana Prueba")
        cls.elsewhere = cls._fill_place(
            cls.district, cls.other_site, cls.year, "Beto Prueba"
        )
        cls.foreign = cls._fill_place(
            cls.foreign_district, cls.foreign_site, cls.foreign_year, "Caro Ajena"
        )
        cls.student = cls.own.student
        cls.guardian = cls.own.guardian

    @classmethod
    def _fill_place(cls, district, site, year, name):
        student = cls._make_student(site, name)
        guardian = cls._make_guardian(student, f"Adult of {name}")
        return Place(district, site, year, student, guardian)


class HarvestCommon(HarvestKit, TransactionCase):
    """Districts, sites, families and one user of each role at the first site."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **QUIET_LOAD})
        cls._make_places()
        cls.users = {
            role: cls._make_user(role, sites=cls.site)
            for role in ("A", "B", "C", "D", "E")
        }
        cls.users["F"] = cls._make_portal_user(cls.guardian.partner_id, cls.district)
        cls.users["Admin"] = cls._make_user("Admin", sites=cls.site)
        cls.users["none"] = cls._make_user("", district=cls.district)
        cls.user_program = cls.users["C"]
        cls.user_operations = cls.users["B"]
        cls.user_aide = cls.users["D"]
        cls.user_parent = cls.users["F"]
        cls.user_internal = cls.users["none"]
