"""Two people and one last place: two real transactions, committed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from odoo import api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger

from .facts import FactsKit


class Ground(FactsKit):
    """The kit on a transaction of its own."""

    @classmethod
    def make(cls, env):
        cls.env = env
        cls.district = env.company  # a district cannot be removed again
        cls.program = cls._make_training_program(coordinator_id=env.user.id)
        cls.course = cls.program.course_integrations
        session = cls._make_session(cls.course, capacity=1)
        # Without mail addresses: the meeting, which both would write, must not be what
        # keeps them apart.
        trackers = [
            cls._enroll(cls.program, name=f"Racer{number} Test").tracker_ids.id
            for number in range(2)
        ]
        env["gr.progress.tracker"].browse(trackers).student_id.partner_id.email = False
        return session.id, trackers


@tagged("post_install", "-at_install")
class TestLastPlace(BaseCase):
    """Without the written row the second transaction would count the old places."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self._env() as env:
            self.session_id, self.tracker_ids = Ground.make(env)
        self.addCleanup(self._clean)

    def _env(self):
        cursor = self.registry.cursor()
        return _Committed(cursor)

    def _clean(self):
        """Remove what was committed; by SQL where our models keep history."""
        with self._env() as env:
            session = env["gr.course.session"].browse(self.session_id)
            program, event = session.program_id, session.calendar_event_id
            people = program.enrollment_ids.student_id
            partners = people.partner_id
            channel = program.course_integrations.elearning_course_id
            for record in (session, program.enrollment_ids, program, people):
                env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE id = ANY(%s)",
                        SQL.identifier(record._table),
                        record.ids,
                    )
                )
            env.invalidate_all(flush=False)
            for record in (event, channel, partners):
                record.unlink()

    def _book(self, tracker_id, has_booked=None, may_commit=None):
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, api.SUPERUSER_ID, {})

            def work():
                session = env["gr.course.session"].browse(self.session_id)
                tracker = env["gr.progress.tracker"].browse(tracker_id)
                answer = session.with_context(no_mail_to_attendees=True)._book(tracker)
                env.flush_all()
                if has_booked:
                    has_booked.set()
                    may_commit.wait(10)
                return answer

            return retrying(work, env)

    def test_the_last_place_is_given_once(self):
        has_booked, may_commit = Event(), Event()
        with ThreadPoolExecutor(2) as pool, mute_logger("odoo.sql_db"):
            first = pool.submit(self._book, self.tracker_ids[0], has_booked, may_commit)
            self.assertTrue(has_booked.wait(20))
            second = pool.submit(self._book, self.tracker_ids[1])
            self._wait_for_lock()
            may_commit.set()
            answers = first.result(30), second.result(30)
        self.assertEqual(answers, ("registered", "waitlisted"))
        with self._env() as env:
            session = env["gr.course.session"].browse(self.session_id)
            self.assertEqual(session.taken_count, 1)
            self.assertEqual(session.waiting_count, 1)

    def _wait_for_lock(self):
        """Wait until the second transaction stands before the row of the first."""
        for _try in range(200):
            with self.registry.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type"
                    " = 'Lock' AND datname = current_database()"
                )
                if cursor.fetchone()[0]:
                    return
            Event().wait(0.05)
        self.fail("the second booking never waited")


class _Committed:
    """An environment whose work is committed when the block ends well."""

    def __init__(self, cursor):
        self.cursor = cursor

    def __enter__(self):
        return api.Environment(
            self.cursor, api.SUPERUSER_ID, {"tracking_disable": True}
        )

    def __exit__(self, kind, _error, _trace):
        if kind is None:
            self.cursor.commit()
        self.cursor.close()
