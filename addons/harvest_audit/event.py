"""Events in memory: what a transaction looked at, merged into few lines.

One event is *who did what to which records and fields of one district*. Looking at the
same records twice in a request is one event; so are eighty rows of a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .const import PATH_LENGTH, SYSTEM_STREAM

# A long word with a digit in it may be a key that opens something.
_SECRET = re.compile(r"(?=[\w\-~=]*\d)[\w\-~=]{20,}")
_CONTROL = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Origin:
    """Where a call came from.

    :param real_uid: the user of the session
    :param purpose: the kind of door it came by, unless the code names a better one
    """

    real_uid: int | None = None
    ip: str | None = None
    path: str | None = None
    method: str | None = None
    purpose: str | None = None


@dataclass
class Event:
    """A line of the log before it has a place in its stream."""

    action: str
    model: str | None = None
    res_ids: list[int] = field(default_factory=list)
    subjects: list[int] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    uid: int | None = None
    real_uid: int | None = None
    company_id: int | None = None
    ip: str | None = None
    path: str | None = None
    method: str | None = None
    purpose: str | None = None
    outcome: str = "ok"
    detail: str | None = None
    sealed: str | None = None
    stream: str | None = None

    def as_row(self) -> dict:
        """The event as ``harvest_audit.append`` takes it; empty lists are null."""
        row = {name: value for name, value in vars(self).items() if value != []}
        row["stream"] = self.stream or stream_of(self.company_id)
        return {
            name: _CONTROL.sub("�", value) if isinstance(value, str) else value
            for name, value in row.items()
        }


def stream_of(company_id: int | None) -> str:
    """Name of a district's stream; what has no district goes to the system's."""
    return f"district:{company_id}" if company_id else SYSTEM_STREAM


def clean_path(path: str) -> str:
    """An address without what may be a secret in it."""
    return _SECRET.sub("…", path)[:PATH_LENGTH]


class Person(NamedTuple):
    """Whom a record is about, as far as it is known without a query.

    :param ref: where to look it up: (table, column, value)
    """

    student: int | None = None
    company: int | None = None
    ref: tuple[str, str, int] | None = None


NOBODY = Person()


@dataclass(frozen=True)
class Sight:
    """Records that were looked at together; without ids: figures over them."""

    ids: tuple[int, ...]
    fields: frozenset[str]
    people: Mapping[int, Person]


@dataclass(frozen=True)
class Glance:
    """Who looked, at which model, how and what for."""

    action: str
    model: str
    uid: int
    purpose: str | None = None


Merged = tuple[int | None, frozenset[str], list[int], list[int]]


def merge(sights: Iterable[Sight]) -> Iterator[Merged]:
    """Merge what one person looked at: (district, fields, record ids, student ids).

    Records of which the same fields were seen make one event a district.
    """
    names: dict[int, frozenset[str]] = {}
    people: dict[int, Person] = {}
    figures: frozenset[str] = frozenset()
    for sight in sights:
        if not sight.ids:
            figures |= sight.fields
        for record in sight.ids:
            names[record] = names.get(record, frozenset()) | sight.fields
            person = sight.people.get(record, NOBODY)
            if person.student or record not in people:
                people[record] = person
    groups: dict[tuple, list[int]] = {}
    for record, seen in names.items():
        groups.setdefault((people[record].company, seen), []).append(record)
    for (company, seen), ids in groups.items():
        subjects = sorted({people[i].student for i in ids} - {None})
        yield company, seen, sorted(ids), subjects
    if figures:
        yield None, figures, [], []
