"""An invented district in training: learners x courses over twelve months.

Definitions are made by the ORM. What there is thousands of is one record made by the
ORM and multiplied in SQL, so that it has whatever columns the models have by then.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from odoo.tools import SQL, split_every

PROGRAMS, COURSES = 12, 5  # courses of each program
LESSONS = 2
SITES = 11


class District(NamedTuple):
    """What a benchmark needs to find again."""

    coordinator: object
    site_coordinator: object
    learners: object
    employees: object


def fill(env, learners: int) -> District:
    """Put ``learners`` staff in every program; return who looks at them."""
    env.cr.execute("SELECT setseed(0.4)")
    today = date.today()
    env["gr.school.year"].create(
        {
            "name": "Benchmark",
            "code": "2000",
            "date_start": today - timedelta(days=360),
            "date_end": today + timedelta(days=5),
        }
    )
    sites = env["gr.site"].create([{"name": f"School {n}"} for n in range(SITES)])
    students = _make_learners(env, learners, sites)
    courses = _make_courses(env)
    _make_rounds(env, students, courses)
    _make_facts(env)
    return District(
        _make_user(env, "operations", gr_scope="district"),
        _make_user(env, "program", gr_site_ids=sites[:2].ids),
        students,
        _make_employees(env, students),
    )


def _make_employees(env, students):
    """The learners as employees, so that the staff requirements apply to them."""
    employees = env["hr.employee"].create(
        [
            {
                "name": student.name,
                "gr_site_ids": student.site_ids.ids,
                "gr_start_date": date.today() - timedelta(days=400),
            }
            for student in students
        ]
    )
    env.cr.commit()
    return employees


def _make_user(env, role, **values):
    return env["res.users"].create(
        {
            "name": role,
            "login": role,
            "group_ids": [env.ref(f"harvest_base.group_harvest_{role}").id],
            "tz": "America/Los_Angeles",
            **values,
        }
    )


def _make_learners(env, count, sites):
    partners = env["res.partner"].create(
        [{"name": f"Learner {n}", "email": f"l{n}@example.org"} for n in range(count)]
    )
    return env["gr.student"].create(
        [
            {
                "first_name": "Learner",
                "last_name": str(n),
                "learner_type": "staff",
                "partner_id": partner.id,
                "site_ids": [sites[n % SITES].id],
            }
            for n, partner in enumerate(partners)
        ]
    )


def _make_courses(env):
    """Programs of courses, each with lessons, a session, homework and an exam."""
    channels = env["slide.channel"].create(
        [
            {"name": f"Course {n}", "enroll": "invite", "is_published": True}
            for n in range(PROGRAMS * COURSES)
        ]
    )
    env["slide.slide"].create(
        [
            {
                "name": f"Lesson {n}",
                "channel_id": channel.id,
                "slide_category": "article",
                "is_published": True,
            }
            for channel in channels
            for n in range(LESSONS)
        ]
    )
    courses = env["gr.course.integration"]
    for number, part in enumerate(split_every(COURSES, channels)):
        program = env["gr.training.program"].create(
            {"name": f"Program {number}", "status": "active", "duration_weeks": 20}
        )
        courses |= courses.create(
            [
                {
                    "name": channel.name,
                    "training_program_id": program.id,
                    "elearning_course_id": channel.id,
                    "sessions_required": 1,
                }
                for channel in part
            ]
        )
    return courses


def _make_rounds(env, students, courses):
    """A round of every learner in every program, and its trackers and memberships."""
    first = env["gr.training.enrollment"].create(
        {
            "student_id": students[0].id,
            "program_id": courses[0].training_program_id.id,
            "status": "not_started",
        }
    )
    tracker = env["gr.progress.tracker"].create(
        {"enrollment_id": first.id, "course_integration_id": courses[0].id}
    )
    member = env["slide.channel.partner"].create(
        {
            "channel_id": courses[0].elearning_course_id.id,
            "partner_id": students[0].partner_id.id,
        }
    )
    begun = SQL("(now() AT TIME ZONE 'UTC') - x.age * INTERVAL '1 day'")
    multiply(
        first,
        SQL(
            """SELECT s.id AS student_id, p.id AS program_id, random() * 350 AS age
                 FROM gr_student s, gr_training_program p
                WHERE s.id IN %s AND (s.id, p.id) != (%s, %s)""",
            tuple(students.ids),
            first.student_id.id,
            first.program_id.id,
        ),
        student_id=SQL("x.student_id"),
        program_id=SQL("x.program_id"),
        date_requested=begun,
        date_enrolled=begun,
        date_due=SQL("CURRENT_DATE - x.age::integer + 140"),
        last_activity=begun,
    )
    multiply(
        tracker,
        SQL(
            """SELECT e.id, e.student_id, c.id AS course_id, c.training_program_id
                 FROM gr_training_enrollment e
                 JOIN gr_course_integration c
                   ON c.training_program_id = e.program_id
                WHERE (e.id, c.id) != (%s, %s)""",
            first.id,
            courses[0].id,
        ),
        enrollment_id=SQL("x.id"),
        student_id=SQL("x.student_id"),
        course_integration_id=SQL("x.course_id"),
        program_id=SQL("x.training_program_id"),
    )
    multiply(
        member,
        SQL(
            """SELECT s.partner_id, c.elearning_course_id AS channel_id
                 FROM gr_progress_tracker t
                 JOIN gr_student s ON s.id = t.student_id
                 JOIN gr_course_integration c ON c.id = t.course_integration_id
                WHERE (s.partner_id, c.elearning_course_id) != (%s, %s)""",
            member.partner_id.id,
            member.channel_id.id,
        ),
        partner_id=SQL("x.partner_id"),
        channel_id=SQL("x.channel_id"),
    )


def _make_facts(env):
    """Lessons, attendance, homework and exams: a third of the rounds has all of them.

    Written past the ORM, as a district's import or a restored backup would: the
    trackers know nothing of it until they are synchronized.
    """
    _make_meetings(env)
    env.cr.execute(
        """
        UPDATE slide_channel_partner m SET completion = f.percent,
               member_status = CASE f.percent WHEN 0 THEN 'joined'
                    WHEN 100 THEN 'completed' ELSE 'ongoing' END
          FROM (SELECT s.partner_id, c.elearning_course_id AS channel_id,
                       CASE t.enrollment_id % 3 WHEN 0 THEN 0 WHEN 2 THEN 100
                       ELSE (random() * 90)::integer END AS percent
                  FROM gr_progress_tracker t
                  JOIN gr_student s ON s.id = t.student_id
                  JOIN gr_course_integration c ON c.id = t.course_integration_id) f
         WHERE f.partner_id = m.partner_id AND f.channel_id = m.channel_id
        """
    )
    for table in (
        "gr_training_enrollment",
        "gr_progress_tracker",
        "slide_channel_partner",
        "gr_course_session_attendee",
        "gr_homework_attempt",
        "gr_assessment_attempt",
    ):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def _make_meetings(env):
    """One session, assignment and exam a course, and what learners did of them."""
    trackers = env["gr.progress.tracker"]
    courses = env["gr.course.integration"].search([])
    start = datetime.now().replace(microsecond=0) - timedelta(days=30)
    for course in courses:
        trackers |= trackers.search(
            [("course_integration_id", "=", course.id)], limit=1
        )
    made = []
    for tracker in trackers:
        course = tracker.course_integration_id
        session = env["gr.course.session"].create(
            {
                "name": course.name,
                "course_integration_id": course.id,
                "date_start": start,
                "date_end": start + timedelta(hours=2),
                "state": "open",
            }
        )
        link = {"tracker_id": tracker.id}
        named = {"name": course.name, "course_integration_id": course.id}
        assignment = env["gr.homework.assignment"].create(named)
        exam = env["gr.assessment.integration"].create(named)
        made += [
            env["gr.course.session.attendee"].create(
                {**link, "session_id": session.id}
            ),
            env["gr.homework.attempt"].create({**link, "assignment_id": assignment.id}),
            env["gr.assessment.attempt"].create({**link, "assessment_id": exam.id}),
        ]
    done = {
        "gr.course.session.attendee": {"state": SQL("'attended'")},
        "gr.homework.attempt": {"state": SQL("'accepted'")},
        "gr.assessment.attempt": {"passed": SQL("true")},
    }
    for record in made:
        _spread(record, done[record._name])


def _spread(record, values):
    """Give a fact to each learner of its course whose round is in the last third."""
    tracker = record.tracker_id
    multiply(
        record,
        SQL(
            """SELECT id, student_id FROM gr_progress_tracker
                WHERE course_integration_id = %s AND enrollment_id %% 3 = 2
                  AND id != %s""",
            tracker.course_integration_id.id,
            tracker.id,
        ),
        tracker_id=SQL("x.id"),
        student_id=SQL("x.student_id"),
        **values,
    )


def multiply(record, source: SQL, **columns: SQL) -> None:
    """Insert one copy of ``record`` for each row ``x`` of ``source``.

    :param columns: what differs from the record, as expressions over ``x``
    """
    record.env.flush_all()
    table = record._table
    names = [
        name
        for (name,) in record.env.execute_query(
            SQL(
                """SELECT column_name FROM information_schema.columns
                    WHERE table_name = %s AND column_name != 'id'
                      AND table_schema = current_schema""",
                table,
            )
        )
    ]
    record.env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s old, (%s) x WHERE old.id = %s",
            SQL.identifier(table),
            SQL(", ").join(SQL.identifier(name) for name in names),
            SQL(", ").join(
                columns.get(name) or SQL.identifier("old", name) for name in names
            ),
            SQL.identifier(table),
            source,
            record.id,
        )
    )
