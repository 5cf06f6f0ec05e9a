"""One record of each model for a place, for the access matrix."""

from itertools import count

from odoo.addons.harvest_base.tests.matrix import factory

_numbers = count()


@factory("gr.webhook.type")
def _type(env, _place):
    return env["gr.webhook.type"].create(
        {"name": "Test", "code": f"test.n{next(_numbers)}", "direction": "out"}
    )


@factory("gr.webhook.endpoint")
def _endpoint(env, place):
    return env["gr.webhook.endpoint"].create(
        {
            "name": "LMS",
            "company_id": place.district.id,
            "url": "https://lms.example.org/hooks",
            "user_id": False,
        }
    )


@factory("gr.webhook.delivery")
def _delivery(env, place):
    return _endpoint(env, place)._queue("webhook.ping", [{"message": "ping"}])


@factory("gr.webhook.source")
def _source(env, place):
    user = env["res.users"].create(
        {
            "name": "LMS",
            "login": f"lms-{next(_numbers)}",
            "company_id": place.district.id,
            "company_ids": place.district.ids,
        }
    )
    return env["gr.webhook.source"].create(
        {"name": "LMS", "company_id": place.district.id, "user_id": user.id}
    )


@factory("gr.webhook.event")
def _event(env, place):
    source = _source(env, place)
    Event = env["gr.webhook.event"]
    Event._log_refusal(source, "signature_wrong", "msg")
    return Event.search([("source_id", "=", source.id)])
