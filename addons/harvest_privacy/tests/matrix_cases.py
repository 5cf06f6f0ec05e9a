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
