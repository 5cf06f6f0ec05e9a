"""Sessions: places, waiting list, calendar, attendance."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .facts import FactsCommon


@tagged("post_install", "-at_install")
class TestGrCourseSession(FactsCommon):
    def _make_trackers(self, count):
        trackers = self.env["gr.progress.tracker"]
        for number in range(count):
            trackers += self._enroll(
                self.program, name=f"Learner{number} Test", site_ids=self.site.ids
            ).tracker_ids
        return trackers

    # Booking

    def test_places_go_in_order_and_then_the_waiting_list(self):
        session = self._make_session(self.course, capacity=2)
        answers = [session._book(tracker) for tracker in self._make_trackers(4)]
        self.assertEqual(answers, ["registered"] * 2 + ["waitlisted"] * 2)
        self.assertEqual(
            (session.taken_count, session.free_count, session.waiting_count), (2, 0, 2)
        )
        self.assertEqual(session.attendee_ids.mapped("waiting_number"), [0, 0, 1, 2])

    def test_booking_twice_is_one_place(self):
        session = self._make_session(self.course, capacity=1)
        self.assertEqual(session._book(self.tracker), "registered")
        self.assertEqual(session._book(self.tracker), "registered")
        self.assertEqual(len(session.attendee_ids), 1)

    def test_a_free_place_goes_to_who_waits_longest_and_is_told(self):
        session = self._make_session(self.course, capacity=1)
        first, second, third = self._make_trackers(3)
        for tracker in (first, second, third):
            session._book(tracker)
        session.attendee_ids.filtered(lambda line: line.tracker_id == first)._cancel()
        states = {line.tracker_id: line.state for line in session.attendee_ids}
        self.assertEqual(
            [states[tracker] for tracker in (first, second, third)],
            ["cancelled", "registered", "waitlisted"],
        )
        self.assertEqual(
            self._notices("session_promoted", second.enrollment_id).mapped("state"),
            ["pending"],
        )
        self.assertFalse(self._notices("session_promoted", third.enrollment_id))

    def test_who_cancels_and_books_again_waits_at_the_end(self):
        session = self._make_session(self.course, capacity=1)
        first, second = self._make_trackers(2)
        session._book(first)
        session._book(second)
        session.attendee_ids.filtered(lambda line: line.tracker_id == first)._cancel()
        self.assertEqual(session._book(first), "waitlisted")
        mine = session.attendee_ids.filtered(lambda line: line.tracker_id == first)
        self.assertEqual(mine.mapped("state"), ["cancelled", "waitlisted"])

    def test_more_places_are_given_to_those_who_wait(self):
        session = self._make_session(self.course, capacity=1)
        for tracker in self._make_trackers(3):
            session._book(tracker)
        session.capacity = 2
        self.assertEqual(session.waiting_count, 1)
        session.capacity = 0
        self.assertEqual(session.waiting_count, 0)

    def test_an_excuse_before_the_session_frees_the_place(self):
        session = self._make_session(self.course, capacity=1)
        first, second = self._make_trackers(2)
        session._book(first)
        session._book(second)
        excused = session.attendee_ids[0].with_user(self.user_program)
        excused.action_excused()
        self.assertEqual(session.attendee_ids[1].state, "registered")
        with self.assertRaisesRegex(UserError, "given away"):
            excused.state = "registered"

    def test_booking_ends_when_it_says(self):
        session = self._make_session(
            self.course,
            days=3,
            registration_end=fields.Datetime.now() + timedelta(days=1),
        )
        with freeze_time(fields.Datetime.now() + timedelta(days=1, seconds=1)):
            with self.assertRaisesRegex(UserError, "is over"):
                session._book(self.tracker)
        self.assertEqual(session._book(self.tracker), "registered")

    def test_a_draft_and_a_cancelled_session_are_not_booked(self):
        session = self._make_session(self.course, is_open=False)
        for _try in range(2):
            with self.assertRaisesRegex(UserError, "not open"):
                session._book(self.tracker)
            session.action_cancel()

    def test_a_course_that_is_locked_is_not_booked(self):
        session = self._make_session(self.course)
        self.tracker.is_locked = True
        with self.assertRaisesRegex(UserError, "before it"):
            session._book(self.tracker)

    def test_a_learner_of_another_course_is_refused(self):
        session = self._make_session(self._make_course(self.program))
        with self.assertRaisesRegex(ValidationError, "does not take"):
            session._book(self.tracker)

    def test_two_sessions_at_a_time_are_one_too_many(self):
        session = self._make_session(self.course)
        other = self._make_session(self.course, hours=1, name="Other")
        session._book(self.tracker)
        with self.assertRaisesRegex(UserError, "at the same time"):
            other._book(self.tracker)
        self.assertEqual(other._book(self.tracker, allow_overlap=True), "registered")
        self.assertIn("First Aid", other.attendee_ids.conflict)
        alone = self._make_session(self.course, days=20)
        alone._book(self.tracker)
        self.assertIs(alone.attendee_ids.conflict, False)
        # Touching is not overlapping.
        after = self._make_session(
            self.course,
            date_start=session.date_end,
            date_end=session.date_end + timedelta(hours=1),
        )
        self.assertEqual(after._book(self.tracker), "registered")

    def test_who_has_begun_cancels_no_more(self):
        session = self._make_session(self.course)
        session._book(self.tracker)
        with freeze_time(session.date_start):
            session.invalidate_recordset()
            with self.assertRaisesRegex(UserError, "has begun"):
                session.attendee_ids._cancel()

    def test_staff_cannot_seat_by_hand(self):
        session = self._make_session(self.course, capacity=1, site_id=self.site.id)
        first, second = self._make_trackers(2)
        lines = self.env["gr.course.session.attendee"].with_user(self.user_program)
        lines.create({"session_id": session.id, "tracker_id": first.id})
        second_line = lines.create(
            {"session_id": session.id, "tracker_id": second.id, "state": "registered"}
        )
        self.assertEqual(second_line.state, "waitlisted")
        for state in ("registered", "attended", "cancelled"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                second_line.state = state
        with self.assertRaises(UserError):
            lines.create(
                {
                    "session_id": session.id,
                    "tracker_id": self.tracker.id,
                    "state": "attended",
                }
            )

    def test_a_learner_is_added_in_the_form(self):
        session = self._make_session(self.course, site_id=self.site.id)
        with Form(session.with_user(self.user_program)) as form:
            with form.attendee_ids.new() as line:
                line.tracker_id = self.tracker
        self.assertEqual(session.attendee_ids.state, "registered")

    def test_an_end_is_offered_and_moves_along(self):
        with Form(
            self.env["gr.course.session"].with_user(self.user_operations)
        ) as form:
            form.name = "Practice"
            form.course_integration_id = self.course
            form.date_start = "2026-12-07 22:00:00"
            self.assertEqual(str(form.date_end), "2026-12-07 23:00:00")
            form.date_end = "2026-12-08 01:00:00"
        session = form.record
        with Form(session) as form:
            form.date_start = "2026-12-09 22:00:00"
        self.assertEqual(str(session.date_end), "2026-12-10 01:00:00")

    # Workflow

    def test_cancelling_frees_everybody_and_tells_them(self):
        session = self._make_session(self.course, capacity=1)
        first, second = self._make_trackers(2)
        session._book(first)
        session._book(second)
        session.action_cancel()
        self.assertEqual(session.attendee_ids.mapped("state"), ["cancelled"] * 2)
        for tracker in (first, second):
            self.assertEqual(
                len(self._notices("session_cancelled", tracker.enrollment_id)), 1
            )
        self.assertFalse(self._notices("session_promoted", second.enrollment_id))
        self.assertEqual(session.state, "cancelled")

    def test_the_trainer_is_told_of_the_end_in_the_own_language(self):
        self.env["res.lang"]._activate_lang("es_MX")
        trainer = self.env["res.partner"].create(
            {"name": "Tomás Afuera", "email": "tomas@example.org", "lang": "es_MX"}
        )
        session = self._make_session(self.course, trainer_id=trainer.id)
        session.action_cancel()
        mail = self.env["mail.mail"].search([("recipient_ids", "=", trainer.id)])
        self.assertEqual(
            mail.filtered(lambda m: m.model == session._name).res_id, session.id
        )

    def test_held_needs_the_whole_attendance(self):
        session = self._make_session(self.course)
        session._book(self.tracker)
        with self.assertRaisesRegex(UserError, "not begun"):
            session.action_done()
        with freeze_time(session.date_end):
            session.invalidate_recordset()
            with self.assertRaisesRegex(UserError, "1 learners"):
                session.action_done()
            session.action_all_present()
            session.action_done()
        self.assertEqual(session.state, "done")
        self.assertEqual(self.tracker.custom_sessions_completed, 1)

    def test_state_is_no_field_to_write(self):
        session = self._make_session(self.course, is_open=False, site_id=self.site.id)
        with self.assertRaises(AccessError):
            session.with_user(self.user_operations).state = "done"
        session.with_user(self.user_program).action_open()
        self.assertEqual(session.state, "open")
        foreign = self._make_session(
            self.course, is_open=False, site_id=self.other_site.id
        )
        with self.assertRaises(AccessError):
            foreign.with_user(self.user_program).action_open()
        with self.assertRaises(AccessError):
            session.with_user(self.user_aide).action_cancel()

    # Attendance

    def test_attendance_moves_the_tracker(self):
        self.course.sessions_required = 1
        session = self._make_session(self.course)
        session._book(self.tracker)
        line = session.attendee_ids.with_user(self.user_program)
        with freeze_time(session.date_start):
            line.action_attended()
            self.assertEqual(self.tracker.custom_sessions_completed, 1)
            line.action_absent()
        self.assertEqual(self.tracker.custom_sessions_completed, 0)

    def test_a_topic_counts_once(self):
        sessions = [
            self._make_session(self.course, days=days, topic="CPR") for days in (1, 2)
        ]
        for session in sessions:
            session._book(self.tracker)
            session.attendee_ids.state = "attended"
        self.assertEqual(self.tracker.custom_sessions_completed, 1)
        sessions[0].topic = "Burns"
        self.assertEqual(self.tracker.custom_sessions_completed, 2)

    def test_a_late_correction_does_not_change_history(self):
        session = self._make_session(self.course)
        session._book(self.tracker)
        session.attendee_ids.state = "attended"
        self.tracker._freeze(status="certified")
        with freeze_time(session.date_start):
            session.attendee_ids.with_user(self.user_program).action_absent()
        self.assertEqual(session.attendee_ids.state, "absent")
        self.assertEqual(self.tracker.custom_sessions_completed, 1)
        self.assertEqual(self.tracker.status, "certified")

    def test_history_is_not_deleted(self):
        session = self._make_session(self.course)
        session._book(self.tracker)
        for record in (session, session.attendee_ids):
            with self.assertRaisesRegex(UserError, "Cancel"), self.env.cr.savepoint():
                record.unlink()

    # Place and time

    def test_a_link_is_https(self):
        for url in ("http://example.org/x", "example.org", "javascript:alert(1)"):
            with self.subTest(url=url), self.assertRaises(ValidationError):
                with self.env.cr.savepoint():
                    self._make_session(self.course, online_url=url)
        self._make_session(self.course, online_url="https://meet.example.org/abc")

    def test_the_clocks_are_the_sites(self):
        self.site.tz = "America/Denver"
        session = self._make_session(self.course, site_id=self.site.id)
        self.assertEqual(session.tz, "America/Denver")

    def test_a_trainer_at_two_places_is_a_warning(self):
        trainer = self.env["res.partner"].create({"name": "Tomás Afuera"})
        first = self._make_session(self.course, trainer_id=trainer.id)
        self.assertFalse(first.conflict)
        second = self._make_session(
            self.course, trainer_id=trainer.id, name="CPR", hours=1
        )
        self.assertIn("First Aid", second.conflict)
        second.action_cancel()
        first.invalidate_recordset()
        self.assertFalse(first.conflict)

    @freeze_time("2026-10-01 12:00:00")
    def test_repeats_keep_the_hour_over_the_change_of_clocks(self):
        session = self._make_session(
            self.course,
            date_start="2026-10-28 23:00:00",
            date_end="2026-10-29 01:00:00",
            tz="America/Los_Angeles",
        )
        session._book(self.tracker)
        wizard = self.env["gr.course.session.repeat"].create(
            {"session_id": session.id, "times": 2, "every": 1}
        )
        self.assertEqual(len(wizard.preview.splitlines()), 2)
        action = wizard.action_repeat()
        copies = self.env["gr.course.session"].search(action["domain"]) - session
        self.assertEqual(
            sorted(map(str, copies.mapped("date_start"))),
            ["2026-11-05 00:00:00", "2026-11-12 00:00:00"],
        )
        self.assertEqual(set(copies.mapped("topic")), {"First Aid"})
        self.assertEqual(session.topic, "First Aid")
        self.assertEqual(set(copies.mapped("state")), {"draft"})
        self.assertFalse(copies.attendee_ids)

    # Calendar

    def test_the_meeting_follows_the_session(self):
        trainer = self.env["res.partner"].create(
            {"name": "Tomás Afuera", "email": "tomas@example.org"}
        )
        session = self._make_session(
            self.course, trainer_id=trainer.id, site_id=self.site.id, room="12"
        )
        event = session.calendar_event_id
        self.assertEqual(event.partner_ids, trainer)
        self.assertEqual(
            (event.start, event.stop), (session.date_start, session.date_end)
        )
        self.assertIn("12", event.location)
        self.assertEqual(event.privacy, "private")
        session._book(self.tracker)
        self.assertEqual(event.partner_ids, trainer | self.learner.partner_id)
        session.write(
            {
                "date_start": session.date_start + timedelta(days=1),
                "date_end": session.date_end + timedelta(days=1),
            }
        )
        self.assertEqual(
            (event.start, event.stop), (session.date_start, session.date_end)
        )
        session.attendee_ids._cancel()
        self.assertEqual(event.partner_ids, trainer)
        session.action_cancel()
        self.assertFalse(event.exists())

    def test_the_invitation_carries_a_calendar_file(self):
        session = self._make_session(self.course)
        session._book(self.tracker)
        mails = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.learner.partner_id.ids)]
        )
        names = mails.attachment_ids.mapped("name")
        self.assertIn("invitation.ics", names)

    def test_no_child_is_invited(self):
        child = self._enroll(self.program, self.student)
        session = self._make_session(self.course)
        session._book(child.tracker_ids)
        self.assertEqual(session.attendee_ids.state, "registered")
        self.assertFalse(session.calendar_event_id.partner_ids)
        self.assertTrue(child.student_id.partner_id)

    def test_who_waits_is_not_invited(self):
        session = self._make_session(self.course, capacity=1)
        first, second = self._make_trackers(2)
        session._book(first)
        session._book(second)
        self.assertEqual(
            session.calendar_event_id.partner_ids, first.student_id.partner_id
        )

    def test_a_meeting_that_somebody_removed_comes_back(self):
        session = self._make_session(self.course)
        session.calendar_event_id.unlink()
        session._book(self.tracker)
        self.assertEqual(session.calendar_event_id.partner_ids, self.learner.partner_id)

    # Speed

    def test_a_booking_costs_the_same_in_a_full_session(self):
        counts = []
        for size in (1, 12):
            session = self._make_session(self.course, capacity=0)
            for tracker in self._make_trackers(size):
                session._book(tracker)
            late = self._enroll(self.program, name=f"Late{size} Comer").tracker_ids
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            session.with_context(no_mail_to_attendees=True)._book(late)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(max(counts), 30, counts)
        self.assertLessEqual(abs(counts[1] - counts[0]), 6, counts)

    def test_sites_of_a_session_are_of_the_district(self):
        with self.assertRaises(UserError):
            self._make_session(self.course, site_id=self.foreign_site.id)

    def test_the_form_saves_lines_and_keeps_what_is_cancelled(self):
        session = self._make_session(self.course)
        session.attendee_ids = [Command.create({"tracker_id": self.tracker.id})]
        session.attendee_ids._cancel()
        session.attendee_ids = [Command.create({"tracker_id": self.tracker.id})]
        self.assertEqual(
            session.attendee_ids.mapped("state"), ["cancelled", "registered"]
        )
