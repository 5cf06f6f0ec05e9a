"""First load and unchanged re-sync of a roster, beside Odoo's own ``load()``.

The baseline gets the same records, field by field, as lists that are already in memory:
it has neither to unpack, check, compare nor preview anything.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from odoo.addons.harvest_base.const import QUIET_LOAD
from odoo.addons.harvest_base.fixtures.oneroster import write_oneroster
from odoo.addons.harvest_district.sis import build_snapshot, kinds, read_oneroster

from . import LOWER, Context, Figure

STUDENTS, ENROLLMENTS = 4_000, 30_000
AS_OF = date(2026, 9, 15)
LOAD_BATCH = 1_000  # rows a call: what Odoo's import screen sends


def run(ctx: Context) -> dict[str, Figure]:
    """Measure on two databases, one for each way."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.zip"
        write_oneroster(path, students=STUDENTS, enrollments=ENROLLMENTS)
        ours = _measure_ours(ctx, path)
        plain = _measure_load(ctx, path)
    first, again, unchanged_rows, peak = ours
    plain_first, plain_again = plain
    return {
        "odoo_load_seconds": Figure(plain_first, "s"),
        "odoo_reload_seconds": Figure(plain_again, "s"),
        "first_load_seconds": Figure(first, "s", baseline=plain_first),
        "resync_seconds": Figure(again, "s", baseline=plain_again),
        "first_load": Figure(plain_first / first, "x", baseline=1, goal=3),
        "unchanged_resync": Figure(plain_again / again, "x", baseline=1, goal=15),
        "resync_changes": Figure(unchanged_rows, "records", goal=0, better=LOWER),
        "peak_memory": Figure(peak, "MB", goal=1024, better=LOWER),
    }


def _measure_ours(ctx, path):
    """Return seconds of the first and second run, its changes, and peak memory."""
    database = ctx.new_database()
    with ctx.env(database) as env:
        connection = env["gr.sync.connection"].create({"name": "Benchmark"})
        with ctx.measure() as first:
            _sync(env, connection, path)
        with ctx.measure() as again:
            changes = _sync(env, connection, path)
    return first.seconds, again.seconds, changes, again.peak_rss_mb


def _sync(env, connection, path):
    sync_run = env["gr.sync.run"].create(
        {"connection_id": connection.id, "file_name": path.name, "as_of": AS_OF}
    )
    sync_run._read_source(str(path))
    if sync_run.state == "review":
        sync_run._apply_all()
    assert sync_run.state == "done" and not sync_run.error_count, sync_run.state
    return sync_run.change_count


def _measure_load(ctx, path):
    """Return seconds of Odoo's ``load()`` of the same records, twice."""
    tables = list(_tables(path))
    with ctx.env(ctx.new_database()) as env:
        env = env(context={**env.context, **QUIET_LOAD})
        with ctx.measure() as first:
            _load(env, tables)
        with ctx.measure() as again:
            _load(env, tables)
    return first.seconds, again.seconds


def _load(env, tables):
    for model, fields, rows in tables:
        for start in range(0, len(rows), LOAD_BATCH):
            result = env[model].load(fields, rows[start : start + LOAD_BATCH])
            assert result["ids"], result["messages"][:3]
        env.cr.commit()


def _tables(path):
    """Return (model, fields, rows) of all that the roster holds, with external ids."""
    snapshot = build_snapshot(read_oneroster(path), as_of=AS_OF)
    people = {r.external_id: r.payload for r in snapshot.records(kinds.DEMOGRAPHICS)}
    schools = {
        r.external_id
        for r in snapshot.records(kinds.ORG)
        if r.payload["type"] == "school"
    }
    plans = (
        (kinds.ORG, "gr.site", _site),
        (kinds.SESSION, "gr.school.year", _year),
        (kinds.STUDENT, "gr.student", lambda p, i: _student(p, i, people.get(i, {}))),
        (kinds.ADULT, "res.partner", _adult),
        (kinds.SITE_ROLE, "gr.site.role", _role),
        (kinds.DEMOGRAPHICS, "gr.student.demographics", _demographics),
        (kinds.GUARDIANSHIP, "gr.guardianship", _guardian),
        (kinds.SCHOOL_ENROLLMENT, "gr.student.enrollment", _enrollment),
        (kinds.COURSE, "gr.group", lambda p, i: _course(p, i, schools)),
        (kinds.CLASS, "gr.group", _class),
        (kinds.MEMBERSHIP, "gr.group.member", _member),
    )
    for kind, model, make in plans:
        lines = [
            {"id": _key(kind, r.external_id)} | line
            for r in snapshot.records(kind)
            if (line := make(r.payload, r.external_id))
        ]
        if lines:
            yield model, list(lines[0]), [list(line.values()) for line in lines]


