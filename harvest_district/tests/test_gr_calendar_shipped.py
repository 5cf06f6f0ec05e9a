"""The rules that ship, on titles of calendars as Californian districts publish them."""

from datetime import date

from odoo.tests import TransactionCase, tagged

from odoo.addons.harvest_district.calendars import DayEvent, classify
from odoo.addons.harvest_district.calendars.rules import Rule

WHOLE_DAYS = {
    "holiday": [
        "No School",
        "NO SCHOOL - Veterans' Day",
        "Labor Day (Holiday)",
        "Labor Day - Schools Closed",
        "Local Holiday",
        "Thanksgiving Break",
        "Winter Break – No School",
        "Winter Recess",
        "Spring Break",
        "Presidents' Week",
        "Lincoln’s Birthday",
        "MLK Jr. Day",
        "Martin Luther King, Jr. Day Holiday",
        "César Chávez Day",
        "Juneteenth",
        "New Year's Day",
        "Staff Development Day",
        "Professional Development - No Students",
        "Teacher Work Day (No School)",
        "Non-Student Day",
        "Pupil-Free Day",
        "No hay clases: Día del Trabajo",
        "Vacaciones de Invierno",
        "Receso de primavera",
        "DIA FESTIVO",
        "Desarrollo Profesional del Personal",
    ],
    "early_release": [
        "Minimum Day",
        "MIN. DAY - Parent Conferences",
        "Minimum Days",
        "Early Release Wednesday",
        "Early Dismissal 12:30",
        "Half-Day",
        "Last Day of School – Minimum Day",
        "Salida temprana",
        "Día mínimo",
    ],
    "program": [
        "Summer Program",
        "Expanded Learning Program Day",
        "Intersession",
        "Programa de Verano",
    ],
    "closure": [
        "Emergency School Closure - wildfire",
        "All schools closed: power outage",
        "Snow Day",
        "Escuelas cerradas por viento",
    ],
    "instructional": ["Make-Up Day", "Saturday School"],
    "ignore": [
        "School Board Meeting",
        "Back to School Night",
        "Winter Break Begins",
        "First Day of School",
        "Graduation",
        "Holiday Concert",
        "Regreso a clases",
    ],
    None: ["A Day", "Parent Conferences", "End of First Quarter", "Kindness Week"],
}
TIMED = {
    "ignore": ["Holiday Concert", "Board Meeting"],
    "early_release": ["Minimum Day"],
    None: ["Thanksgiving Break potluck", "Veterans Day assembly", "Recess duty"],
}


@tagged("post_install", "-at_install")
class TestShippedRules(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shipped = cls.env["gr.calendar.rule"].search([("company_id", "=", False)])
        cls.rules = [
            Rule(rule.id, rule.result, rule.text, when=rule.when) for rule in shipped
        ]

    def _check(self, titles, all_day):
        day = date(2026, 11, 11)
        for expected, names in titles.items():
            for name in names:
                rule = classify(DayEvent("1", name, (), all_day, day, day), self.rules)
                with self.subTest(title=name, all_day=all_day):
                    self.assertEqual(rule and rule.result, expected)

    def test_whole_days(self):
        self._check(WHOLE_DAYS, True)

    def test_events_with_a_time_are_no_holidays(self):
        self._check(TIMED, False)
