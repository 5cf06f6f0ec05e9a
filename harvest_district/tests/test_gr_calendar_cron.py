"""What happens at night: followed, held, or told to a person, once."""

from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from odoo.addons.harvest_district.sis.net import NetError

from .engine.calendars import calendar, event
from .test_gr_calendar import BREAK, EARLY, NOW, VETERANS, CalendarCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestGrCalendarCron(CalendarCommon):
    def _later(self, **how):
        return freeze_time(fields.Datetime.now() + timedelta(**how))

    def _nights(self, count, *events, **how):
        asked = []
        for night in range(1, count + 1):
            with self._later(days=night):
                asked.append(self._cron(*events, **how).call_count)
        return asked

    def _activities(self):
        return self.source.activity_ids

    def test_a_calendar_is_not_followed_before_a_person_applied_it(self):
        self.assertEqual(self._nights(2, VETERANS), [0, 0])
        self._read(VETERANS)
        self.assertEqual(self._nights(1, VETERANS), [0])

    def test_changes_are_applied_by_themselves(self):
        self._apply(VETERANS)
        with self._later(days=1):
            asked = self._cron(VETERANS, EARLY)
        self.assertEqual(self._day(2026, 11, 20).day_type, "early_release")
        self.assertEqual(self._day(2026, 11, 20).note, "Minimum Day")
        self.assertEqual(asked.call_args.args[1], "v1")  # the ETag of the first time
        [reading] = self.source.import_ids.filtered("automatic")
        self.assertEqual((reading.state, reading.done_count), ("applied", 1))
        self.assertFalse(self._activities())
        self.assertEqual(self.source.state, "ok")

    def test_an_unchanged_calendar_makes_no_reading(self):
        self._apply(VETERANS)
        self._nights(2, unchanged=True)
        self._nights(1, VETERANS)
        self.assertEqual(len(self.source.import_ids), 1)
        self.assertEqual(self.source.state, "ok")

    def test_a_conflict_is_told_once_and_the_rest_applied(self):
        self._apply(VETERANS)
        self._day(2026, 11, 20).write({"day_type": "program", "note": "Our own"})
        self._nights(3, VETERANS, EARLY, BREAK)
        self.assertEqual(self._day(2026, 11, 20).note, "Our own")
        self.assertEqual(self._day(2026, 12, 21).day_type, "holiday")
        [activity] = self._activities()
        self.assertEqual(activity.user_id, self.operator)
        self.assertEqual(self.source.state, "review")
        reading = self.source.review_id.with_user(self.operator)
        self.assertEqual(reading.conflict_count, 1)
        reading.change_ids.filtered("conflict").action_overwrite()
        reading.action_apply()
        self.assertEqual(self._day(2026, 11, 20).day_type, "early_release")
        self.assertFalse(self._activities())

    def test_a_conflict_that_a_person_left_is_not_told_again(self):
        self._day(2026, 11, 11).write({"day_type": "program", "note": "Our own"})
        self._apply(VETERANS, BREAK)
        self._nights(2, VETERANS, BREAK)
        self.assertFalse(self._activities())
        self.assertEqual(len(self.source.import_ids), 1)

    def test_a_calendar_that_takes_much_back_waits(self):
        self._apply(VETERANS, BREAK)
        self._nights(2, VETERANS)
        self.assertEqual(self._day(2026, 12, 21).day_type, "holiday")
        self.assertEqual(len(self._activities()), 1)
        reading = self.source.review_id.with_user(self.operator)
        self.assertEqual(set(reading.change_ids.mapped("conflict")), {"mass"})
        reading.change_ids.action_overwrite()
        reading.action_apply()
        self.assertEqual(self._day(2026, 12, 21).day_type, "instructional")

    def test_what_is_over_stays(self):
        self._apply(VETERANS, EARLY, BREAK)
        with freeze_time("2026-11-15 18:00:00"):
            renamed = event("Holiday", "20261111", "", "veterans")
            self._cron(renamed, EARLY, BREAK)
            self._cron(EARLY, BREAK)
        day = self._day(2026, 11, 11)
        self.assertEqual(day.note, "No School - Veterans Day")
        self.assertFalse(self._activities())

    def test_today_is_the_district_s_today(self):
        self._apply(VETERANS, BREAK)
        # 6 in the morning in London of the 12th, still the 11th in California
        with freeze_time("2026-11-12 06:00:00"):
            self._cron(event("Holiday", "20261111", "", "veterans"), BREAK)
        self.assertEqual(self._day(2026, 11, 11).note, "Holiday")

    def test_a_failure_is_told_once_and_keeps_the_days(self):
        self._apply(VETERANS)
        messages = self.env["mail.message"].search([], order="id desc", limit=1)
        self._nights(3, error=NetError.of("net_timeout", "calendar.example.org"))
        [activity] = self._activities()
        self.assertEqual(activity.user_id, self.operator)
        self.assertIn("takes too long", str(activity.note))
        mails = self.env["mail.message"].search(
            [
                ("id", ">", messages.id),
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", self.operator.partner_id.ids),
            ]
        )
        self.assertEqual(len(mails), 1)
        self.assertEqual(self._day(2026, 11, 11).day_type, "holiday")
        with self._later(days=4):
            self._cron(VETERANS)
        self.assertEqual(self.source.state, "ok")
        self.assertFalse(self._activities())

    def test_a_calendar_that_became_last_year_s_is_told(self):
        self._apply(VETERANS)
        self._nights(1, event("No School", "20251111"))
        self.assertEqual(self.source.state, "failed")
        self.assertEqual(self._day(2026, 11, 11).day_type, "holiday")
        self.assertEqual(len(self._activities()), 1)

    def test_one_that_fails_does_not_keep_the_others(self):
        self._apply(VETERANS)
        bad = self.source.copy({"name": "A bad one", "url": "https://x.example.org"})
        bad.follows = True
        with self._later(days=1):
            self._cron(content=calendar(VETERANS, EARLY))
        self.assertEqual(self._day(2026, 11, 20).note, "Minimum Day")

    def test_dropping_a_reading_ends_following(self):
        self._apply(VETERANS)
        self._read(VETERANS, EARLY).action_drop()
        self.assertEqual(self._nights(1, VETERANS, EARLY), [0])
        self.assertEqual(self._day(2026, 11, 20).note, False)

    def test_another_address_is_looked_at_first(self):
        self._apply(VETERANS)
        self.source.with_user(self.operator).url = "https://other.example.org/x.ics"
        self.assertEqual(self._nights(1, VETERANS, EARLY), [0])

    def test_weekly_and_by_hand(self):
        self._apply(VETERANS)
        self.source.schedule = "weekly"
        with self._later(days=6):
            self.assertEqual(self._cron(VETERANS).call_count, 0)
        with self._later(days=7):
            self.assertEqual(self._cron(VETERANS).call_count, 1)
        self.source.schedule = "manual"
        with self._later(days=30):
            self.assertEqual(self._cron(VETERANS).call_count, 0)
