"""``verify`` and ``anchor`` over a connection to the database: plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .anchor import Witness, notes, public_key
from .chain import Fault, Link, Row, walk

_COLUMNS = ", ".join(Row._fields)
IS_SEPARATED = (
    "SELECT NOT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class"
    " WHERE oid = 'harvest_audit.event'::regclass"
)
BATCH = 5000  # rows fetched at a time


@dataclass
class Report:
    """What a walk over all streams found.

    :param faults: the first of each stream; sound when there are none
    """

    events: int
    streams: int
    anchors: int
    faults: list[Fault]


_LINKS = {
    "head": "SELECT stream, seq, hash, at FROM harvest_audit.head",
    "base": "SELECT stream, seq, hash, at FROM harvest_audit.base",
}


def links(connection, table: str) -> dict[str, Link]:
    """Where each stream stands: ``head`` or ``base``."""
    with connection.cursor() as cr:
        cr.execute(_LINKS[table])
        return {
            stream: Link(seq, bytes(digest), at)
            for stream, seq, digest, at in cr.fetchall()
        }


def is_separated(connection) -> bool:
    """Whether the role of this connection could not change the log if it wanted."""
    with connection.cursor() as cr:
        cr.execute(IS_SEPARATED)
        return cr.fetchone()[0]


def rows(
    connection, start: date | None = None, end: date | None = None
) -> Iterator[Row]:
    """Events online, by stream and number; a batch in memory at a time.

    :param start: the first day (UTC), with ``end``: the day after the last
    """
    with connection.cursor("harvest_audit_walk") as cr:
        cr.itersize = BATCH
        where = (
            "WHERE at >= %(start)s::timestamp AT TIME ZONE 'UTC'"
            " AND at < %(end)s::timestamp AT TIME ZONE 'UTC'"
        )
        cr.execute(
            f"SELECT {_COLUMNS} FROM harvest_audit.event {where if start else ''}"
            ' ORDER BY stream COLLATE "C", seq, at',
            {"start": start, "end": end},
        )
        for values in cr:
            yield Row(*values[:-1], bytes(values[-1]))


def verify(
    connection, anchors: Path | None = None, key: Ed25519PublicKey | None = None
) -> Report:
    """Walk every stream and compare it with its head and the anchors.

    :param connection: of psycopg2; one snapshot is read, whoever writes meanwhile
    :param anchors: a folder of anchors; with a copy that was kept elsewhere the walk
        finds what the owner of database and server rewrote together
    :param key: of the anchors; else the one in their folder, which whoever could write
        there could exchange
    """
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    paths = notes(anchors) if anchors else []
    witness = Witness(paths, (key or public_key(anchors)) if paths else None)
    heads, bases = links(connection, "head"), links(connection, "base")
    count = 0

    def counted() -> Iterator[Row]:
        nonlocal count
        for row in rows(connection):
            count += 1
            yield row

    found = list(walk(counted(), heads, bases, witness.visit))
    found += witness.unmet(bases, {fault.stream for fault in found})
    connection.rollback()
    return Report(count, len(heads), len(witness.anchors), [*found, *witness.faults])
