"""One record of each model for a place, for the access matrix."""

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
