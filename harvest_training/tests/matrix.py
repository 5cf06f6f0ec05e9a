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
            "site_id": place.site.id,
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


@factory("gr.document.type")
def _document_type(env, place):
    return env["gr.document.type"].create(
        {"name": "Diploma", "company_id": place.district.id}
    )


@factory("gr.training.document")
def _training_document(env, place):
    return env["gr.training.document"].create(
        {
            "program_id": _program(env, place).id,
            "type_id": _document_type(env, place).id,
        }
    )


@factory("gr.document.reminder")
def _reminder(env, place):
    return env["gr.document.reminder"].create(
        {"request_id": _document(env, place).id, "kind": "due", "key": "1"}
    )


@factory("gr.homework.criterion")
def _criterion(env, place):
    return env["gr.homework.criterion"].create(
        {"assignment_id": _assignment(env, place).id, "name": "Idea", "points": 5}
    )


@factory("gr.homework.score")
def _score(env, place):
    attempt = _attempt(env, place)
    criterion = env["gr.homework.criterion"].create(
        {"assignment_id": attempt.assignment_id.id, "name": "Idea", "points": 5}
    )
    return env["gr.homework.score"].create(
        {"attempt_id": attempt.id, "criterion_id": criterion.id, "most": 5}
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


@factory("gr.certificate.template")
def _certificate_template(env, place):
    return env["gr.certificate.template"].create(
        {"name": "Design", "company_id": place.district.id}
    )


@factory("gr.certificate.signatory")
def _certificate_signatory(env, place):
    return env["gr.certificate.signatory"].create(
        {"name": "Dean", "template_id": _certificate_template(env, place).id}
    )


@factory("gr.badge.issuer")
def _badge_issuer(env, place):
    return env["gr.badge.issuer"]._get(place.district).with_env(env)


@factory("gr.badge.key")
def _badge_key(env, place):
    return _badge_issuer(env, place).sudo()._get_key().with_env(env)


@factory("gr.certificate")
def _certificate(env, place):
    enrollment = _enrollment(env, place)
    enrollment.sudo().status = "completed"
    enrollment.program_id.certificate_template_id = _certificate_template(env, place)
    return env["gr.certificate"]._issue(enrollment).with_env(env)
