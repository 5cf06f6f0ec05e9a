"""Stage a snapshot in PostgreSQL and compare it with what is known, set-based.

Everything is staged by one COPY; what differs is found and kept by SQL alone. The rules
are those of ``sis.diff`` (its table is the specification), and the tests compare both.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from psycopg2.errors import QueryCanceled

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
        self.error: Exception | None = None

    def read(self, size: int = -1) -> str:
        try:
            return self._read(size)
        except Exception as error:
            self.error = error
            raise

    def _read(self, size: int) -> str:
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
    names = ", ".join(f'"{name}"' for name in columns)  # some are words of SQL
    stream = CopyStream(rows)
    try:
        cr.copy_expert(f"COPY {table} ({names}) FROM STDIN", stream)
    except QueryCanceled:
        # What a row's value has done, not the server: it must not look like a
        # conflict, after which all is tried again.
        if stream.error:
            raise stream.error from None
        raise


def stage(cr, snapshot: Snapshot) -> None:
    """Put the keys and hashes of a snapshot into ``gr_sync_stage``."""
    cr.execute(
        SQL(
            "CREATE TEMP TABLE gr_sync_stage (kind text, external_id text, site text,"
            " ends text, payload_hash text, payload text) ON COMMIT DROP"
        )
    )
    copy_rows(
        cr,
        "gr_sync_stage",
        ("kind", "external_id", "site", "ends", "payload_hash", "payload"),
        (
            (
                record.kind,
                record.external_id,
                record.site,
                record.ends,
                record.payload_hash,
                record.text,
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
                   r.date_end AS date_end,
                   r.id IS NOT NULL AND r.active
                       AND (r.date_end IS NULL OR r.date_end >= %(as_of)s) AS counted,
                   COALESCE(NULLIF(s.ends, '')::date < %(as_of)s, FALSE) AS over
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
    cr.execute(SQL("ANALYZE gr_sync_diff"))


def judge_absent(cr, snapshot: Snapshot, as_of: date) -> None:
    """Turn each ``absent`` into ``archive`` or ``keep``, as ``sis.diff`` says."""
    cr.execute(
        SQL(
            "SELECT kind, external_id, old_site, date_end FROM gr_sync_diff"
            " WHERE action = 'absent'"
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
            "SELECT kind, action, old_site, site, counted, over, count(*)"
            "  FROM gr_sync_diff GROUP BY kind, action, old_site, site, counted, over"
        )
    )
    return [
        (Change(kind, "", action, old_site, site, counted, over), count)
        for kind, action, old_site, site, counted, over, count in cr.fetchall()
    ]


def store_changes(cr, run_id: int, held: Iterable[str], positions: Mapping) -> None:
    """Write what differs into ``gr_sync_change``.

    :param held: site keys whose changes wait for a person
    :param positions: {(kind, action): what is applied before what}
    """
    keys = list(positions)
    cr.execute(
        SQL(
            """
            INSERT INTO gr_sync_change (
                run_id, kind, external_id, action, old_site_key, site_key, date_end,
                payload_hash, payload, position, state, held_by)
            SELECT %(run_id)s, d.kind, d.external_id, d.action, d.old_site, d.site,
                   NULLIF(s.ends, '')::date, COALESCE(s.payload_hash, ''),
                   COALESCE(s.payload, '{}')::jsonb, p.position,
                   CASE WHEN h.held THEN 'held' ELSE 'staged' END,
                   CASE WHEN h.held THEN 'site' END
              FROM gr_sync_diff d
              JOIN unnest(%(kinds)s, %(actions)s, %(positions)s)
                AS p (kind, action, position)
                ON p.kind = d.kind AND p.action = d.action
         LEFT JOIN gr_sync_stage s
                ON s.kind = d.kind AND s.external_id = d.external_id
CROSS JOIN LATERAL (
                   SELECT d.site = ANY(%(held)s) OR d.old_site = ANY(%(held)s) AS held
                   ) h
             ORDER BY p.position
            """,
            run_id=run_id,
            held=list(held),
            kinds=[kind for kind, _action in keys],
            actions=[action for _kind, action in keys],
            positions=[positions[key] for key in keys],
        )
    )


def hold_pairs(cr, run_id: int, reason: str) -> None:
    """Hold a student's leaving of a free school while the arrival elsewhere is held.

    Else a child who moves to a held school would be at none.
    """
    cr.execute(
        SQL(
            """
            UPDATE gr_sync_change leaving
               SET state = 'held', held_by = 'pair', error = %(reason)s
              FROM gr_sync_change arrival
             WHERE leaving.run_id = %(run_id)s AND arrival.run_id = %(run_id)s
               AND leaving.kind = %(kind)s AND arrival.kind = %(kind)s
               AND leaving.action = 'archive' AND leaving.state = 'staged'
               AND arrival.action IN ('create', 'restore') AND arrival.state = 'held'
               AND split_part(leaving.external_id, '|', 1)
                   = split_part(arrival.external_id, '|', 1)
            """,
            run_id=run_id,
            kind=kinds.SCHOOL_ENROLLMENT,
            reason=reason,
        )
    )
