"""What the district's system should know: where our own facts differ from it.

Only what was applied and differs all the same is ours: a change that waits, or came
since, is no proposal. What the system does not state is no disagreement. Need-to-know
facts (health, custody, courts, foster care, pronouns) are never among them.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from odoo.tools import SQL

from .sis import Snapshot, kinds
from .sis.canonical import Record
from .writers.base import person_name

LISTED = "listed"  # whether an adult is listed for a student at all
YES, NO = "yes", "no"

# Our word for a relation, and the words of theirs that it agrees with: ours are finer.
# Who is a foster parent or an agency is need-to-know, so these agree with everything.
_ANY = frozenset({"parent", "guardian", "relative"})
_AGREES = {
    "mother": {"parent"},
    "father": {"parent"},
    "parent": {"parent"},
    "stepparent": _ANY,
    "grandparent": {"relative", "guardian"},
    "guardian": {"guardian"},
    "foster_parent": _ANY,
    "caregiver": {"guardian", "relative"},
    "sibling": {"relative"},
    "relative": {"relative"},
    "agency": _ANY,
    "other": _ANY,
}
_FLAGS = ("may_pickup", "educational_rights", "receives_mail")


class Key(NamedTuple):
    """The record that a proposal is about, by our ids (0: none)."""

    kind: str
    student_id: int
    partner_id: int


class Wish(NamedTuple):
    """One field in which we differ; selections and flags by their codes."""

    key: Key
    field: str
    external_id: str
    ours: str
    theirs: str


# (field, ours, theirs) of one record, in which both may be equal.
_Pairs = Iterator[tuple[str, str, str]]


def find_wishes(
    connection, snapshot: Snapshot, watched: Collection[Key]
) -> tuple[list[Wish], set[Key]]:
    """Compare our own facts with what was sent and applied; one query a kind.

    :param watched: records of which there are proposals already
    :return: (what differs, those of ``watched`` that could be compared)
    """
    wishes: list[Wish] = []
    judged: set[Key] = set()
    for kind, (statement, read) in _KINDS.items():
        rows = _read(connection, kind, statement)
        for record in snapshot.records(kind):
            row = rows.get(record.external_id)
            if row is None or row.payload_hash != record.payload_hash:
                continue
            key = Key(kind, row.student_id, row.partner_id)
            if key in watched:
                judged.add(key)
            wishes += [
                Wish(key, field, record.external_id, ours, theirs)
                for field, ours, theirs in read(row.values, record)
                if ours != theirs
            ]
    return wishes, judged


class _Row(NamedTuple):
    payload_hash: str
    student_id: int
    partner_id: int
    values: tuple[Any, ...]


def _read(connection, kind: str, statement: SQL) -> Mapping[str, _Row]:
    connection.env.flush_all()
    rows = connection.env.execute_query(
        SQL(
            "%s WHERE r.source = %s AND r.tenant = %s AND r.kind = %s AND r.active",
            statement,
            *connection._get_key(),
            kind,
        )
    )
    return {
        external_id: _Row(payload_hash, student_id, partner_id, tuple(values))
        for external_id, payload_hash, student_id, partner_id, *values in rows
    }


_STUDENTS = SQL(
    """
    SELECT r.external_id, r.payload_hash, s.id, 0, s.first_name, s.middle_name,
           s.last_name, s.preferred_name
      FROM gr_external_ref r JOIN gr_student s ON s.id = r.res_id AND s.active
    """
)
_ADULTS = SQL(
    """
    SELECT r.external_id, r.payload_hash, 0, p.id, p.name, p.email, p.phone
      FROM gr_external_ref r JOIN res_partner p ON p.id = r.res_id AND p.active
    """
)
_GUARDIANSHIPS = SQL(
    """
    SELECT r.external_id, r.payload_hash, g.student_id, g.partner_id,
           EXISTS (SELECT FROM gr_guardianship own WHERE own.active
                    AND own.student_id = g.student_id
                    AND own.partner_id = g.partner_id),
           g.relation, g.may_pickup, g.educational_rights, g.receives_mail
      FROM gr_external_ref r
      JOIN gr_guardianship g ON g.id = r.res_id AND g.is_ended_by_source IS NOT TRUE
    """
)


def _student_pairs(values: tuple, record: Record) -> _Pairs:
    sent = ("given_name", "middle_name", "family_name", "preferred_given_name")
    fields = ("first_name", "middle_name", "last_name", "preferred_name")
    for field, name, own in zip(fields, sent, values, strict=True):
        if record.payload[name]:
            yield field, _words(own), _words(record.payload[name])


def _adult_pairs(values: tuple, record: Record) -> _Pairs:
    name, email, phone = values
    said = record.payload
    if person_name(said):
        yield "name", _words(name), _words(person_name(said))
    if said["email"]:
        own, theirs = _words(email), _words(said["email"])
        if own.casefold() != theirs.casefold():
            yield "email", own, theirs
    number = said["phone"] or said["sms"]
    if number and _digits(phone) != _digits(number):
        yield "phone", _words(phone), _words(number)


def _guardianship_pairs(values: tuple, record: Record) -> _Pairs:
    active, relation, *own_flags = values
    if not active:
        yield LISTED, NO, YES
        return
    theirs = record.payload["relation"]
    if theirs not in _AGREES.get(relation, _ANY):
        yield "relation", relation, theirs
    flags = record.payload.get("flags", {})
    for field, own in zip(_FLAGS, own_flags, strict=True):
        if field in flags and not flags.get("court_restricted"):
            yield field, YES if own else NO, YES if flags[field] else NO


_KINDS: dict[str, tuple[SQL, Callable[[tuple, Record], _Pairs]]] = {
    kinds.STUDENT: (_STUDENTS, _student_pairs),
    kinds.ADULT: (_ADULTS, _adult_pairs),
    kinds.GUARDIANSHIP: (_GUARDIANSHIPS, _guardianship_pairs),
}


def _words(text: str | None) -> str:
    return " ".join((text or "").split())


def _digits(text: str | None) -> str:
    return re.sub(r"\D", "", text or "")
