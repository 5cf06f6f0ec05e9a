"""Compare what two protocols say about one district.

A protocol gives things its own ids and cannot say everything. So ids are mapped back to
the district's, what is declared as a gap is left out on both sides, and the rest has to
be equal, record by record.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from odoo.addons.harvest_district.sis import build_snapshot, split_id

from ..doubles.district import PAST_TERM, Tables
from .rosters import AS_OF, snapshot

_REFERENCES = (
    *("id", "parent_id", "org_id", "student_id", "adult_id", "person_id", "class_id"),
    *("course_id", "session_id"),
)
Comparable = dict[tuple[str, ...], dict[str, Any]]


def comparable(
    shot, ids: Callable[[str], str], gaps: Mapping[str, Collection[str]]
) -> Comparable:
    """Payloads by kind and the ids of what the record is about.

    :param ids: a protocol's id to the district's; the same for what is no id
    :param gaps: payload fields by record kind; None: the kind is not compared
    """
    found: Comparable = {}
    for record in shot:
        dropped = gaps.get(record.kind, ())
        if dropped is None:
            continue
        payload = {k: v for k, v in record.payload.items() if k not in dropped}
        for name in _REFERENCES:
            if name in payload:
                payload[name] = ids(payload[name])
        if "term_ids" in payload:
            payload["term_ids"] = sorted(ids(term) for term in payload["term_ids"])
        key = tuple(ids(part) for part in split_id(record.external_id))
        if record.kind == "membership":
            key = (payload["class_id"], payload["person_id"])
            payload.pop("id", None)
        found[record.kind, *key] = payload
    return found


def without_past_year(tables: Tables) -> Tables:
    """The district as a system says it that answers for one year only."""
    sessions = [s for s in tables["academicSessions"] if s["schoolYear"] == "2027"]
    classes = [c for c in tables["classes"] if c["termSourcedIds"] != PAST_TERM]
    known = {group["sourcedId"] for group in classes}
    return {
        **tables,
        "academicSessions": sessions,
        "classes": classes,
        "enrollments": [
            row for row in tables["enrollments"] if row["classSourcedId"] in known
        ],
    }


def expected(tables: Tables, gaps: Mapping[str, Collection[str]]) -> Comparable:
    """What the district's CSV files amount to."""
    return comparable(snapshot(tables), str, gaps)


def assert_same(want: Comparable, got: Comparable) -> None:
    """Equal, and if not then the first differences by kind."""
    assert sorted(want.keys() - got.keys())[:5] == []
    assert sorted(got.keys() - want.keys())[:5] == []
    differences = [
        (key, {k: (want[key].get(k), got[key].get(k)) for k in want[key] | got[key]
               if want[key].get(k) != got[key].get(k)})
        for key in want
        if want[key] != got[key]
    ]  # fmt: skip
    assert differences[:5] == []


def shoot(roster, **how):
    return build_snapshot(roster, **{"as_of": AS_OF, **how})


def records(roster, **how) -> dict[tuple[str, str], str]:
    """Payload hashes, by which two readings of one system are compared."""
    return {(r.kind, r.external_id): r.payload_hash for r in shoot(roster, **how)}
