"""A calendar becomes days, is followed, and never takes a day from a person."""

import base64
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.harvest_base.tests.common import HarvestCommon
from odoo.addons.harvest_district.calendars.fetch import CalendarAnswer
from odoo.addons.harvest_district.sis.net import NetError

from .engine.calendars import calendar, event

NOW = "2026-08-01 18:00:00"
FETCH = "odoo.addons.harvest_district.models.gr_calendar_source.fetch_calendar"
VETERANS = event("No School - Veterans Day", "20261111", "", "veterans")
BREAK = event("Winter Break", "20261221", "20270109", "winter")
EARLY = event("Minimum Day", "20261120", "", "early")
STRANGE = event("A Day", "20260901", "", "a", "RRULE:FREQ=WEEKLY;COUNT=4")


@freeze_time(NOW)
class CalendarCommon(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._make_district("Calendar School District")
        cls.school_year = cls._make_year(
            cls.company,
            name="2026-27",
            code="2027",
            date_start=date(2026, 7, 1),
            date_end=date(2027, 6, 30),
        )
        cls.school = cls._make_site(cls.company, "Lincoln Elementary")
        cls.operator = cls._make_user(
            "B", district=cls.company, gr_scope="district", email="b@example.org"
        )
        cls.env["gr.day.generate"].create(
            {
                "school_year_id": cls.school_year.id,
                "date_start": date(2026, 8, 10),
                "date_end": date(2027, 6, 4),
            }
        ).action_generate()
        cls.source = cls.env["gr.calendar.source"].create(
            {
                "name": "District calendar",
                "company_id": cls.company.id,
                "url": "https://calendar.example.org/secret-1234/basic.ics",
                "tz": "America/Los_Angeles",
                "user_id": cls.operator.id,
            }
        )

    def _fetched(self, *events, content=None, error=None, unchanged=False, etag="v1"):
        """Let the network answer with these events, or an error."""
        content = None if unchanged else content or calendar(*events)
        answer = CalendarAnswer(content, etag, "Sat, 01 Aug 2026 00:00:00 GMT")
        return patch(FETCH, side_effect=error, return_value=answer)

    def _read(self, *events, user=None, **how):
        """Press “Read Now” and return the reading that is shown."""
        source = self.source.with_user(user or self.operator)
        with self._fetched(*events, **how):
            action = source.action_read()
        return action and self.env[action["res_model"]].with_user(self.operator).browse(
            action["res_id"]
        )

    def _apply(self, *events, **how):
        reading = self._read(*events, **how)
        if reading.state == "review":
            reading.action_apply()
        return reading

    def _cron(self, *events, **how):
        """What happens at night."""
        with self._fetched(*events, **how) as asked, self.enter_registry_test_mode():
            self.env.ref(
                "harvest_district.ir_cron_read_calendars"
            ).method_direct_trigger()
        self.env.invalidate_all()
        return asked

    def _day(self, *when, site=None):
        return self.env["gr.day"].search(
            [
                ("school_year_id", "=", self.school_year.id),
                ("date", "=", date(*when)),
                ("site_id", "=", site and site.id),
            ]
        )


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestGrCalendar(CalendarCommon):
    def test_nothing_changes_before_it_is_applied(self):
        reading = self._read(VETERANS, BREAK)
        self.assertEqual(self._day(2026, 11, 11).day_type, "early_release")
        self.assertEqual((reading.state, reading.change_count), ("review", 16))
        self.assertEqual(self.source.state, "review")
        reading.action_apply()
        day = self._day(2026, 11, 11)
        self.assertEqual(
            (day.day_type, day.note, day.calendar_source_id, day.calendar_uid),
            ("holiday", "No School - Veterans Day", self.source, "veterans"),
        )
        self.assertEqual(self.source.day_count, 16)  # the weekends are left out
        self.assertEqual((reading.state, reading.done_count), ("applied", 16))
        self.assertTrue(self.source.follows)

    def test_reading_again_changes_nothing(self):
        self._apply(VETERANS, BREAK)
        again = self._read(VETERANS, BREAK)
        self.assertEqual((again.state, again.change_count), ("none", 0))
        self.assertEqual(self.source.state, "ok")

    def test_a_date_without_a_line_gets_one_and_loses_it_again(self):
        july = event("No School: Independence Day", "20270604", "20270605", "july")
        summer = event("Summer Program", "20270614", "20270619", "summer")
        self._apply(july, summer)
        self.assertEqual(self._day(2027, 6, 14).day_type, "program")
        self._apply(july)
        self.assertFalse(self._day(2027, 6, 14))
        self.assertEqual(self._day(2027, 6, 4).day_type, "holiday")

    def test_a_withdrawn_event_gives_the_date_back(self):
        self._apply(VETERANS, BREAK)
        reading = self._apply(VETERANS)
        self.assertEqual(set(reading.change_ids.mapped("kind")), {"withdraw"})
        day = self._day(2026, 12, 23)  # a Wednesday
        self.assertEqual(
            (day.day_type, day.note, day.calendar_source_id.id),
            ("early_release", False, False),
        )

    def test_a_day_of_a_person_is_never_overwritten_unasked(self):
        day = self._day(2026, 11, 11)
        day.with_user(self.operator).write(
            {"day_type": "instructional", "note": "We work on that day"}
        )
        reading = self._read(VETERANS, BREAK)
        self.assertEqual((reading.conflict_count, reading.change_count), (1, 15))
        reading.action_apply()
        self.assertEqual(day.note, "We work on that day")
        self.assertEqual(self._day(2026, 12, 21).day_type, "holiday")
        reading = self._read(VETERANS, BREAK)
        reading.change_ids.action_overwrite()
        self.assertEqual(reading.change_count, 1)
        reading.action_apply()
        self.assertEqual(day.calendar_source_id, self.source)

    def test_what_a_person_overwrote_comes_back_when_the_event_goes(self):
        day = self.env["gr.day"].create(
            {
                "school_year_id": self.school_year.id,
                "date": date(2027, 6, 16),
                "day_type": "program",
                "note": "Camp",
            }
        )
        closed = event("Emergency closure", "20270616", "", "closed")
        reading = self._read(closed)
        reading.change_ids.action_overwrite()
        reading.action_apply()
        self.assertEqual(day.day_type, "closure")
        self._apply(VETERANS)
        self.assertEqual(day.exists().day_type, "program")

    def test_a_day_that_a_person_edits_is_the_person_s(self):
        self._apply(VETERANS, BREAK)
        day = self._day(2026, 12, 21)
        day.with_user(self.operator).day_type = "program"
        self.assertFalse(day.calendar_source_id)
        reading = self._apply(VETERANS)
        self.assertNotIn(day.date, reading.change_ids.mapped("date"))
        self.assertEqual(day.day_type, "program")

    def test_nobody_forges_where_a_day_comes_from(self):
        day = self._day(2026, 12, 21).with_user(self.operator)
        with self.assertRaises(AccessError):
            day.calendar_source_id = self.source

    def test_two_calendars_do_not_fight(self):
        self._apply(VETERANS)
        other = self.source.copy({"name": "Other", "kind": "file", "url": False})
        closed = event("Emergency closure", "20261111", "", "closed")
        other.file = base64.b64encode(calendar(closed))
        reading = self.env["gr.calendar.import"].browse(other.action_read()["res_id"])
        self.assertEqual(reading.change_ids.conflict, "other")
        reading.action_apply()
        self.assertEqual(self._day(2026, 11, 11).day_type, "holiday")

    def test_a_site_s_calendar_makes_exceptions(self):
        self.source.site_id = self.school
        self._apply(VETERANS)
        self.assertEqual(self._day(2026, 11, 11).day_type, "early_release")
        own = self._day(2026, 11, 11, site=self.school)
        self.assertEqual(own.day_type, "holiday")
        self._apply(BREAK)
        self.assertFalse(own.exists())

    def test_a_rule_for_one_site(self):
        self.env["gr.calendar.rule"].create(
            {
                "name": "Lincoln",
                "text": "Lincoln closed",
                "result": "closure",
                "site_id": self.school.id,
                "company_id": self.company.id,
                "sequence": 1,
            }
        )
        self._apply(event("Lincoln closed: power", "20261112"))
        self.assertEqual(self._day(2026, 11, 12, site=self.school).day_type, "closure")
        self.assertEqual(self._day(2026, 11, 12).day_type, "instructional")

    def test_a_day_changed_meanwhile_is_left_alone(self):
        reading = self._read(VETERANS, BREAK)
        self._day(2026, 11, 11).day_type = "closure"
        reading.action_apply()
        line = reading.change_ids.filtered(lambda line: line.date.month == 11)
        self.assertEqual(line.state, "stale")
        self.assertEqual(self._day(2026, 11, 11).day_type, "closure")
        with self.assertRaisesRegex(UserError, "decided already"):
            reading.action_apply()

    def test_a_translated_note_does_not_make_a_change(self):
        self.env["res.lang"]._activate_lang("es_419")
        self.operator.lang = "es_419"
        self._apply(VETERANS)
        day = self._day(2026, 11, 11)
        day.update_field_translations("note", {"es_419": "Día de los Veteranos"})
        self.assertEqual(self._read(VETERANS).state, "none")
        renamed = event("Holiday - Veterans Day", "20261111", "", "veterans")
        self._apply(renamed)
        self.assertEqual(day.with_context(lang="es_419").note, "Holiday - Veterans Day")

    def test_last_year_s_calendar_changes_nothing(self):
        self._apply(VETERANS)
        self.assertFalse(self._read(event("No School", "20251111")))
        self.assertEqual(self.source.state, "failed")
        self.assertIn("last year's calendar", self.source.problem)
        self.assertEqual(self._day(2026, 11, 11).day_type, "holiday")

    def test_a_year_that_the_calendar_is_silent_about_stays(self):
        self._make_year(
            self.company,
            name="2027-28",
            code="2028",
            date_start=date(2027, 7, 1),
            date_end=date(2028, 6, 30),
        )
        reading = self._apply(VETERANS)
        self.assertIn("2027-28", reading.problem_text)
        self._apply(VETERANS, event("No School", "20271111", "", "next"))
        self.assertEqual(self.source.day_count, 2)
        self._apply(VETERANS)
        self.assertEqual(self.source.day_count, 2)

    def test_without_a_school_year_nothing_is_read(self):
        self.school_year.active = False
        self.assertFalse(self._read(VETERANS))
        self.assertIn("Create the school year", self.source.problem)

    def test_what_is_no_calendar_is_told_and_changes_nothing(self):
        for content, words in (
            (b"<html>Sign in</html>", "login page"),
            (calendar(VETERANS)[:-30], "cut off"),
            (b"", "neither an address nor a file"),
        ):
            with self.subTest(words=words):
                self.source.file = False
                self.assertFalse(
                    self._read(content=content)
                    if content
                    else self._read(unchanged=True)
                )
                self.assertIn(words, self.source.problem)
        self.assertFalse(self.source.day_ids)

    def test_an_event_of_years_is_doubted(self):
        reading = self._apply(event("No School", "20200101", "20350101"), VETERANS)
        self.assertEqual(set(reading.change_ids.mapped("conflict")), {"long", False})
        self.assertEqual(self.source.day_count, 1)

    def test_an_unknown_event_becomes_a_rule(self):
        reading = self._read(VETERANS, STRANGE)
        [unknown] = reading.event_ids
        self.assertEqual((unknown.name, unknown.count), ("A Day", 4))
        context = unknown.action_make_rule()["context"]
        self.assertFalse(reading.is_outdated)
        with freeze_time("2026-08-01 18:05:00"):
            rule = (
                self.env["gr.calendar.rule"]
                .with_user(self.operator)
                .with_context(**context)
                .create({"result": "early_release"})
            )
            rule.flush_recordset()
            self.env.cr.execute(
                "UPDATE gr_calendar_rule SET write_date = write_date + interval '1 min'"
                " WHERE id = %s",
                (rule.id,),
            )
            self.env.invalidate_all()
            self.assertTrue(reading.is_outdated)
        self.assertEqual((rule.text, rule.company_id), ("A Day", self.company))
        reading.action_compare()
        self.assertFalse(reading.event_ids)
        self.assertEqual(reading.change_count, 5)

    def test_an_unknown_event_is_ignored_with_one_click(self):
        reading = self._read(VETERANS, STRANGE)
        reading.event_ids.action_ignore()
        reading.action_compare()
        self.assertEqual((len(reading.event_ids), reading.ignored_count), (0, 4))

    def test_a_rule_needs_words(self):
        with self.assertRaises(ValidationError):
            self.env["gr.calendar.rule"].create(
                {"name": "All", "text": " ; * ", "result": "holiday"}
            )

    def test_each_district_has_its_own_rules(self):
        Rule = self.env["gr.calendar.rule"]
        shipped = Rule.search([("company_id", "=", False)])
        own = Rule.search([("company_id", "=", self.company.id)])
        self.assertEqual(own.mapped("text"), shipped.mapped("text"))
        own[0].with_user(self.operator).unlink()
        self.source.copy({"name": "Second"})
        self.assertEqual(
            Rule.search_count([("company_id", "=", self.company.id)]), len(own) - 1
        )
        with self.assertRaises(AccessError):
            shipped[0].with_user(self.operator).name = "Mine for everybody"

    def test_taking_back_leaves_what_is_over(self):
        self._apply(VETERANS, BREAK)
        with freeze_time("2026-12-01 18:00:00"):
            self.source.with_user(self.operator).action_take_back()
        self.assertEqual(self._day(2026, 12, 21).day_type, "instructional")
        self.assertEqual(self._day(2026, 11, 11).day_type, "holiday")
        self.assertFalse(self.source.follows)

    def test_only_who_may_write_reads_and_decides(self):
        reading = self._read(VETERANS)
        coordinator = self._make_user(
            "C", district=self.company, gr_scope="district", login="cal_c"
        )
        with self.assertRaises(AccessError):
            self._read(VETERANS, user=coordinator)
        for method in ("action_apply", "action_drop", "action_compare"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(reading.with_user(coordinator), method)()
        with self.assertRaises(AccessError):
            reading.change_ids.with_user(coordinator).action_overwrite()
        with self.assertRaises(AccessError):
            self.source.with_user(coordinator).read(["url"])
        with self.assertRaises(AccessError):
            self.source.with_user(self.operator).follows = True

    def test_the_address_is_in_no_message(self):
        error = NetError.of("net_not_found", "calendar.example.org", status=404)
        with patch(f"{FETCH.rpartition('.')[0]}._logger") as log:
            self._read(error=error)
        self.assertIn("net_not_found", str(log.mock_calls))
        self.assertNotIn("secret", str(log.mock_calls))
        self.assertNotIn("secret", self.source.problem)
        self.assertNotIn("secret", str(self.source.problem_params))
