"""The event log beside no audit and beside OCA's auditlog, request by request.

A request here is a cursor of its own, one call as a client makes it, its answer as
JSON, the log written down, and the commit; each database keeps ``synchronous_commit``
on. The three ways take turns, so that a busy machine is busy for all of them. "Without"
is the same suite with our hooks told to keep nothing.

* lists of 80 students by two methods, a form, a change of one field: milliseconds more
  than without audit at p50 and p95; milliseconds of the server's own CPU, which a busy
  machine does not blur; queries on the request's own cursor
* how many events one connection appends a second, and how many rows verify walks
"""

from __future__ import annotations

import json
import statistics
import time
from contextlib import closing, contextmanager
from unittest.mock import patch

from . import LOWER, Context, Figure

STUDENTS = 200
LIST = 80
ROUNDS = 150
OCA_ROUNDS = 20  # one takes as long as dozens of the others
GOAL_MS = 5
EVENTS = 2000
FIELDS = ["name", "grade", "site_id", "local_id"]
SPECIFICATION = {
    "name": {},
    "grade": {},
    "local_id": {},
    "site_id": {"fields": {"display_name": {}}},
}
OPERATIONS = {
    "search_read": ("search_read", [[], FIELDS], {"limit": LIST}),
    "web_search_read": ("web_search_read", [[], SPECIFICATION], {"limit": LIST}),
    "form_read": ("web_read", ["one", SPECIFICATION | {"birthdate": {}}], {}),
    "write": ("write", ["one", {"preferred_name": "x"}], {}),
}


def run(ctx: Context) -> dict[str, Figure]:
    ours, oca = ctx.new_database(), ctx.new_database()
    for database in (ours, oca):
        with ctx.env(database) as env:
            _fill(env)
    _install_oca(ctx, oca)
    figures = {}
    for name in OPERATIONS:
        figures |= _compare(name, ours, oca)
    return figures | _measure_chain(ours)


def _fill(env) -> None:
    district = env.company.id
    env["gr.student"].create(
        [
            {"first_name": "Ana", "last_name": f"N{number}", "company_id": district}
            for number in range(STUDENTS)
        ]
    )


def _install_oca(ctx: Context, database: str) -> None:
    with ctx.env(database) as env:
        module = env["ir.module.module"].search([("name", "=", "auditlog")])
        if not module:
            env["ir.module.module"].update_list()
            module = env["ir.module.module"].search([("name", "=", "auditlog")])
        module.button_immediate_install()
    with ctx.env(database) as env:
        rule = env["auditlog.rule"].create(
            {
                "name": "Students",
                "model_id": env["ir.model"]._get_id("gr.student"),
                "log_type": "full",
                "log_read": True,
                "log_write": True,
                "log_create": True,
                "log_unlink": True,
                # it leaves out nobody unless told to
                "users_to_exclude_ids": [],
            }
        )
        rule.set_to_confirmed()


@contextmanager
def _without_audit():
    from odoo.addons.harvest_audit import recording

    with patch.object(recording, "records", lambda _env: False):
        yield


def _compare(name: str, ours: str, oca: str) -> dict[str, Figure]:
    plain, audited, other = [], [], []
    for turn in range(ROUNDS):
        with _without_audit():
            plain.append(_request(ours, name, turn))
            if turn < OCA_ROUNDS:
                other.append(_request(oca, name, turn))
        audited.append(_request(ours, name, turn))
    found = {}
    for word, rank in (("p50", 0.5), ("p95", 0.95)):
        base = _rank(plain, rank)
        goal = GOAL_MS if word == "p95" else None
        found[f"{name}_{word}_without"] = Figure(base, "ms")
        found[f"{name}_{word}_more"] = Figure(
            round(_rank(audited, rank) - base, 2), "ms", goal=goal, better=LOWER
        )
        found[f"{name}_{word}_more_oca"] = Figure(
            round(_rank(other, rank) - base, 2), "ms"
        )
    cpu = [statistics.median(c for _ms, _q, c in side) for side in (plain, audited)]
    found[f"{name}_cpu_more"] = Figure(
        round(cpu[1] - cpu[0], 2), "ms", goal=GOAL_MS, better=LOWER
    )
    queries = [statistics.median(q for _ms, q, _c in side) for side in (plain, audited)]
    found[f"{name}_queries"] = Figure(queries[1], "queries", baseline=queries[0])
    oca_queries = statistics.median(count for _ms, count, _c in other)
    found[f"{name}_queries_oca"] = Figure(oca_queries, "queries", baseline=queries[0])
    return found


def _request(database: str, name: str, turn: int) -> tuple[float, int, float]:
    """Milliseconds, queries on the request's own cursor, milliseconds of our CPU."""
    from odoo.api import Environment
    from odoo.modules.registry import Registry
    from odoo.service.model import call_kw

    from odoo.addons.harvest_audit import recording

    method, arguments, options = OPERATIONS[name]
    registry = Registry(database)
    began, worked = time.perf_counter(), time.process_time()
    with closing(registry.cursor()) as cr:
        env = Environment(cr, _user(env_cr=cr), {})
        before = cr.sql_log_count
        model = env["gr.student"]
        words = [_one(env, word, turn) for word in arguments]
        json.dumps(call_kw(model, method, words, options), default=str)
        recording.collector_of(env).flush()
        cr.commit()
        queries = cr.sql_log_count - before
    return (
        (time.perf_counter() - began) * 1000,
        queries,
        (time.process_time() - worked) * 1000,
    )


_known: dict[str, tuple[int, int]] = {}


def _ids(cr) -> tuple[int, int]:
    """The administrator, and a student; looked up once a database."""
    if cr.dbname not in _known:
        cr.execute(
            "SELECT (SELECT res_id FROM ir_model_data WHERE module = 'base'"
            " AND name = 'user_admin'), (SELECT min(id) FROM gr_student)"
        )
        _known[cr.dbname] = cr.fetchone()
    return _known[cr.dbname]


def _user(env_cr) -> int:
    return _ids(env_cr)[0]


def _one(env, word, turn: int):
    if word == "one":
        return [_ids(env.cr)[1] + turn % STUDENTS]
    if isinstance(word, dict) and "preferred_name" in word:
        return {"preferred_name": f"x{time.monotonic_ns()}"}
    return word


def _rank(measured: list[tuple[float, int, float]], rank: float) -> float:
    ordered = sorted(milliseconds for milliseconds, _queries, _cpu in measured)
    return round(ordered[min(int(len(ordered) * rank), len(ordered) - 1)], 2)


def _measure_chain(database: str) -> dict[str, Figure]:
    import psycopg2

    from odoo.addons.harvest_audit import verify
    from odoo.addons.harvest_audit.event import Event

    events = json.dumps(
        [Event("read", "gr.student", [1, 2], [1, 2], ["a"], 2).as_row()]
    )
    with closing(psycopg2.connect(dbname=database)) as connection:
        began = time.perf_counter()
        for _number in range(EVENTS):
            with connection, connection.cursor() as cr:
                cr.execute("SELECT harvest_audit.append(%s)", [events])
        appended = EVENTS / (time.perf_counter() - began)
        began = time.perf_counter()
        report = verify.verify(connection)
        walked = report.events / (time.perf_counter() - began)
    if report.faults:
        raise AssertionError(f"the chain is not sound: {report.faults[0]}")
    return {
        "appended": Figure(round(appended), "1/s"),
        "verified": Figure(round(walked), "rows/s"),
    }
