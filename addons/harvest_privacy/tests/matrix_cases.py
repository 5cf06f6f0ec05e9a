"""Records of cases (requests, erasures, incidents) for the access matrix."""

from odoo.addons.harvest_base.tests.matrix import factory


@factory("gr.records.request")
def _records_request(env, place):
    return env["gr.records.request"].create(
        {"student_id": place.student.id, "guardianship_id": place.guardian.id}
    )


@factory("gr.records.request.item")
def _records_request_item(env, place):
    return env["gr.records.request.item"].create(
        {
            "request_id": _records_request(env, place).id,
            "kind": "records",
            "model": "gr.student",
            "name": "Student",
        }
    )


@factory("gr.records.key")
def _records_key(env, place):
    return env["gr.records.key"]._get_for(place.district)


@factory("gr.erasure")
def _erasure(env, place):
    return env["gr.erasure"].create({"student_id": place.student.id})


@factory("gr.erasure.item")
def _erasure_item(env, place):
    return env["gr.erasure.item"].create(
        {
            "erasure_id": _erasure(env, place).id,
            "model": "gr.student",
            "name": "Student",
            "outcome": "refused",
            "reason": "in_use",
        }
    )


@factory("gr.retention.class")
def _retention_class(env, place, model=None):
    return env["gr.retention.class"].create(
        {
            "name": "Test",
            "model": model or f"test.{place.site.id}",
            "company_id": place.district.id,
            "category": "permitted",
            "rule_key": "retention.permitted.months",
        }
    )


@factory("gr.retention.hold")
def _retention_hold(env, place):
    return env["gr.retention.hold"].create(
        {"student_id": place.student.id, "reason": "Litigation"}
    )


@factory("gr.retention.review")
def _retention_review(env, place):
    return env["gr.retention.review"].create(
        {
            "student_id": place.student.id,
            "class_id": _retention_class(env, place, f"of.{place.student.id}").id,
            "is_over": True,
        }
    )


@factory("gr.privacy.incident")
def _incident(env, place):
    return env["gr.privacy.incident"].create(
        {"name": "A letter went astray", "company_id": place.district.id}
    )


@factory("gr.privacy.incident.person")
def _incident_person(env, place):
    return env["gr.privacy.incident.person"].create(
        {"incident_id": _incident(env, place).id, "student_id": place.student.id}
    )


@factory("gr.privacy.incident.duty")
def _incident_duty(env, place):
    return env["gr.privacy.incident.duty"].create(
        {"incident_id": _incident(env, place).id, "code": "people"}
    )


@factory("gr.privacy.notice")
def _notice(env, place):
    return env["gr.privacy.notice"].create(
        {
            "incident_id": _incident(env, place).id,
            "partner_id": place.guardian.partner_id.id,
        }
    )


@factory("gr.amendment.request")
def _amendment_request(env, place):
    return env["gr.amendment.request"].create(
        {
            "student_id": place.student.id,
            "guardianship_id": place.guardian.id,
            "ground": "inaccurate",
            "contested": "A date",
        }
    )
