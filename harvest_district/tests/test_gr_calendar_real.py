"""Calendars that nobody here wrote: ``../shared/data`` beside the repository."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .engine.rosters import shared_data
from .test_gr_calendar import CalendarCommon

FOLDER = "ics-south-kitsap-abday"


@tagged("post_install", "-at_install")
@freeze_time("2023-09-01 18:00:00")
class TestRealCalendars(CalendarCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.school_year.write(
            {
                "code": "2024",
                "date_start": date(2023, 8, 1),
                "date_end": date(2024, 7, 31),
            }
        )
        cls.school_year.day_ids.unlink()

    def _content(self, name):
        data = shared_data()
        if data is None:
            self.skipTest("the real calendars are not beside the repository")
        return (data / FOLDER / name).read_bytes()

    def test_a_calendar_of_a_and_b_days(self):
        content = self._content("skdays.ics")
        reading = self._read(content=content)
        self.assertTrue(reading, self.source.problem)
        titles = reading.event_ids.mapped("name")
        self.assertIn("A Day", titles)
        self.assertIn("B Day", titles)
        self.assertEqual(
            sum(reading.event_ids.mapped("count")) + reading.ignored_count,
            reading.event_count - len(reading.day_ids),
        )
        rule = self.env["gr.calendar.rule"].with_user(self.operator)
        for unknown in reading.event_ids.filtered(
            lambda e: e.name in ("A Day", "B Day")
        ):
            context = unknown.action_make_rule()["context"]
            rule.with_context(**context).create({"result": "instructional"})
        reading.action_compare()
        reading.action_apply()
        written = content.decode().count("SUMMARY:A Day") + content.decode().count(
            "SUMMARY:B Day"
        )
        self.assertEqual(
            len(self.source.day_ids.filtered(lambda d: d.day_type == "instructional")),
            written,
        )
        self.assertFalse(self._read(content=content).change_count)

    def test_cut_off(self):
        content = self._content("skdays.ics")
        self.assertFalse(self._read(content=content[: len(content) * 2 // 3]))
        self.assertIn("cut off", self.source.problem)
