"""One record of each model for a place, for the access matrix."""

from itertools import count

from odoo.addons.harvest_base.tests.matrix import factory

_numbers = count()


@factory("gr.sync.connection")
def _connection(env, place):
    return env["gr.sync.connection"].create(
        {
            "name": "SIS",
            "company_id": place.district.id,
            "tenant": f"test-{next(_numbers)}",
        }
    )


@factory("gr.sync.run")
def _run(env, place):
    return env["gr.sync.run"].create({"connection_id": _connection(env, place).id})


@factory("gr.sync.site")
def _site(env, place):
    return env["gr.sync.site"].create(
        {"run_id": _run(env, place).id, "name": "Site", "site_id": place.site.id}
    )


@factory("gr.sync.change")
def _change(env, place):
    run = _run(env, place)
    return env["gr.sync.change"].create(
        {
            "run_id": run.id,
            "kind": "org",
            "external_id": "1",
            "action": "create",
            "payload": {"name": "School"},
            "position": 0,
        }
    )


@factory("gr.sync.problem")
def _problem(env, place):
    return env["gr.sync.problem"].create(
        {
            "run_id": _run(env, place).id,
            "code": "zip_damaged",
            "severity": "fatal",
            "severity_rank": 0,
        }
    )


@factory("gr.sync.school")
def _school(env, place):
    return env["gr.sync.school"].create(
        {"connection_id": _connection(env, place).id, "key": "1", "name": "School"}
    )


@factory("gr.sync.stage")
def _stage(env, place):
    return env["gr.sync.stage"].create(
        {
            "run_id": _run(env, place).id,
            "stage": "read",
            "date_start": "2026-09-01 00:00:00",
        }
    )
