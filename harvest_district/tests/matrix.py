"""One record of each model for a place, for the access matrix."""

from datetime import datetime
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


def _proof_of(env, place):
    return env["gr.sync.proof"].create(
        {
            "connection_id": _connection(env, place).id,
            "trigger": "manual",
            "day": "2026-09-01",
        }
    )


factory("gr.sync.proof")(_proof_of)


@factory("gr.sync.proof.site")
def _proof_site(env, place):
    return env["gr.sync.proof.site"].create(
        {
            "proof_id": _proof_of(env, place).id,
            "name": "Site",
            "site_id": place.site.id,
        }
    )


@factory("gr.sync.proof.mismatch")
def _proof_mismatch(env, place):
    return env["gr.sync.proof.mismatch"].create(
        {
            "proof_id": _proof_of(env, place).id,
            "external_id": "s1",
            "what": "grade",
            "cause": "here",
            "there": ["03"],
            "here": ["04"],
        }
    )


@factory("gr.sync.proposal")
def _proposal(env, place):
    return env["gr.sync.proposal"].create(
        {
            "connection_id": _connection(env, place).id,
            "kind": "student",
            "student_id": place.student.id,
            "external_id": "s1",
            "field": "preferred_name",
            "ours": "Ana",
            "theirs": "Anna",
        }
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


@factory("gr.oneroster.client")
def _oneroster_client(env, place):
    return env["gr.oneroster.client"].create(
        {"name": "Warehouse", "company_id": place.district.id}
    )


@factory("gr.oneroster.call")
def _oneroster_call(env, place):
    return env["gr.oneroster.call"].create(
        {
            "client_id": _oneroster_client(env, place).id,
            "company_id": place.district.id,
            "date": datetime(2026, 9, 15),
            "version": "v1p2",
            "path": "/users",
            "status": 200,
            "row_count": 1,
        }
    )


@factory("gr.oneroster.token")
def _oneroster_token(env, place):
    client = _oneroster_client(env, place)
    client._issue_token("")
    return env["gr.oneroster.token"].search([("client_id", "=", client.id)])


@factory("gr.oneroster.object")
def _oneroster_object(env, place):
    return env["gr.oneroster.object"].create(
        {
            "company_id": place.district.id,
            "kind": "org",
            "key": f"org|test|{place.site.id}",
            "sourced_id": f"test-{place.site.id}",
            "status": "active",
            "date_last_modified": datetime(2026, 9, 15),
            "date_published": datetime(2026, 9, 15),
            "payload": {"name": "School"},
        }
    )


@factory("gr.sync.identity")
def _identity(env, place):
    return env["gr.sync.identity"].create(
        {
            "connection_id": _connection(env, place).id,
            "case": "twin",
            "by": "ssid",
            "external_id": "s2",
            "known_external_id": "s1",
        }
    )


@factory("gr.calendar.source")
def _calendar_source(env, place):
    return env["gr.calendar.source"].create(
        {
            "name": "Calendar",
            "company_id": place.district.id,
            "site_id": place.site.id,
            "kind": "file",
        }
    )


@factory("gr.calendar.rule")
def _calendar_rule(env, place):
    return env["gr.calendar.rule"].create(
        {
            "name": "Test",
            "text": "test",
            "result": "holiday",
            "company_id": place.district.id,
            "site_id": place.site.id,
        }
    )


@factory("gr.calendar.import")
def _calendar_import(env, place):
    return env["gr.calendar.import"].create(
        {"source_id": _calendar_source(env, place).id}
    )


@factory("gr.calendar.import.day")
def _calendar_import_day(env, place):
    return env["gr.calendar.import.day"].create(
        {
            "import_id": _calendar_import(env, place).id,
            "date": "2026-11-11",
            "kind": "create",
            "to_type": "holiday",
        }
    )


@factory("gr.calendar.import.event")
def _calendar_import_event(env, place):
    return env["gr.calendar.import.event"].create(
        {
            "import_id": _calendar_import(env, place).id,
            "name": "A Day",
            "date": "2026-11-11",
        }
    )


@factory("gr.sync.mapping")
def _mapping(env, place):
    return env["gr.sync.mapping"].create(
        {"connection_id": _connection(env, place).id, "name": "Students"}
    )


@factory("gr.sync.mapping.field")
def _mapping_field(env, place):
    return env["gr.sync.mapping.field"].create(
        {
            "mapping_id": _mapping(env, place).id,
            "column": "sourcedId",
            "source": "ID",
        }
    )