def _key(kind, external_id):
    """An external id of Odoo's, unique over kinds; empty for an empty reference."""
    return external_id and f"bench.{kind}_{external_id.replace('|', '_')}"


def _site(payload, _id):
    if payload["type"] != "school":
        return None
    return {"name": payload["name"], "code": payload["identifier"]}


def _year(payload, _id):
    if payload["type"] != "schoolYear":
        return None
    return {
        "name": payload["title"],
        "code": payload["school_year"],
        "date_start": payload["date_start"],
        "date_end": payload["date_end"],
    }


def _student(payload, _id, person):
    return {
        "first_name": payload["given_name"],
        "middle_name": payload["middle_name"],
        "last_name": payload["family_name"],
        "preferred_name": payload["preferred_given_name"],
        "pronouns": payload["pronouns"],
        "local_id": payload["identifier"],
        "ssid": payload["ssid"],
        "birthdate": person.get("birthdate", ""),
        "gender": person.get("sex", ""),
    }


def _adult(payload, _id):
    return {
        "name": f"{payload['given_name']} {payload['family_name']}",
        "ref": payload["identifier"],
        "email": payload["email"],
        "phone": payload["phone"] or payload["sms"],
    }


def _role(payload, _id):
    return {
        "partner_id/id": _key(kinds.ADULT, payload["adult_id"]),
        "role": payload["role"],
        "primary": str(payload["primary"]),
    }


def _demographics(payload, _id):
    flags = ("hispanic", "asian", "black", "white", "two_or_more")
    return {"student_id/id": _key(kinds.STUDENT, payload["student_id"])} | {
        flag: str(bool(payload[flag])) for flag in flags
    }


def _guardian(payload, _id):
    return {
        "student_id/id": _key(kinds.STUDENT, payload["student_id"]),
        "partner_id/id": _key(kinds.ADULT, payload["adult_id"]),
        "relation": payload["relation"],
    }


def _enrollment(payload, _id):
    return {
        "student_id/id": _key(kinds.STUDENT, payload["student_id"]),
        "site_id/id": _key(kinds.ORG, payload["org_id"]),
        "grade": payload["grade"],
        "date_start": payload["date_start"],
        "date_end": payload["date_end"],
        "primary": str(payload["primary"]),
    }


def _course(payload, _id, schools):
    org = payload["org_id"]
    return {
        "name": payload["title"],
        "code": payload["code"],
        "kind": "course",
        "site_id/id": _key(kinds.ORG, org) if org in schools else "",
        "grades": ",".join(payload["grades"]),
    }


def _class(payload, _id):
    return {
        "name": payload["title"],
        "code": payload["code"],
        "kind": "homeroom" if payload["type"] == "homeroom" else "class",
        "parent_id/id": _key(kinds.COURSE, payload["course_id"]),
        "site_id/id": _key(kinds.ORG, payload["org_id"]),
        "grades": ",".join(payload["grades"]),
        "date_start": payload["date_start"],
        "date_end": payload["date_end"],
    }


def _member(payload, _id):
    person = _key(payload["person_kind"], payload["person_id"])
    as_student = payload["person_kind"] == kinds.STUDENT
    return {
        "group_id/id": _key(kinds.CLASS, payload["class_id"]),
        "student_id/id": person if as_student else "",
        "partner_id/id": "" if as_student else person,
        "role": payload["role"],
        "primary": str(payload["primary"]),
        "date_start": payload["date_start"],
        "date_end": payload["date_end"],
    }
