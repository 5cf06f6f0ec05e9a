from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import HarvestCommon


@tagged("post_install", "-at_install")
class TestGrSchoolYear(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.year.write({"date_start": date(2026, 7, 1), "date_end": date(2027, 6, 30)})

    def _generate(self, **values):
        form = Form(
            self.env["gr.day.generate"].with_context(
                default_school_year_id=self.year.id
            )
        )
        for name, value in values.items():
            form[name] = value
        wizard = form.save()
        wizard.action_generate()
        return wizard

    def test_generate_a_week(self):
        wizard = self._generate(
            date_start=date(2026, 8, 10), date_end=date(2026, 8, 16)
        )
        self.assertEqual(wizard.day_count, 5)
        self.assertEqual(
            self.year.day_ids.sorted("date").mapped("day_type"),
            ["instructional", "instructional", "early_release"] + ["instructional"] * 2,
        )

    def test_edited_days_stay(self):
        self._generate(date_start=date(2026, 9, 7), date_end=date(2026, 9, 11))
        labor_day = self.year.day_ids.filtered(lambda day: day.date == date(2026, 9, 7))
        labor_day.write({"day_type": "holiday", "note": "Labor Day"})
        self._generate(date_start=date(2026, 9, 7), date_end=date(2026, 9, 11))
        self.assertEqual(labor_day.day_type, "holiday")
        self.assertEqual(len(self.year.day_ids), 5)
        self._generate(
            date_start=date(2026, 9, 7), date_end=date(2026, 9, 11), overwrite=True
        )
        self.assertEqual(labor_day.day_type, "instructional")

    def test_the_pattern_is_remembered(self):
        week = {"date_start": date(2026, 9, 7), "date_end": date(2026, 9, 11)}
        common = {"school_year_id": self.year.id, "date": date(2026, 9, 7)}
        by_hand = self.env["gr.day"].create({**common, "day_type": "holiday"})
        outside = self.env["gr.day"].create({**common, "date": date(2026, 9, 12)})
        self._generate(**week)
        self.assertEqual(
            (by_hand.day_type, by_hand.pattern_type), ("holiday", "instructional")
        )
        by_hand.note = "Labor Day"
        (by_hand + outside)._restore_pattern()
        self.assertFalse(outside.exists())
        self.assertEqual((by_hand.day_type, by_hand.note), ("instructional", False))
        wednesday = self.year.day_ids.filtered(lambda day: day.date.day == 9)
        self.assertEqual(wednesday.pattern_type, "early_release")
        self._generate(**week, wednesday="program", overwrite=True)
        self.assertEqual(wednesday.pattern_type, "program")

    def test_outside_the_year_is_refused(self):
        with self.assertRaisesRegex(UserError, "must lie within"):
            self._generate(date_end=date(2027, 7, 1))
        with self.assertRaisesRegex(ValidationError, "is not in"):
            self.env["gr.day"].create(
                {"school_year_id": self.year.id, "date": date(2028, 1, 1)}
            )

    def test_a_site_has_exceptions(self):
        day = date(2026, 9, 8)
        common = {"school_year_id": self.year.id, "date": day}
        self.env["gr.day"].create(
            [
                common,
                {**common, "site_id": self.site.id, "day_type": "closure"},
            ]
        )
        self.assertEqual(
            self.year._get_day_types(self.site, day, day), {day: "closure"}
        )
        self.assertEqual(
            self.year._get_day_types(self.other_site, day, day), {day: "instructional"}
        )

    def test_counts_and_goals(self):
        self._generate(date_start=date(2026, 8, 10), date_end=date(2026, 8, 16))
        self.year.day_ids[0].day_type = "program"
        self.assertRecordValues(
            self.year,
            [
                {
                    "school_day_count": 4,
                    "program_day_count": 1,
                    "day_goal": 180,
                    "program_day_goal": 30,
                }
            ],
        )

    @mute_logger("odoo.sql_db")
    def test_a_date_has_one_line(self):
        values = {"school_year_id": self.year.id, "date": date(2026, 9, 8)}
        self.env["gr.day"].create(values)
        with self.assertRaises(IntegrityError):
            self.env["gr.day"].create(values)

    def test_years_do_not_overlap(self):
        with self.assertRaisesRegex(ValidationError, "overlaps"):
            self._make_year(
                self.district,
                code="2028",
                date_start=date(2027, 6, 1),
                date_end=date(2028, 6, 1),
            )

    def test_closing_time_is_a_rule(self):
        self.assertEqual(self.site.closing_time, "18:00")
        self.site.closing_rule = "frontier"
        self.assertEqual(self.site.closing_time, "17:00")
