"""The event log beside no audit and beside OCA's auditlog, request by request.

A request here is a cursor of its own, one call as a client makes it, its answer as
JSON, the log written down, and the commit; each database keeps ``synchronous_commit``
on. The three ways take turns, so that a busy machine is busy for all of them. "Without"
is the same suite with our hooks told to keep nothing.

* lists of 80 students by two methods, a form, a change of one field: milliseconds more
  than without audit, as the median of paired differences and at p95; milliseconds of
  the server's own CPU, which a busy machine does not blur; queries on the request's own
  cursor
* how many events one connection appends a second (as looks, and each waiting for the
  disk), and how many rows verify walks
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
WARM = 5
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
    """One operation in alternating rounds; the first rounds warm every cache."""
    plain, audited, other = [], [], []
    for turn in range(WARM + ROUNDS):
        # each goes first every other time: what a turn leaves behind falls on both
        if turn % 2:
            after, before = _request(ours, name, turn), _unaudited(ours, name, turn)
        else:
            before, after = _unaudited(ours, name, turn), _request(ours, name, turn)
        plain.append(before)
        audited.append(after)
        if turn < WARM + OCA_ROUNDS:
            other.append(_unaudited(oca, name, turn))
    plain, audited, other = plain[WARM:], audited[WARM:], other[WARM:]
    return {
        f"{name}_{word}": figure
        for word, figure in (
            _wall(plain, audited, other) | _work(plain, audited, other)
        ).items()
    }


def _wall(plain: list, audited: list, other: list) -> dict[str, Figure]:
    """Milliseconds more; the median of paired differences is blind to bursts."""
    found = {"p50_without": Figure(_rank(plain, 0.5), "ms")}
    for word, side in (("more", audited), ("more_oca", other)):
        pairs = [
            with_[0] - without[0] for with_, without in zip(side, plain, strict=False)
        ]
        found[f"paired_{word}"] = Figure(round(statistics.median(pairs), 2), "ms")
        goal = GOAL_MS if side is audited else None
        more = _rank(side, 0.95) - _rank(plain, 0.95)
        found[f"p95_{word}"] = Figure(round(more, 2), "ms", goal=goal, better=LOWER)
    return found


def _work(plain: list, audited: list, other: list) -> dict[str, Figure]:
    """What a busy machine does not blur: our CPU, and queries of the request."""
    cpu = [
        statistics.median(cpu for _ms, _queries, cpu in side)
        for side in (plain, audited, other)
    ]
    queries = [
        statistics.median(count for _ms, count, _cpu in side)
        for side in (plain, audited, other)
    ]
    return {
        "cpu_more": Figure(round(cpu[1] - cpu[0], 2), "ms", goal=GOAL_MS, better=LOWER),
        "cpu_more_oca": Figure(round(cpu[2] - cpu[0], 2), "ms"),
        "queries": Figure(queries[1], "queries", baseline=queries[0]),
        "queries_oca": Figure(queries[2], "queries", baseline=queries[0]),
    }


def _unaudited(database: str, name: str, turn: int) -> tuple[float, int, float]:
    with _without_audit():
        return _request(database, name, turn)


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
        appended = {wait: _append(connection, events, wait) for wait in ("off", "on")}
        began = time.perf_counter()
        report = verify.verify(connection)
        walked = report.events / (time.perf_counter() - began)
    if report.faults:
        raise AssertionError(f"the chain is not sound: {report.faults[0]}")
    return {
        "appended": Figure(round(appended["off"]), "1/s"),
        "appended_on_disk": Figure(round(appended["on"]), "1/s"),
        "verified": Figure(round(walked), "rows/s"),
    }


def _append(connection, events: str, wait: str) -> float:
    """Events a second of one connection; ``wait``: on the disk before the next."""
    with connection, connection.cursor() as cr:
        cr.execute(f"SET synchronous_commit = {wait}")
    began = time.perf_counter()
    for _number in range(EVENTS):
        with connection, connection.cursor() as cr:
            cr.execute("SELECT harvest_audit.append(%s)", [events])
    return EVENTS / (time.perf_counter() - began)
