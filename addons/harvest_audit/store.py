"""The way into the log: connections of their own, and the functions of its schema."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from psycopg2.extensions import (
    ISOLATION_LEVEL_AUTOCOMMIT,
    ISOLATION_LEVEL_READ_COMMITTED,
)

from odoo.sql_db import db_connect
from odoo.tools import SQL, OrderedSet

from . import kept, sealing, subject_keys
from .collector import Sights, Sign
from .event import Event, Person, Sight, merge

_APPEND = (
    "SELECT harvest_audit.append(%s)"
    " FROM (SELECT set_config('synchronous_commit', %s, TRUE)) AS waiting"
)


@contextmanager
def connection(dbname: str) -> Iterator:
    """A cursor apart from every request's, on the primary, that commits when it ends.

    The heads of streams are locked and read again, which needs READ COMMITTED.
    """
    with db_connect(dbname).cursor() as cr:
        cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
        yield cr


@contextmanager
def quick_connection(dbname: str) -> Iterator:
    """The same, each statement a transaction: spares a request two round trips."""
    with db_connect(dbname).cursor() as cr:
        cr.connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        yield cr


def append(
    dbname: str,
    sights: Sights,
    events: list[Event],
    sign: Sign,
    *,
    durable: bool = False,
) -> None:
    """Write looks and events to the end of their streams; takes in queued ones.

    :param durable: wait for the disk. A request does not: if the database's machine
        dies, looks of the last moment (three times ``wal_writer_delay``: 0.6 s) may be
        lost with it. Changes are safe with the transaction that queued them.
    """
    known = {}
    if any(_references(sights)):
        with quick_connection(dbname) as cr:
            known = look_up(cr, sights)
    found = [*map(sign, looks(sights, known)), *events]
    if lost := _without_district(found):
        with quick_connection(dbname) as cr:
            _fill_districts(cr, lost)
    wait = "on" if durable else "off"
    kept.execute(dbname, _APPEND, [as_json(found), wait])


def queue(cr, events: list[Event]) -> None:
    """Keep events with the caller's transaction; one query."""
    cr.execute("SELECT harvest_audit.queue(%s)", [as_json(events)], False)


def changes(cr, done: list) -> list[Event]:
    """Events of the changes of a transaction, values sealed by whom they are about.

    :param done: :class:`.recording.Change`
    """
    sights = defaultdict(list)
    for change in done:
        sights[change.glance].append(change.sight)
    known = look_up(cr, sights)
    values = _first_and_last(done, known)
    events = list(looks(sights, known))
    for event in events:
        about: dict[int, dict] = defaultdict(dict)
        for record in event.res_ids:
            student, fields = values[event.action, event.model, event.uid, record]
            if student and fields:
                about[student][record] = fields
        event.sealed = _seal(cr.dbname, about)
    _fill_districts(cr, _without_district(events))
    return events


def _first_and_last(done: list, known: dict) -> dict[tuple, tuple[int | None, dict]]:
    """Values by who did what to which record: student, {field: [old, new]}."""
    found: dict[tuple, tuple[int | None, dict]] = {}
    for change in done:
        glance = change.glance
        for record, person in _identify(change.sight, known).people.items():
            key = (glance.action, glance.model, glance.uid, record)
            fields = found.setdefault(key, (person.student, {}))[1]
            for name, (old, new) in change.values.get(record, {}).items():
                fields[name] = [fields[name][0] if name in fields else old, new]
    return found


def _seal(dbname: str, about: dict[int, dict]) -> str | None:
    keys = subject_keys.ensure(quick_connection, dbname, about) if about else {}
    sealed = {s: sealing.seal(about[s], key, s) for s, key in keys.items()}
    return json.dumps(sealed) if sealed else None


def as_json(events: Iterable[Event]) -> str:
    return json.dumps([event.as_row() for event in events])


def looks(sights: Sights, known: dict[tuple, Person]) -> Iterator[Event]:
    """What was looked at (or changed), merged into events.

    :param known: what ``look_up`` found
    """
    for glance, seen in sights.items():
        seen = [_identify(sight, known) for sight in seen]
        for company, names, ids, subjects in merge(seen):
            yield Event(
                glance.action,
                glance.model,
                ids,
                subjects,
                sorted(names),
                glance.uid,
                company_id=company,
                purpose=glance.purpose,
            )


def _identify(sight: Sight, known: dict) -> Sight:
    if not any(person.ref for person in sight.people.values()):
        return sight
    people = {
        record: known.get(person.ref, person) for record, person in sight.people.items()
    }
    return replace(sight, people=people)


def _references(sights: Sights) -> Iterator[tuple[str, str, int]]:
    """Where to look up whom records are about; none in most requests."""
    for seen in sights.values():
        for sight in seen:
            for person in sight.people.values():
                if person.ref:
                    yield person.ref


def look_up(cr, sights: Sights) -> dict[tuple, Person]:
    """The students behind references; one query a table."""
    wanted = defaultdict(OrderedSet)
    for table, column, value in _references(sights):
        wanted[table, column].add(value)
    found = {}
    for (table, column), values in wanted.items():
        student = "id" if table == "gr_student" else "student_id"
        cr.execute(
            SQL(
                "SELECT %s, %s, company_id FROM %s WHERE %s IN %s",
                SQL.identifier(column),
                SQL.identifier(student),
                SQL.identifier(table),
                SQL.identifier(column),
                tuple(values),
            )
        )
        for value, student_id, company_id in cr.fetchall():
            found[table, column, value] = Person(student_id, company_id)
    return found


def _without_district(events: list[Event]) -> list[Event]:
    return [e for e in events if e.uid and not e.company_id and not e.stream]


def _fill_districts(cr, lost: list[Event]) -> None:
    """What is about nobody in particular belongs to the district of who did it."""
    if lost:
        uids = tuple({event.uid for event in lost})
        cr.execute("SELECT id, company_id FROM res_users WHERE id IN %s", [uids])
        districts = dict(cr.fetchall())
        for event in lost:
            event.company_id = districts.get(event.uid)
