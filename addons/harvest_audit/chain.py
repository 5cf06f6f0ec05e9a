"""The chain of hashes, walked by whoever doubts it: plain Python, no Odoo, no ORM.

``hash = SHA-256(hash before || content)``; the first event of a stream follows
SHA-256(name of the stream). The content is built here from the row as it is stored, so
the functions in the database are not trusted to tell the truth about themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

CHANGED = "content changed"
REORDERED = "reordered"
GAP = "gap"
FORK = "fork"
TRUNCATED = "truncated"
CLOCK = "clock going backwards"
UNSIGNED = "anchor not signed by this key"
LOST_ANCHOR = "an anchor is missing"
TWICE = "two events have this number"


class Row(NamedTuple):
    """An event as it is stored; the order of columns is that of the content."""

    stream: str
    seq: int
    at: datetime
    action: str
    model: str | None
    res_ids: list[int] | None
    subjects: list[int] | None
    fields: list[str] | None
    uid: int | None
    real_uid: int | None
    company_id: int | None
    ip: str | None
    path: str | None
    method: str | None
    purpose: str | None
    outcome: str
    detail: str | None
    sealed: str | None
    hash: bytes


class Link(NamedTuple):
    """Where a stream stands: its last event, or the last one before those online."""

    seq: int
    hash: bytes
    at: datetime


@dataclass(frozen=True)
class Fault:
    """What is wrong, at the first event where it shows.

    :param what: one of the constants above
    """

    stream: str
    seq: int
    what: str
    note: str = ""

    def __str__(self) -> str:
        text = f"{self.stream} | {self.seq} | {self.what}"
        return f"{text}: {self.note}" if self.note else text


def start(stream: str) -> Link:
    """Where a stream begins."""
    digest = hashlib.sha256(stream.encode()).digest()
    return Link(0, digest, datetime.fromtimestamp(0, UTC))


def content(row: Row, seq: int | None = None) -> str:
    """The text that the hash of an event covers.

    :param seq: as if the event stood there
    """
    at = row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    values = list(row[:-1])
    values[1:3] = row.seq if seq is None else seq, at
    for position in (5, 6, 7):
        listed = values[position]
        values[position] = listed and ",".join(map(str, listed))
    return json.dumps(values, ensure_ascii=False)


def digest(before: bytes, row: Row, seq: int | None = None) -> bytes:
    return hashlib.sha256(before + content(row, seq).encode()).digest()


def walk(
    rows: Iterable[Row],
    heads: Mapping[str, Link],
    bases: Mapping[str, Link],
    visit: Callable[[Row], Fault | None] = lambda _row: None,
) -> Iterator[Fault]:
    """Yield the first fault of each stream.

    :param rows: by stream, then by number
    :param heads: where each stream ends by its own account
    :param bases: where the part online begins, of streams with an archive
    :param visit: looks at each sound event, for anchors
    """
    seen = set()
    # Streamed: Odoo's groupby would hold every event in memory.
    for stream, events in groupby(  # pylint: disable=bad-builtin-groupby
        rows, key=lambda row: row.stream
    ):
        seen.add(stream)
        base = bases.get(stream) or start(stream)
        fault = _walk_stream(stream, events, base, heads.get(stream), visit)
        if fault:
            yield fault
    for stream in sorted(heads.keys() - seen):
        base = bases.get(stream) or start(stream)
        if heads[stream].seq > base.seq:
            yield Fault(stream, base.seq + 1, TRUNCATED, "no event is left")


def _walk_stream(stream, events, base, head, visit) -> Fault | None:
    last = base
    for row in events:
        fault = _check(last, row) or visit(row)
        if fault:
            return _reordered(fault, last, row, events)
        last = Link(row.seq, row.hash, row.at)
    if head is None:
        return Fault(stream, last.seq, FORK, "the stream has no head")
    if head.seq > last.seq:
        return Fault(stream, last.seq + 1, TRUNCATED, f"{head.seq} events were written")
    if head.seq < last.seq or head.hash != last.hash:
        return Fault(stream, last.seq, FORK, "the head tells of another last event")
    return None


def _check(last: Link, row: Row) -> Fault | None:
    if row.seq > last.seq + 1:
        missing = row.seq - last.seq - 1
        return Fault(row.stream, last.seq + 1, GAP, f"{missing} missing")
    if row.seq <= last.seq:
        return Fault(row.stream, row.seq, FORK, TWICE)
    if digest(last.hash, row) != row.hash:
        return Fault(row.stream, row.seq, CHANGED)
    if row.at < last.at:
        return Fault(row.stream, row.seq, CLOCK)
    return None


def _reordered(fault: Fault, last: Link, row: Row, rest: Iterable[Row]) -> Fault:
    """Tell an event that was moved from one that was changed."""
    if fault.what != CHANGED:
        return fault
    for other in rest:
        if digest(last.hash, other, row.seq) == other.hash:
            if other.seq == row.seq:
                return Fault(fault.stream, fault.seq, FORK, TWICE)
            note = f"the event stored as {other.seq} belongs here"
            return Fault(fault.stream, fault.seq, REORDERED, note)
    return fault
