"""Demo: an induction of two courses, a session and homework; staff on their way."""

import random
from datetime import timedelta

from odoo import fields

SEED = "training"
COURSES = {
    "Welcome to the Program": (
        "How an afternoon runs",
        "Rosters, ratios and release",
        "Talking with families",
    ),
    "Keeping Children Safe": (
        "What you must report, and to whom",
        "Allergies and medicine",
        "Heat and outdoor days",
    ),
}


def extend(env, loader):
    """Build the induction in the first district, and let its staff begin."""
    dice = random.Random(SEED)
    program = _make_program(env, loader.company)
    employees = env["hr.employee"].search([("company_id", "=", loader.company.id)])
    learners = env["gr.student"].create(
        [
            _prepare_learner(employee)
            for employee in employees
            if employee.work_contact_id and employee.gr_site_ids
        ]
    )
    program.action_activate()
    enrollments = env["gr.training.enrollment"]._request(program, learners, "agent")
    for enrollment in enrollments:
        _learn(env, enrollment, dice)


def _make_program(env, district):
    agent = env["res.users"].search(
        [("login", "=", "technology"), ("company_id", "=", district.id)], limit=1
    )
    program = env["gr.training.program"].create(
        {
            "name": "New Staff Induction",
            "code": "INDUCT",
            "company_id": district.id,
            "coordinator_id": (agent or env.user).id,
            "description": "What everybody knows before the first week with children.",
            "eligibility_criteria": "Everybody who works in the program.",
            "eligibility_domain": "[('learner_type', '=', 'staff')]",
            "duration_weeks": 6,
            "hours": 4,
            "renewal": "school_year",
        }
    )
    for name, lessons in COURSES.items():
        env["gr.course.integration"].create(
            {
                "name": name,
                "training_program_id": program.id,
                "elearning_course_id": _make_channel(env, name, lessons).id,
            }
        )
    first, second = program.course_integrations
    second.prerequisite_ids = first
    env["gr.homework.assignment"].create(
        {
            "name": "My plan for a hot afternoon",
            "course_integration_id": second.id,
            "instructions": "<p>One page or one photo: shade, water, a quiet game.</p>",
        }
    )
    _make_session(env, first)
    return program


def _make_channel(env, name, lessons):
    channel = env["slide.channel"].create(
        {
            "name": name,
            "enroll": "invite",
            "visibility": "members",
            "is_published": True,
        }
    )
    env["slide.slide"].create(
        [
            {
                "name": lesson,
                "channel_id": channel.id,
                "slide_category": "article",
                "html_content": f"<h2>{lesson}</h2><p>Read, then try it.</p>",
                "is_published": True,
                "completion_time": 0.25,
            }
            for lesson in lessons
        ]
    )
    return channel


def _make_session(env, course):
    start = fields.Datetime.now().replace(hour=22, minute=0, second=0) + timedelta(
        days=9
    )
    course.sessions_required = 1
    env["gr.course.session"].create(
        {
            "name": "Meet your site team",
            "course_integration_id": course.id,
            "date_start": start,
            "date_end": start + timedelta(hours=1),
            "capacity": 12,
            "state": "open",
        }
    )


def _prepare_learner(employee):
    first_name, _space, last_name = employee.name.partition(" ")
    return {
        "first_name": first_name,
        "last_name": last_name,
        "learner_type": "staff",
        "employee_id": employee.id,
        "company_id": employee.company_id.id,
    }


def _learn(env, enrollment, dice):
    """Complete some lessons, as Odoo notes them."""
    for tracker in enrollment.tracker_ids:
        member = tracker.elearning_enrollment_id
        lessons = member.channel_id.slide_ids
        if member:
            env["gr.elearning.integration"]._complete_slides(
                member, lessons[: dice.randrange(len(lessons) + 1)]
            )
