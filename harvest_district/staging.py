"""Stage a snapshot in PostgreSQL and compare it with what is known, set-based.

Only keys and hashes travel for what is unchanged; payloads are staged for changes
alone. The rules are those of ``sis.diff`` (its table is the specification), and the
tests compare both.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain

from odoo.tools import SQL

from .sis import Snapshot, kinds
from .sis.diff import ARCHIVE, KEEP, Change, Known, classify

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class CopyStream:
    """Rows as the text format of COPY, read in pieces so that memory stays small."""

    def __init__(self, rows: Iterable[tuple[str | None, ...]]) -> None:
        self._lines = (
            "\t".join("\\N" if v is None else v.translate(_ESCAPES) for v in row) + "\n"
            for row in rows
        )
        self._rest = ""

    def read(self, size: int = -1) -> str:
        parts, length = [self._rest], len(self._rest)
        while size < 0 or length < size:
            line = next(self._lines, None)
            if line is None:
                break
            parts.append(line)
            length += len(line)
        text = "".join(parts)
        self._rest = text[size:] if 0 <= size < len(text) else ""
        return text[:size] if size >= 0 else text


def copy_rows(cr, table: str, columns: tuple[str, ...], rows) -> None:
    """``COPY table (columns) FROM`` the rows; all values are text or None."""
    cr.copy_expert(
        f"COPY {table} ({', '.join(columns)}) FROM STDIN",  # names are ours
        CopyStream(rows),
    )


def stage(cr, snapshot: Snapshot) -> None:
    """Put the keys and hashes of a snapshot into ``gr_sync_stage``."""
    cr.execute(
        SQL(
            "CREATE TEMP TABLE gr_sync_stage (kind text, external_id text, site text,"
            " ends text, payload_hash text) ON COMMIT DROP"
        )
    )
    copy_rows(
        cr,
        "gr_sync_stage",
        ("kind", "external_id", "site", "ends", "payload_hash"),
        (
            (
                record.kind,
                record.external_id,
                record.site,
                record.ends,
                record.payload_hash,
            )
            for record in snapshot
        ),
    )
    cr.execute(SQL("ANALYZE gr_sync_stage"))


def compare(cr, source: str, tenant: str, as_of: date) -> None:
    """Fill ``gr_sync_diff`` with an action for each record, ``absent`` to be judged."""
    cr.execute(
        SQL(
            """
            CREATE TEMP TABLE gr_sync_diff ON COMMIT DROP AS
            SELECT COALESCE(s.kind, r.kind) AS kind,
                   COALESCE(s.external_id, r.external_id) AS external_id,
                   CASE WHEN s.kind IS NULL THEN 'absent'
                        WHEN r.id IS NULL THEN 'create'
                        WHEN NOT r.active THEN 'restore'
                        WHEN r.payload_hash = s.payload_hash THEN 'unchanged'
                        ELSE 'update' END AS action,
                   r.site_key AS old_site,
                   s.site AS site,
                   r.id IS NOT NULL AND r.active
                       AND (r.date_end IS NULL OR r.date_end >= %(as_of)s) AS counted
              FROM gr_sync_stage s
         FULL JOIN (SELECT * FROM gr_external_ref
                     WHERE source = %(source)s AND tenant = %(tenant)s
                       AND kind = ANY(%(kinds)s)) r
                ON r.kind = s.kind AND r.external_id = s.external_id
             WHERE s.kind IS NOT NULL OR r.active
            """,
            as_of=as_of,
            source=source,
            tenant=tenant,
            kinds=list(kinds.RECORD_KINDS),
        )
    )


def judge_absent(cr, source: str, tenant: str, snapshot: Snapshot, as_of: date) -> None:
    """Turn each ``absent`` into ``archive`` or ``keep``, as ``sis.diff`` says."""
    cr.execute(
        SQL(
            """
            SELECT d.kind, d.external_id, d.old_site, r.date_end
              FROM gr_sync_diff d
              JOIN gr_external_ref r
                ON r.source = %s AND r.tenant = %s
               AND r.kind = d.kind AND r.external_id = d.external_id
             WHERE d.action = 'absent'
            """,
            source,
            tenant,
        )
    )
    day = as_of.isoformat()
    leaving = [
        (kind, external_id)
        for kind, external_id, site, date_end in cr.fetchall()
        if classify(
            Known("", site, True, date_end.isoformat() if date_end else ""),
            None,
            complete=kind in snapshot.complete,
            removed=snapshot.is_removed(kind, external_id),
            protected=snapshot.is_protected(kind, external_id),
            as_of=day,
        )
        == ARCHIVE
    ]
    cr.execute(SQL("UPDATE gr_sync_diff SET action = %s WHERE action = 'absent'", KEEP))
    for start in range(0, len(leaving), 10_000):
        cr.execute(
            SQL(
                "UPDATE gr_sync_diff d SET action = %s"
                " FROM unnest(%s, %s) AS gone (kind, external_id)"
                " WHERE d.kind = gone.kind AND d.external_id = gone.external_id",
                ARCHIVE,
                [kind for kind, _id in leaving[start : start + 10_000]],
                [id_ for _kind, id_ in leaving[start : start + 10_000]],
            )
        )


def tallies(cr) -> list[tuple[Change, int]]:
    """Return how many records there are of each kind, action, sites and weight."""
    cr.execute(
        SQL(
            "SELECT kind, action, old_site, site, counted, count(*) FROM gr_sync_diff"
            " GROUP BY kind, action, old_site, site, counted"
        )
    )
    return [
        (Change(kind, "", action, old_site, site, counted), count)
        for kind, action, old_site, site, counted, count in cr.fetchall()
    ]


def changes(cr, snapshot: Snapshot) -> Iterator[tuple]:
    """Return (kind, external id, action, old site, site, ends, hash, payload JSON).

    The comparison is read before the first row is made, so the rows can be fed to a
    COPY on the same connection.
    """
    cr.execute(
        SQL(
            "SELECT kind, external_id, action, old_site, site FROM gr_sync_diff"
            " WHERE action IN ('create', 'update', 'restore', 'archive')"
        )
    )
    wanted: dict[str, dict[str, tuple]] = {}
    leaving = []
    for kind, external_id, action, old_site, site in cr.fetchall():
        if action == ARCHIVE:
            leaving.append((kind, external_id, action, old_site, site, "", "", "{}"))
        else:
            wanted.setdefault(kind, {})[external_id] = (action, old_site, site)
    return chain(_with_payload(snapshot, wanted), leaving)


def _with_payload(snapshot: Snapshot, wanted: Mapping[str, Mapping]) -> Iterator[tuple]:
    for kind, found in wanted.items():
        for record in snapshot.records(kind):
            if change := found.get(record.external_id):
                yield (
                    kind,
                    record.external_id,
                    *change,
                    record.ends,
                    record.payload_hash,
                    encode(record.payload),
                )


def encode(payload: Mapping) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
