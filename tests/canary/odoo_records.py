"""Records of Odoo's own models that hold our people, for a place.

Those with a meaning are made by hand. All others are made from their fields, with the
place's people wherever a field wants a person, so that a model that Odoo or a new addon
brings is swept without a line here.
"""

from datetime import date, datetime

from odoo import Command

from .marks import CHILD, FAMILY, STAFF

ODOO_FACTORIES = {}
# Models of which nobody's record can be made: no table, or none of a person.
TECHNICAL = ("ir.", "theme.", "report.", "base_import.", "html_editor.", "web_tour.")


class NoRecord(Exception):
    """This model holds nothing of a place."""


def odoo(model):
    """Register ``function(env, place) -> record or [(record, kind)]``."""

    def register(function):
        ODOO_FACTORIES[model] = function
        return function

    return register


def make_by_fields(model):
    """Return a factory that fills what ``model`` requires and whoever it may name."""

    def make(env, place):
        Model = env[model]
        if not Model._auto or model.startswith(TECHNICAL):
            raise NoRecord(model)
        values, names_somebody = {}, False
        for name, field in Model._fields.items():
            if not field.store or field.related or name in SKIPPED:
                continue
            ours = _of_place(place, field)
            if ours and (field.required or not field.compute):
                values[name] = ours.id
                names_somebody = True
            elif field.required and not field.compute and field.default is None:
                values[name] = _anything(env, field, place)
        if not names_somebody:
            raise NoRecord(model)
        if {"res_model", "res_id"} <= {n for n, f in Model._fields.items() if f.store}:
            values |= {"res_model": "gr.student", "res_id": place.student.id}
        return Model.create(values)

    return make


SKIPPED = {"create_uid", "write_uid", "parent_id", "id"}


def _of_place(place, field):
    if field.type != "many2one":
        return None
    people = {
        "res.company": place.district,
        "res.users": place.staff,
        "res.partner": place.staff.partner_id,
        "gr.student": place.student,
    }
    return people.get(field.comodel_name) or place.records.get(field.comodel_name)


def _anything(env, field, place):
    if field.type == "many2one":
        return env[field.comodel_name].search([], limit=1).id
    if field.name == "date_to":
        return datetime(2026, 9, 2, 12)
    if field.type == "selection":
        return field.get_values(env)[0]
    return {
        "boolean": True,
        "char": f"canary-{place.site.id}",
        "date": date(2026, 9, 1),
        "datetime": datetime(2026, 9, 1, 12),
        "float": 1.0,
        "html": "canary",
        "integer": 1,
        "json": {},
        "monetary": 1.0,
        "text": "canary",
    }.get(field.type)


@odoo("res.company")
def _company(_env, place):
    return place.district


@odoo("res.users")
def _users(_env, place):
    return [(place.staff, STAFF), (place.parent, FAMILY)]


@odoo("res.partner")
def _partners(_env, place):
    return [
        (place.staff.partner_id, STAFF),
        (place.guardian.partner_id, FAMILY),
        (place.student._get_partner(), FAMILY),
    ]


@odoo("hr.employee")
def _employee(env, place):
    return env["hr.employee"].create(
        {
            "name": "Canary",
            "company_id": place.district.id,
            "user_id": place.staff.id,
            "gr_site_ids": place.site.ids,
            "gr_start_date": date(2026, 1, 1),
        }
    )


@odoo("hr.skill.type")
def _skill_type(env, place):
    skills = [Command.create({"name": f"Canary {place.site.id}"})]
    levels = [Command.create({"name": "Canary", "default_level": True})]
    return env["hr.skill.type"].create(
        {
            "name": f"Canary {place.site.id}",
            "skill_ids": skills,
            "skill_level_ids": levels,
        }
    )


@odoo("hr.employee.skill")
def _employee_skill(env, place):
    kind = place.records["hr.skill.type"]
    return env["hr.employee.skill"].create(
        {
            "employee_id": place.records["hr.employee"].id,
            "skill_type_id": kind.id,
            "skill_id": kind.skill_ids.id,
            "skill_level_id": kind.skill_level_ids.id,
        }
    )


@odoo("hr.version")
def _version(_env, place):
    return place.records["hr.employee"].version_id


