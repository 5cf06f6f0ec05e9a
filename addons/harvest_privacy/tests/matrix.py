"""One record of each model for a place, for the access matrix."""

from odoo.fields import Command

from odoo.addons.harvest_base.tests.matrix import factory

from . import matrix_cases  # noqa: F401  factories of its own


def make_purpose(env, place, **values):
    return env["gr.consent.purpose"].create(
        {
            "name": "Test",
            "code": f"test_{place.site.id}",
            "company_id": place.district.id,
            "description": "A test",
            "authority": "Test",
            "withdrawal_effect": "Nothing",
            **values,
        }
    )


def make_text(env, purpose, place, *, publish=True, **values):
    text = env["gr.consent.text"].create(
        {
            "purpose_id": purpose.id,
            "company_id": place.district.id,
            "language_id": env.ref("harvest_base.gr_language_en").id,
            "title": "May we?",
            "body": "<p>May we do this?</p>",
            "records": "Name",
            "recipients": "Nobody",
            **values,
        }
    )
    if publish:
        text.action_publish()
    return text


def make_consent(env, place, purpose=None, **values):
    purpose = purpose or make_purpose(env, place)
    if not purpose.text_ids:
        make_text(env, purpose, place)
    return env["gr.consent"].create(
        {
            "student_id": place.student.id,
            "purpose_id": purpose.id,
            "guardianship_id": place.guardian.id,
            "method": "in_person",
            "note": "Folder 1 of the test",
            **values,
        }
    )


@factory("gr.consent.purpose")
def _purpose(env, place):
    found = env["gr.consent.purpose"].search(
        [("code", "=", f"test_{place.site.id}"), ("company_id", "=", place.district.id)]
    )
    return found or make_purpose(env, place)


@factory("gr.consent.text")
def _text(env, place):
    return make_text(env, _purpose(env, place), place, publish=False)


@factory("gr.consent")
def _consent(env, place):
    return make_consent(env, place, _purpose(env, place))


@factory("gr.consent.standing")
def _standing(env, place):
    consent = _consent(env, place)
    return env["gr.consent.standing"].search(
        [
            ("student_id", "=", consent.student_id.id),
            ("purpose_id", "=", consent.purpose_id.id),
        ]
    )


@factory("gr.consent.effect")
def _effect(env, place):
    return env["gr.consent.effect"].create(
        {
            "student_id": place.student.id,
            "consent_id": _consent(env, place).id,
            "code": "_test",
            "summary": "Done",
            "state": "done",
        }
    )


@factory("gr.party.kind")
def _party_kind(env, place):
    return env.ref("harvest_privacy.gr_party_kind_school")


@factory("gr.record.category")
def _record_category(env, place):
    return env.ref("harvest_privacy.gr_record_category_attendance")


@factory("gr.directory.category")
def _directory_category(env, place):
    return env.ref("harvest_privacy.gr_directory_category_name")


@factory("gr.disclosure.basis")
def _basis(env, place):
    return env.ref("harvest_privacy.gr_disclosure_basis_a2")


def make_notice(env, place, **values):
    return env["gr.directory.notice"].create(
        {
            "name": "Test",
            "company_id": place.district.id,
            "category_ids": env["gr.directory.category"].search([]).ids,
            "notice_date": "2020-07-01",
            "date_start": "2020-08-01",
            "date_end": "2099-06-30",
            **values,
        }
    )


@factory("gr.directory.notice")
def _notice(env, place):
    found = env["gr.directory.notice"].search(
        [("company_id", "=", place.district.id), ("name", "=", place.site.name)]
    )
    year = place.site.id % 50 + 1900  # no two in one district at the same time
    return found or make_notice(
        env,
        place,
        name=place.site.name,
        notice_date=f"{year}-07-01",
        date_start=f"{year}-08-01",
        date_end=f"{year}-12-31",
    )


def make_annual_notice(env, place, *, publish=False, **values):
    notice = env["gr.annual.notice"].create(
        {
            "name": "Test",
            "company_id": place.district.id,
            "date_start": "2026-07-01",
            "date_end": "2099-06-30",
            "topic_ids": env["gr.annual.topic"].search([]).ids,
            "text_ids": [
                Command.create(
                    {
                        "language_id": env.ref("harvest_base.gr_language_en").id,
                        "title": "Your rights",
                        "body": "<p>You may see the record.</p>",
                    }
                )
            ],
            **values,
        }
    )
    if publish:
        notice.directory_notice_id = make_notice(env, place)
        notice.action_publish()
    return notice


@factory("gr.posture.clause")
def _posture_clause(env, place):
    return env.ref("harvest_privacy.posture_coppa_notice")


@factory("gr.annual.topic")
def _annual_topic(env, place):
    return env.ref("harvest_privacy.gr_annual_topic_log")


@factory("gr.annual.notice")
def _annual_notice(env, place):
    return make_annual_notice(env, place)


@factory("gr.annual.notice.text")
def _annual_notice_text(env, place):
    return env["gr.annual.notice.text"].create(
        {
            "notice_id": make_annual_notice(env, place, text_ids=False).id,
            "language_id": env.ref("harvest_base.gr_language_en").id,
            "title": "Your rights",
            "body": "<p>You may see the record.</p>",
        }
    )


@factory("gr.annual.notice.delivery")
def _annual_notice_delivery(env, place):
    text = _annual_notice_text(env, place)
    return env["gr.annual.notice.delivery"].create(
        {
            "notice_id": text.notice_id.id,
            "text_id": text.id,
            "partner_id": place.guardian.partner_id.id,
            "channel": "paper",
            "state": "letter",
        }
    )


@factory("gr.directory.choice")
def _choice(env, place):
    return env["gr.directory.choice"].create(
        {
            "student_id": place.student.id,
            "guardianship_id": place.guardian.id,
            "method": "oral",
        }
    )


def make_request(env, place, **values):
    """The dialogue of a school that may have the records."""
    return env["gr.disclosure.record"].create(
        {
            "company_id": place.district.id,
            "student_ids": place.student.ids,
            "party_name": "Pat Registrar",
            "party_organization": "Next Elementary",
            "party_kind_id": env.ref("harvest_privacy.gr_party_kind_school").id,
            "basis_id": env.ref("harvest_privacy.gr_disclosure_basis_a2").id,
            "legitimate_interest": "Enrollment",
            "identity_method": "letterhead",
            "record_category_ids": env.ref(
                "harvest_privacy.gr_record_category_enrollment"
            ).ids,
            **values,
        }
    )


@factory("gr.disclosure")
def _disclosure(env, place):
    return make_request(env, place)._record("disclosed")


@factory("gr.disclosure.line")
def _disclosure_line(env, place):
    return _disclosure(env, place).line_ids
