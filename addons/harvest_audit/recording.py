"""The collector of an environment's cursor, and where its calls come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from odoo.http import request

from . import store
from .collector import KEY, Collector, Sights, Sign
from .event import Event, Glance, Origin, Person, Sight, clean_path

# Doors by the first words of an address; the first that fits counts.
_DOORS = (
    ("/json/", "api"),
    ("/xmlrpc", "api"),
    ("/jsonrpc", "api"),
    ("/my", "portal"),
    ("/queue_job", "job"),
    ("/web", "backend"),
    ("/report", "backend"),
)


def collector_of(env) -> Collector:
    """The collector of the environment's cursor; made on first use.

    It hangs on the cursor, where no client's context reaches it.
    """
    cr = env.cr
    found = cr.cache.get(KEY)
    if found is None:
        found = Collector(cr, _origin(), partial(_write, cr.dbname))
        cr.cache[KEY] = found
    return found


def _write(dbname: str, sights: Sights, events: list[Event], sign: Sign) -> None:
    store.append(dbname, sights, events, sign)


def records(env) -> bool:
    """Whether there is something to record: not while addons are being loaded."""
    return env.registry.ready


def _origin() -> Origin:
    if not request:
        return Origin(purpose="system")  # a cron, a job, a shell
    http = request.httprequest
    path = clean_path(http.path)
    door = next((door for word, door in _DOORS if path.startswith(word)), "website")
    return Origin(
        real_uid=request.session.uid or None,
        ip=http.remote_addr,
        path=path,
        method=http.method,
        purpose=door,
    )


@dataclass(frozen=True)
class Change:
    """What was done to records in a transaction that may yet be rolled back."""

    glance: Glance
    sight: Sight
    values: dict


def changed(env, action: str, model: str, sight: Sight, values: dict) -> None:
    """Keep a change with the transaction; a savepoint rolled back takes it along."""
    collector = collector_of(env)
    if collector.is_silent:
        return
    glance = Glance(action, model, env.uid, collector.purpose)
    _of_transaction(env).append(Change(glance, sight, values))


def wrote(env, action: str, model: str, names, students: dict[int, int]) -> None:
    """Keep a change that a statement made past ``create`` and ``write``.

    The event says whose records and which fields, not the values.

    :param students: whose record it is, by id of the record; nobody's are left out
    """
    people = {one: _person(student) for one, student in students.items() if student}
    if people and records(env):
        changed(env, action, model, Sight(tuple(people), frozenset(names), people), {})


def saw(env, model: str, names, students: dict[int, int | None]) -> None:
    """Keep a look at what is a student's and no column of an audited record.

    :param students: whose it is, by id of the record; None: not known here yet, and the
        event belongs to the district of who looks
    """
    if students and records(env):
        people = {one: _person(student) for one, student in students.items()}
        sight = Sight(tuple(people), frozenset(names), people)
        collector_of(env).saw("read", model, env.uid, sight)


def _person(student: int | None) -> Person:
    """Whose record it is; the district is looked up when it is written down."""
    return Person(student, ref=student and ("gr_student", "id", student))


def log_with_commit(env, event: Event) -> None:
    """Keep an event that counts only if the transaction commits."""
    _of_transaction(env).append(collector_of(env).sign(event))


def _of_transaction(env) -> list:
    hooks = env.cr.precommit
    if KEY not in hooks.data:
        hooks.data[KEY] = []
        hooks.add(partial(_queue, env))
    return hooks.data[KEY]


def _queue(env) -> None:
    """Queue what was done in the database, with the transaction that did it."""
    waiting = env.cr.precommit.data.pop(KEY, [])
    changes = [item for item in waiting if isinstance(item, Change)]
    events = [item for item in waiting if isinstance(item, Event)]
    collector = collector_of(env)
    events += map(collector.sign, store.changes(env.cr, changes))
    if events:
        store.queue(env.cr, events)
        collector.queued()