@odoo("resource.resource")
def _resource(_env, place):
    return place.records["hr.employee"].resource_id


@odoo("resource.calendar")
def _calendar(env, place):
    return env["resource.calendar"].create(
        {"name": "Canary", "company_id": place.district.id}
    )


@odoo("mail.message")
def _message(env, place):
    """What staff write about a child, and about a colleague."""
    author = place.staff.partner_id.id
    return [
        (place.student.message_post(body="Canary", author_id=author), CHILD),
        (place.staff.partner_id.message_post(body="Canary", author_id=author), STAFF),
    ]


@odoo("mail.followers")
def _followers(env, place):
    place.student.message_subscribe(partner_ids=place.staff.partner_id.ids)
    followers = env["mail.followers"].search(
        [("res_model", "=", "gr.student"), ("res_id", "=", place.student.id)]
    )
    return [(followers, CHILD)]


@odoo("mail.notification")
def _notification(env, place):
    notification = env["mail.notification"].create(
        {
            "mail_message_id": place.records["mail.message"].id,
            "res_partner_id": place.staff.partner_id.id,
            "notification_type": "inbox",
        }
    )
    return [(notification, CHILD)]


@odoo("mail.activity")
def _activity(env, place):
    return env["mail.activity"].create(
        {
            "res_model_id": env["ir.model"]._get_id("gr.program"),
            "res_id": place.records["gr.program"].id,
            "summary": "Canary",
            "user_id": place.staff.id,
        }
    )


@odoo("mail.tracking.value")
def _tracking(env, place):
    return env["mail.tracking.value"].create(
        {
            "field_id": env["ir.model.fields"]._get("gr.student", "first_name").id,
            "mail_message_id": place.records["mail.message"].id,
        }
    )


@odoo("discuss.channel")
def _channel(env, place):
    Channel = env["discuss.channel"].with_user(place.staff)
    members = [Command.create({"partner_id": place.staff.partner_id.id})]
    return [
        (Channel.create({"name": "Canary", "channel_type": "channel"}), STAFF),
        (
            env["discuss.channel"].create(
                {
                    "name": "Canary",
                    "channel_type": "group",
                    "channel_member_ids": members,
                }
            ),
            False,
        ),
    ]


@odoo("discuss.channel.member")
def _member(_env, place):
    return place.records["discuss.channel"].channel_member_ids


@odoo("ir.attachment")
def _attachments(env, place):
    """A child's paper, and one that staff uploaded without a record yet."""
    values = {"name": "canary.txt", "mimetype": "text/plain", "raw": b"canary"}
    Attachment = env["ir.attachment"]
    of_child = {"res_model": "gr.student", "res_id": place.student.id}
    return [
        (Attachment.create(values | of_child), CHILD),
        (Attachment.with_user(place.staff).create(values), STAFF),
    ]


@odoo("ir.filters")
def _filter(env, place):
    return env["ir.filters"].create(
        {
            "name": "Canary",
            "model_id": "gr.student",
            "user_ids": [Command.link(place.staff.id)],
            "domain": "[]",
        }
    )


@odoo("ir.exports")
def _export(env, place):
    return (
        env["ir.exports"]
        .with_user(place.staff)
        .sudo()
        .create({"name": "Canary", "resource": "gr.student"})
    )


@odoo("ir.sequence")
def _sequence(env, place):
    return env["ir.sequence"].create(
        {"name": "Canary", "company_id": place.district.id}
    )


@odoo("calendar.event")
def _event(env, place):
    partners = place.staff.partner_id | place.guardian.partner_id
    event = env["calendar.event"].create(
        {
            "name": "Canary",
            "user_id": place.staff.id,
            "start": datetime(2026, 9, 1, 12),
            "stop": datetime(2026, 9, 1, 13),
            "partner_ids": [Command.set(partners.ids)],
        }
    )
    return [(event, FAMILY)]


@odoo("calendar.attendee")
def _attendees(_env, place):
    return [(place.records["calendar.event"].attendee_ids, FAMILY)]


@odoo("slide.channel")
def _course(env, place):
    """A course of the district that staff were invited to."""
    return place.records["gr.course.integration"].elearning_course_id


