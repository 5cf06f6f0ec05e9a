"""The one canonical roster: what every adapter delivers.

Entities are named tuples: immutable, typed, and four times as fast to make as frozen
dataclasses (0.3 against 1.2 µs for ten fields). Dates are ISO strings (``""``: not
given), which sort and go into JSON as they are; both ends of a period are inclusive.
``id`` is the source's key (sourcedId), unique within source and tenant. ``row`` is the
row it was read from (0: from a baseline) and never part of a payload.

Secrets, birthplace and citizenship have no field here, so they cannot be kept.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple


class Org(NamedTuple):
    id: str
    name: str
    type: str  # school, district, department, local, state, national
    identifier: str
    parent_id: str
    row: int = 0


class Session(NamedTuple):
    id: str
    title: str
    type: str  # schoolYear, semester, term, gradingPeriod
    date_start: str
    date_end: str
    parent_id: str
    school_year: str  # ending year, "2027"
    row: int = 0


class Role(NamedTuple):
    role: str  # OneRoster 1.2 vocabulary
    org_id: str
    primary: bool
    date_start: str = ""
    date_end: str = ""
    id: str = ""  # OneRoster 1.2 only


class Person(NamedTuple):
    id: str
    identifier: str  # the number people know: student or employee number
    ssid: str  # the state's student id
    given_name: str
    middle_name: str
    family_name: str
    preferred_given_name: str
    preferred_middle_name: str
    preferred_family_name: str
    pronouns: str
    username: str
    email: str
    phone: str
    sms: str
    grades: tuple[str, ...]  # as sent
    grade: str  # CEDS code of the highest, "" when none is known
    enabled: bool  # may sign in; says nothing about enrollment
    primary_org_id: str
    roles: tuple[Role, ...]
    agents: tuple[str, ...]  # persons linked to this one
    row: int = 0


class Demographics(NamedTuple):
    id: str  # the person's
    birthdate: str
    sex: str  # male, female, unspecified, other, ""
    american_indian: bool | None  # None: not stated
    asian: bool | None
    black: bool | None
    pacific_islander: bool | None
    white: bool | None
    two_or_more: bool | None
    hispanic: bool | None
    row: int = 0


class GuardianFlags(NamedTuple):
    """What a system says about one adult and one student (extension of OneRoster).

    None and ``""``: not stated, which is not "no".
    """

    id: str
    student_id: str
    adult_id: str
    relation: str  # parent, guardian, relative
    custodial: bool | None
    lives_with: bool | None
    may_pickup: bool | None
    educational_rights: bool | None
    court_restricted: bool | None  # must not be given the child
    receives_mail: bool | None
    priority: int | None  # 1 is called first
    date_start: str
    date_end: str
    row: int = 0


class Course(NamedTuple):
    id: str
    title: str
    code: str
    org_id: str
    session_id: str
    grades: tuple[str, ...]
    subjects: tuple[str, ...]
    row: int = 0


class Class(NamedTuple):
    id: str
    title: str
    code: str
    type: str  # homeroom, scheduled, ""
    course_id: str
    org_id: str
    term_ids: tuple[str, ...]
    grades: tuple[str, ...]
    subjects: tuple[str, ...]
    periods: tuple[str, ...]
    location: str
    row: int = 0


class Membership(NamedTuple):
    id: str
    person_id: str
    class_id: str
    org_id: str
    role: str  # student, teacher, aide, administrator, proctor
    primary: bool
    date_start: str
    date_end: str
    row: int = 0


class RoleRow(NamedTuple):
    """A role that stands in a file of its own (OneRoster 1.2)."""

    id: str
    person_id: str
    role: Role
    row: int = 0


Entity = (
    Org
    | Session
    | Person
    | GuardianFlags
    | Demographics
    | Course
    | Class
    | Membership
    | RoleRow
)


class Record(NamedTuple):
    """What is staged: ``payload_hash`` tells changed from unchanged."""

    kind: str
    external_id: str
    site: str  # id of the school it counts for; "": the district
    ends: str  # last day of its natural life; "": none
    payload: Mapping[str, Any]
    payload_hash: str
    text: str = ""  # the payload as canonical JSON


_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":")
).encode


def payload_hash(payload: Mapping[str, Any]) -> str:
    """32 hex digits that are equal exactly when the payloads are (blake2b-128)."""
    return text_hash(canonical_json(payload))


def canonical_json(payload: Mapping[str, Any]) -> str:
    """The one JSON text of a payload: keys sorted, no spaces, no ASCII escapes."""
    return _encode(payload)


def text_hash(text: str) -> str:
    """The hash of a canonical JSON text."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def join_id(*parts: str) -> str:
    """One id of several, such that different parts never give the same id.

    ``|`` joins; inside a part it is written ``%7C`` (and ``%`` is ``%25``).
    """
    return "|".join(
        part.replace("%", "%25").replace("|", "%7C")
        if "%" in part or "|" in part
        else part
        for part in parts
    )


def split_id(external_id: str) -> tuple[str, ...]:
    """The parts that ``join_id`` joined."""
    return tuple(
        part.replace("%7C", "|").replace("%25", "%") for part in external_id.split("|")
    )
