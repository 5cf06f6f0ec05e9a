"""First load and unchanged re-sync of a roster, beside Odoo's own ``load()``.

The baseline gets the same people and memberships as lists that are already in memory:
it has neither to unpack, check, compare nor link anything.
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
    """Yield (model, fields, rows) of what the roster holds, with external ids."""
    snapshot = build_snapshot(read_oneroster(path), as_of=AS_OF)
    key = "bench.{}_{}".format

    def rows(kind, make):
        return [make(record) for record in snapshot.records(kind)]

    yield (
        "gr.site",
        ["id", "name", "code"],
        [
            [key("org", r.external_id), r.payload["name"], r.payload["identifier"]]
            for r in snapshot.records(kinds.ORG)
            if r.payload["type"] == "school"
        ],
    )
    yield (
        "gr.student",
        ["id", "first_name", "last_name", "local_id"],
        rows(
            kinds.STUDENT,
            lambda r: [
                key("student", r.external_id),
                r.payload["given_name"],
                r.payload["family_name"],
                r.payload["identifier"],
            ],
        ),
    )
    yield (
        "res.partner",
        ["id", "name", "email", "phone"],
        rows(
            kinds.ADULT,
            lambda r: [
                key("adult", r.external_id),
                f"{r.payload['given_name']} {r.payload['family_name']}",
                r.payload["email"],
                r.payload["phone"],
            ],
        ),
    )
    yield (
        "gr.guardianship",
        ["id", "student_id/id", "partner_id/id", "relation"],
        rows(
            kinds.GUARDIANSHIP,
            lambda r: [
                key("link", r.external_id.replace("|", "_")),
                key("student", r.payload["student_id"]),
                key("adult", r.payload["adult_id"]),
                r.payload["relation"],
            ],
        ),
    )
    yield (
        "gr.student.enrollment",
        ["id", "student_id/id", "site_id/id", "grade", "date_start", "date_end"],
        rows(
            kinds.SCHOOL_ENROLLMENT,
            lambda r: [
                key("place", r.external_id.replace("|", "_")),
                key("student", r.payload["student_id"]),
                key("org", r.payload["org_id"]),
                r.payload["grade"],
                r.payload["date_start"],
                r.payload["date_end"],
            ],
        ),
    )
    yield (
        "gr.group",
        ["id", "name", "kind", "site_id/id"],
        rows(
            kinds.CLASS,
            lambda r: [
                key("class", r.external_id),
                r.payload["title"],
                "class",
                key("org", r.payload["org_id"]),
            ],
        ),
    )
    yield (
        "gr.group.member",
        ["id", "group_id/id", "student_id/id", "partner_id/id", "role", "date_start"],
        rows(
            kinds.MEMBERSHIP,
            lambda r: [
                key("member", r.external_id),
                key("class", r.payload["class_id"]),
                *_person(key, r.payload),
                r.payload["role"],
                r.payload["date_start"],
            ],
        ),
    )


def _person(key, payload):
    name = key(payload["person_kind"], payload["person_id"])
    return (name, "") if payload["person_kind"] == kinds.STUDENT else ("", name)