@odoo("slide.slide")
def _slide(env, place):
    return env["slide.slide"].create(
        {
            "name": "Canary",
            "channel_id": place.records["slide.channel"].id,
            "is_published": True,
            "slide_category": "article",
        }
    )


@odoo("slide.channel.partner")
def _course_member(env, place):
    return env["slide.channel.partner"].create(
        {
            "channel_id": place.records["slide.channel"].id,
            "partner_id": place.staff.partner_id.id,
        }
    )


@odoo("survey.survey")
def _survey(env, place):
    place.staff.group_ids += env.ref("survey.group_survey_user")
    return env["survey.survey"].create(
        {"title": "Canary", "access_mode": "token", "user_id": place.staff.id}
    )


@odoo("survey.user_input")
def _answers(env, place):
    return env["survey.user_input"].create(
        {
            "survey_id": place.records["survey.survey"].id,
            "partner_id": place.staff.partner_id.id,
        }
    )


@odoo("rating.rating")
def _rating(env, place):
    return env["rating.rating"].create(
        {
            "res_model_id": env["ir.model"]._get_id("slide.channel"),
            "res_id": place.records["slide.channel"].id,
            "partner_id": place.guardian.partner_id.id,
            "rating": 4,
            "feedback": "Canary",
            "consumed": True,
        }
    )


@odoo("calendar.recurrence")
def _recurrence(env, place):
    return env["calendar.recurrence"].create(
        {
            "base_event_id": place.records["calendar.event"].id,
            "rrule_type": "daily",
            "count": 2,
        }
    )


@odoo("mail.link.preview")
def _link_preview(env, place):
    return env["mail.link.preview"].create(
        {"source_url": f"https://example.org/{place.site.id}"}
    )


@odoo("mail.message.link.preview")
def _message_link_preview(env, place):
    return env["mail.message.link.preview"].create(
        {
            "message_id": place.records["mail.message"].id,
            "link_preview_id": place.records["mail.link.preview"].id,
        }
    )


@odoo("mail.scheduled.message")
def _scheduled(env, place):
    return env["mail.scheduled.message"].create(
        {
            "model": "gr.student",
            "res_id": place.student.id,
            "author_id": place.staff.partner_id.id,
            "scheduled_date": datetime(2099, 1, 1),
            "body": "Canary",
        }
    )


@odoo("res.users.settings")
def _settings(env, place):
    return env["res.users.settings"]._find_or_create_for_user(place.staff)


@odoo("res.users.settings.volumes")
def _volumes(env, place):
    return env["res.users.settings.volumes"].create(
        {
            "user_setting_id": place.records["res.users.settings"].id,
            "partner_id": place.guardian.partner_id.id,
        }
    )


@odoo("res.currency.rate")
def _rate(env, place):
    return env["res.currency.rate"].create(
        {
            "currency_id": place.district.currency_id.id,
            "company_id": place.district.id,
            "name": date(2020, 1, 1 + place.site.id % 28),
        }
    )


@odoo("website.visitor")
def _visitor(env, place):
    env.cr.execute(
        """INSERT INTO website_visitor (access_token, partner_id)
           VALUES (%(partner)s::text, %(partner)s) RETURNING id""",
        {"partner": place.guardian.partner_id.id},
    )
    return env["website.visitor"].browse(env.cr.fetchone())


@odoo("snailmail.letter")
def _letter(env, place):
    return env["snailmail.letter"].create(
        {
            "model": "res.partner",
            "user_id": place.staff.id,
            "res_id": place.guardian.partner_id.id,
            "partner_id": place.guardian.partner_id.id,
            "company_id": place.district.id,
        }
    )


@odoo("resource.calendar.leaves")
def _leave(env, place):
    return env["resource.calendar.leaves"].create(
        {
            "name": "Canary",
            "company_id": place.district.id,
            "calendar_id": place.records["resource.calendar"].id,
            "date_from": datetime(2026, 9, 1, 12),
            "date_to": datetime(2026, 9, 2, 12),
        }
    )


@odoo("survey.question")
def _question(env, place):
    return env["survey.question"].create(
        {"title": "Canary", "survey_id": place.records["survey.survey"].id}
    )


@odoo("survey.question.answer")
def _answer(env, place):
    question = place.records["survey.question"]
    return env["survey.question.answer"].create(
        {"value": "Canary", "question_id": question.id}
    )
