"""One record of each training model for a place, for the access matrix."""

from datetime import datetime

from odoo.addons.harvest_base.tests.matrix import factory


@factory("gr.training.program")
def _program(env, place):
    return env["gr.training.program"].create(
        {"name": "Induction", "company_id": place.district.id, "status": "active"}
    )


@factory("gr.course.integration")
def _course(env, place):
    channel = env["slide.channel"].create({"name": "Course"})
    return env["gr.course.integration"].create(
        {
            "name": "Course",
            "elearning_course_id": channel.id,
            "training_program_id": _program(env, place).id,
        }
    )


@factory("gr.training.enrollment")
def _enrollment(env, place):
    return env["gr.training.enrollment"].create(
        {"student_id": place.student.id, "program_id": _program(env, place).id}
    )


@factory("gr.progress.tracker")
def _tracker(env, place):
    course = _course(env, place)
    enrollment = env["gr.training.enrollment"].create(
        {"student_id": place.student.id, "program_id": course.training_program_id.id}
    )
    return env["gr.progress.tracker"].create(
        {"enrollment_id": enrollment.id, "course_integration_id": course.id}
    )


@factory("gr.course.session")
def _session(env, place, course=None):
    return env["gr.course.session"].create(
        {
            "name": "Session",
            "course_integration_id": (course or _course(env, place)).id,
            "date_start": datetime(2026, 9, 1, 22),
            "date_end": datetime(2026, 9, 1, 23),
        }
    )


@factory("gr.course.session.attendee")
def _attendee(env, place):
    tracker = _tracker(env, place)
    session = _session(env, place, tracker.course_integration_id)
    return env["gr.course.session.attendee"].create(
        {"session_id": session.id, "tracker_id": tracker.id}
    )


@factory("gr.homework.assignment")
def _assignment(env, place, course=None):
    return env["gr.homework.assignment"].create(
        {
            "name": "Homework",
            "course_integration_id": (course or _course(env, place)).id,
        }
    )


@factory("gr.homework.attempt")
def _attempt(env, place):
    tracker = _tracker(env, place)
    assignment = _assignment(env, place, tracker.course_integration_id)
    return env["gr.homework.attempt"].create(
        {"assignment_id": assignment.id, "tracker_id": tracker.id}
    )


@factory("gr.assessment.integration")
def _assessment(env, place, course=None):
    return env["gr.assessment.integration"].create(
        {"name": "Exam", "course_integration_id": (course or _course(env, place)).id}
    )


@factory("gr.assessment.attempt")
def _assessment_attempt(env, place):
    tracker = _tracker(env, place)
    assessment = _assessment(env, place, tracker.course_integration_id)
    return env["gr.assessment.attempt"].create(
        {"assessment_id": assessment.id, "tracker_id": tracker.id}
    )


@factory("gr.document.request")
def _document(env, place):
    return env["gr.document.request"].create(
        {"student_id": place.student.id, "name": "Diploma"}
    )


@factory("gr.training.notice")
def _notice(env, place):
    return env["gr.training.notice"]._queue("welcome", _enrollment(env, place))


@factory("gr.training.report")
def _report(env, place):
    return env["gr.training.report"].browse(_enrollment(env, place).id)


@factory("gr.training.discrepancy")
def _discrepancy(env, place):
    return env["gr.training.discrepancy"].create(
        {"kind": "uncertified", "enrollment_id": _enrollment(env, place).id}
    )


@factory("gr.training.migration.run")
def _migration_run(env, place):
    return env["gr.training.migration.run"].create(
        {"name": "old.csv", "kind": "learners", "company_id": place.district.id}
    )


@factory("gr.training.migration.line")
def _migration_line(env, place):
    run = _migration_run(env, place)
    return env["gr.training.migration.line"].create({"run_id": run.id, "number": 2})
