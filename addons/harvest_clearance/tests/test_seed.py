from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ClearanceCommon

# The rows of the catalogue (compliance facts, section 4.9).
CATALOGUE = {
    "FPRINT", "FPRINT-V", "FPRINT-C", "MEGAN", "TB", "IA", "PRIN", "MANDREP",
    "ABUSEPREV", "SAFEPLAN", "EMPHIST", "HARASS", "WVPP", "BBP", "HEAT", "CPRFA",
    "FOODH", "CFPM", "ALLERGY", "MEDS", "IPM", "DRIVER", "IMMIG", "PRIV", "SNAKE",
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestSeed(ClearanceCommon):
    def test_every_row_of_the_catalogue_is_there_with_its_authority(self):
        requirements = self.env["gr.staff.requirement"].search(
            [("company_id", "=", False)]
        )

        self.assertLessEqual(CATALOGUE, set(requirements.mapped("code")))
        for one in requirements:
            with self.subTest(code=one.code):
                self.assertTrue(one.authority and one.source and one.description)

    def test_what_touches_criminal_records_is_marked(self):
        marked = self.env["gr.staff.requirement"].search([("is_cori", "=", True)])

        self.assertLessEqual({"FPRINT", "FPRINT-V"}, set(marked.mapped("code")))
        self.assertFalse(any(marked.mapped("on_resume")))

    def test_each_county_has_one_food_handler_card(self):
        for county in ("Riverside", "San Bernardino", "San Diego", "Kern", False):
            self.district.gr_county = county
            employee = self._make_employee(f"Cook {county}", tasks=["kitchen"])
            rows = self.gate.search([("employee_id", "=", employee.id)])
            cards = [
                code for code in rows.mapped("requirement_id.code") if "FOODH" in code
            ]
            with self.subTest(county=county):
                self.assertEqual(len(cards), 1)

    def test_a_code_is_in_force_once(self):
        general = self._requirement("TB")
        with self.assertRaises(ValidationError):
            general.copy()
        self._make_requirement("TB")
        with self.assertRaises(ValidationError):
            self._make_requirement("TB")

    def test_days_of_reminders_are_a_list(self):
        with self.assertRaisesRegex(ValidationError, "90,60"):
            self._make_requirement(reminder_days="soon")

    def test_a_renewal_says_its_length(self):
        for values in (
            {"renewal": "months"},
            {"renewal": "school_year_window"},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self._make_requirement(f"X{values['renewal']}", **values)
