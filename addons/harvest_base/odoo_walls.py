"""To which district Odoo's own records belong: model -> path to who or what tells.

The canary sweep (``tests/test_canary_sweep.py``) asks whether it holds: without a line
here, staff of another district read, search or count the records. Models of addons
that are not installed do no harm.
"""

# Path to the company. Records without one are everybody's.
BY_COMPANY = {
    "digest.digest": "company_id",
    "hr.employee.skill": "employee_id.company_id",
    "hr.resume.line": "employee_id.company_id",
    "hr.work.location": "company_id",
    "ir.sequence": "company_id",
    "mail.activity.plan": "company_id",
    "mail.activity.plan.template": "plan_id.company_id",
    "resource.calendar": "company_id",
    "resource.calendar.attendance": "calendar_id.company_id",
    "resource.calendar.leaves": "company_id",
}

# Path to the user whose it is. Records of nobody and of the system are everybody's.
BY_USER = {
    "calendar.attendee": "event_id.user_id",
    "calendar.event": "user_id",
    "calendar.filters": "user_id",
    "calendar.recurrence": "base_event_id.user_id",
    "discuss.call.history": "channel_id.create_uid",
    "discuss.channel": "create_uid",
    "discuss.channel.member": "partner_id.user_ids",
    "gamification.badge.user": "user_id",
    "gamification.challenge": "manager_id",
    "gamification.challenge.line": "challenge_id.manager_id",
    "mail.activity.type": "default_user_id",
    "mail.template": "user_id",
    "rating.rating": "partner_id.user_ids",
    "survey.question": "survey_id.user_id",
    "survey.question.answer": "question_id.survey_id.user_id",
    "survey.survey": "user_id",
    "survey.user_input": "survey_id.user_id",
    "survey.user_input.line": "user_input_id.survey_id.user_id",
    "utm.campaign": "user_id",
}

# Path to the contacts who are part of it: an invitation crosses districts.
MINE = {
    "calendar.attendee": "event_id.partner_ids",
    "calendar.event": "partner_ids",
    "calendar.recurrence": "base_event_id.partner_ids",
    "discuss.call.history": "channel_id.channel_partner_ids",
    "discuss.channel": "channel_partner_ids",
}

# Path to the contacts of an appointment: with a family it is for those who take part.
WITH_FAMILY = {
    "calendar.attendee": "event_id.partner_ids",
    "calendar.event": "partner_ids",
    "calendar.recurrence": "base_event_id.partner_ids",
}

# For nobody else, employees included: a letter names a family and where it lives.
OWN = {"snailmail.letter": "user_id"}

# Families and visitors meet only what is their own: path to the user.
OWN_FOR_FAMILIES = {
    "gamification.badge.user": "user_id",
    "gamification.challenge": "user_ids",
    "gamification.challenge.line": "challenge_id.user_ids",
}
