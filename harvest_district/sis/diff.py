"""What happens to a record: the one table of rules, for Python and for SQL.

``classify`` looks at one record only, so a set-based statement over staged rows can
follow it line by line. ``diff`` is the whole comparison in Python: the tests' oracle
for the SQL, and enough for small rosters.

=========================================  ==========
in the snapshot, not known                 create
in the snapshot, known but archived        restore
in the snapshot, same hash                 unchanged
in the snapshot, other hash                update
not there, known and active, and
    the source says so                     archive
    its row was there but unusable         keep
    its kind is not complete               keep
    its natural end lies before ``as_of``  keep
    otherwise                              archive
not there, archived or not known           nothing
=========================================  ==========
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .snapshot import Snapshot

CREATE = "create"
UPDATE = "update"
RESTORE = "restore"
UNCHANGED = "unchanged"
ARCHIVE = "archive"
KEEP = "keep"


class Known(NamedTuple):
    """What is known of a record from before."""

    payload_hash: str
    site: str
    active: bool
    ends: str = ""


class Change(NamedTuple):
    """``old_site`` and ``site`` differ when a record has moved; "" is the district."""

    kind: str
    external_id: str
    action: str
    old_site: str | None  # None: not known from before
    site: str | None  # None: not in the snapshot
    counted: bool = True  # whether the record was current, so that losing it counts
    over: bool = False  # whether it has ended by the end that is sent


def classify(
    known: Known | None,
    payload_hash: str | None,
    *,
    complete: bool,
    removed: bool = False,
    protected: bool = False,
    as_of: str = "",
) -> str | None:
    """The action for one record, None for nothing.

    :param payload_hash: in the snapshot; None when it is not there
    :param complete: absence of this kind means removal
    :param removed: the source says that it is to be removed
    :param protected: its row, or one it hangs on, could not be used
    :param as_of: ISO date; a record that ended before it is history, not a loss
    """
    if payload_hash is not None:
        if known is None:
            return CREATE
        if not known.active:
            return RESTORE
        return UNCHANGED if known.payload_hash == payload_hash else UPDATE
    if known is None or not known.active:
        return None
    if removed:
        return ARCHIVE
    return KEEP if protected or not complete or is_over(known, as_of) else ARCHIVE


def is_over(known: Known, as_of: str) -> bool:
    """Whether a record's natural life ended before a day."""
    return bool(known.ends) and known.ends < as_of


def diff(
    known: Mapping[tuple[str, str], Known], snapshot: Snapshot, as_of: str
) -> Iterator[Change]:
    """Every change from what is known to a snapshot, ``unchanged`` and ``keep`` too.

    :param known: by (kind, external id)
    """
    seen = set()
    for record in snapshot:
        key = (record.kind, record.external_id)
        seen.add(key)
        old = known.get(key)
        action = classify(old, record.payload_hash, complete=True)
        counted = old is not None and old.active and not is_over(old, as_of)
        old_site = old.site if old else None
        over = bool(record.ends) and record.ends < as_of
        yield Change(*key, action or KEEP, old_site, record.site, counted, over)
    for key, old in known.items():
        if key in seen:
            continue
        action = classify(
            old,
            None,
            complete=key[0] in snapshot.complete,
            removed=snapshot.is_removed(*key),
            protected=snapshot.is_protected(*key),
            as_of=as_of,
        )
        if action:
            yield Change(*key, action, old.site, None, not is_over(old, as_of))
