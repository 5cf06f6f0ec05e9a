"""One record of each model for a place, for the access matrix."""

import base64
from datetime import timedelta
from itertools import count
from uuid import uuid4

from odoo import fields

from odoo.addons.harvest_base.tests.matrix import factory

from .builder import make_cmi5

_numbers = count()


@factory("gr.courseware.package")
def _package(env, place):
    return env["gr.courseware.package"].create(
        {
            "name": "Test Package",
            "company_id": place.district.id,
            "file": base64.b64encode(make_cmi5()),
        }
    )


@factory("gr.courseware.unit")
def _unit(env, place):
    return _package(env, place).unit_ids


@factory("gr.courseware.registration")
def _registration(env, place):
    return env["gr.courseware.registration"].create(
        {
            "package_id": _package(env, place).id,
            "partner_id": env["res.partner"].create({"name": "Test Learner"}).id,
            "user_id": env.uid,
            "actor_name": "x",
            "home_page": "https://learn.example.org",
        }
    )


@factory("gr.courseware.attempt")
def _attempt(env, place):
    registration = _registration(env, place)
    return registration._get_attempt(registration.package_id.unit_ids)


@factory("gr.courseware.launch")
def _launch(env, place):
    attempt = _attempt(env, place)
    return env["gr.courseware.launch"].create(
        {
            "attempt_id": attempt.id,
            "user_id": env.uid,
            "mode": "Normal",
            "date_end": fields.Datetime.now() + timedelta(hours=1),
        }
    )


@factory("gr.xapi.statement")
def _statement(env, place):
    registration = _registration(env, place)
    statement = {
        "id": str(uuid4()),
        "actor": registration._get_actor(),
        "verb": {"id": "https://learn.example.org/verbs/read"},
        "object": {"id": "https://learn.example.org/a"},
    }
    return env["gr.xapi.statement"]._store(registration, statement)


@factory("gr.xapi.document")
def _document(env, place):
    key = {"kind": "state", "scope": str(next(_numbers)), "document": "bookmark"}
    return env["gr.xapi.document"]._put(key, b"{}", "application/json")
