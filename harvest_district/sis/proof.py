"""Proof that both sides say the same of every student, and where they do not.

What is compared is, for each student, the school with the grade, the status and the
guardians, as of one day. Both sides come as ``{student id: Fact}`` in the same words
(our site and adult keys), and are hashed over the same canonical text. The hashes of a
school are equal exactly when every row of it is, so a count and a hash are enough to
compare with what another program says.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from . import kinds
from .canonical import canonical_json
from .snapshot import Snapshot

ONLY_THERE, ONLY_HERE = "only_there", "only_here"
STATUS, SCHOOL, GRADE, GUARDIANS = "status", "school", "grade", "guardians"

ACTIVE, LEFT = "active", "left"
NO_SITE = ""  # the place of a student who is at no school on that day


class Place(NamedTuple):
    site: str
    grade: str


class Fact(NamedTuple):
    """What one side says of a student; made by ``make_fact`` so that equal is equal."""

    status: str  # active, left
    places: tuple[Place, ...]  # one a site, by site
    guardians: tuple[str, ...]  # sorted keys


Facts = Mapping[str, Fact]


class Mismatch(NamedTuple):
    """One thing that the sides say differently; ``there`` and ``here`` are keys."""

    student_id: str
    what: str
    site: str  # the site that it is listed under
    there: tuple[str, ...]
    here: tuple[str, ...]


class SiteProof(NamedTuple):
    """One site: active students on both sides, equal rows, and hashes of all rows."""

    site: str
    there: int
    here: int
    matching: int
    total: int  # students on either side
    hash_there: str
    hash_here: str

    @property
    def percent(self) -> float:
        return percent(self.matching, self.total)


class Proof(NamedTuple):
    """The whole: each student counts once, however many schools."""

    there: int
    here: int
    matching: int
    total: int
    sites: tuple[SiteProof, ...]
    mismatches: tuple[Mismatch, ...]

    @property
    def percent(self) -> float:
        return percent(self.matching, self.total)


def percent(matching: int, total: int) -> float:
    """Percent with one decimal, rounded down: 100 means all, and nothing less."""
    return matching * 1000 // total / 10 if total else 100.0


def make_fact(
    status: str, places: Iterable[tuple[str, str]], guardians: Iterable[str]
) -> Fact:
    """Put what a side says in the one order and form that is compared.

    :param places: (site key, grade); two of one site become one
    """
    grades: dict[str, set[str]] = {}
    for site, grade in places:
        grades.setdefault(site, set()).add(grade)
    return Fact(
        status,
        tuple(Place(site, ",".join(sorted(grades[site]))) for site in sorted(grades)),
        tuple(sorted(set(guardians))),
    )


# WHAT THEY SAY


def facts_of(
    snapshot: Snapshot, day: date, sites: Mapping[str, str], adults: Mapping[str, str]
) -> dict[str, Fact]:
    """Return what a district system says of each student on a day.

    :param sites: {school's id there: our key}; one that is not here yet has
        ``unknown_key`` instead
    :param adults: {adult's id there: our key}
    """
    places: dict[str, list[tuple[str, str]]] = {}
    guardians: dict[str, list[str]] = {}
    today = day.isoformat()
    for record in snapshot.records(kinds.SCHOOL_ENROLLMENT):
        place = record.payload
        if place["date_start"] <= today <= (place["date_end"] or today):
            site = sites.get(place["org_id"]) or unknown_key(place["org_id"])
            places.setdefault(place["student_id"], []).append((site, place["grade"]))
    for record in snapshot.records(kinds.GUARDIANSHIP):
        link = record.payload
        adult = adults.get(link["adult_id"]) or unknown_key(link["adult_id"])
        guardians.setdefault(link["student_id"], []).append(adult)
    return {
        record.external_id: make_fact(
            ACTIVE,
            places.pop(record.external_id, ()),
            guardians.pop(record.external_id, ()),
        )
        for record in snapshot.records(kinds.STUDENT)
    }


def unknown_key(external_id: str) -> str:
    """The key of what is not here yet; it equals no key of ours."""
    return f"?{external_id}"


def judgeable(expected: Facts, found: Facts, complete: Collection[str]) -> Facts:
    """Return what was found, less what the other side's silence says nothing about.

    :param complete: record kinds of which the other side sent everything
    """
    every = {kinds.STUDENT, kinds.SCHOOL_ENROLLMENT, kinds.GUARDIANSHIP}
    if every <= set(complete):
        return found
    return {
        student_id: _less(fact, expected.get(student_id), complete)
        for student_id, fact in found.items()
        if kinds.STUDENT in complete or student_id in expected
    }


def _less(fact: Fact, said: Fact | None, complete: Collection[str]) -> Fact:
    if said is None:
        return fact
    if kinds.SCHOOL_ENROLLMENT not in complete:
        known = {place.site for place in said.places}
        fact = fact._replace(
            places=tuple(place for place in fact.places if place.site in known)
        )
    if kinds.GUARDIANSHIP not in complete:
        fact = fact._replace(
            guardians=tuple(key for key in fact.guardians if key in said.guardians)
        )
    return fact


# COMPARE


def compare(expected: Facts, found: Facts) -> Proof:
    """Prove both sides; who left here and is not listed there is on neither side."""
    here = {
        student_id: fact
        for student_id, fact in found.items()
        if fact.status == ACTIVE or student_id in expected
    }
    both = expected.keys() | here.keys()
    mismatches = [
        line
        for student_id in sorted(both)
        for line in _differences(
            student_id, expected.get(student_id), here.get(student_id)
        )
    ]
    return Proof(
        there=len(expected),
        here=sum(fact.status == ACTIVE for fact in here.values()),
        matching=len(both) - len({line.student_id for line in mismatches}),
        total=len(both),
        sites=tuple(_compare_sites(expected, here)),
        mismatches=tuple(mismatches),
    )


def _differences(
    student_id: str, there: Fact | None, here: Fact | None
) -> Iterator[Mismatch]:
    if there == here:
        return
    site = _first_site(there) or _first_site(here)
    if there is None or here is None:
        what = ONLY_HERE if there is None else ONLY_THERE
        yield Mismatch(student_id, what, site, _sites(there), _sites(here))
        return
    for what, said, known in (
        (STATUS, (there.status,), (here.status,)),
        (SCHOOL, _sites(there), _sites(here)),
        (GRADE, *_grades(there, here)),
        (GUARDIANS, there.guardians, here.guardians),
    ):
        if said != known:
            yield Mismatch(student_id, what, site, said, known)


def _sites(fact: Fact | None) -> tuple[str, ...]:
    return tuple(place.site for place in fact.places) if fact else ()


def _first_site(fact: Fact | None) -> str:
    return next(iter(_sites(fact)), NO_SITE)


def _grades(there: Fact, here: Fact) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The grades at the schools that both sides name, where they differ."""
    known = dict(here.places)
    pairs = sorted(
        {
            (place.grade, known[place.site])
            for place in there.places
            if known.get(place.site, place.grade) != place.grade
        }
    )
    return tuple(said for said, _own in pairs), tuple(own for _said, own in pairs)


def _compare_sites(expected: Facts, found: Facts) -> Iterator[SiteProof]:
    """Compare row by row, site by site; one site's rows are in memory at a time."""
    there, here = _by_site(expected), _by_site(found)
    for site in sorted(there.keys() | here.keys()):
        students = there.get(site, {}).keys() | here.get(site, {}).keys()
        rows = [_Rows(), _Rows()]
        matching = 0
        for student_id in sorted(students):
            said = rows[0].add(student_id, site, expected, there)
            known = rows[1].add(student_id, site, found, here)
            matching += said == known
        yield SiteProof(
            site,
            rows[0].count,
            rows[1].count,
            matching,
            len(students),
            rows[0].hash(),
            rows[1].hash(),
        )


_BySite = dict[str, dict[str, str]]  # site key to student id to grade


def _by_site(facts: Facts) -> _BySite:
    found: _BySite = {}
    for student_id, fact in facts.items():
        for site, grade in fact.places or (Place(NO_SITE, ""),):
            found.setdefault(site, {})[student_id] = grade
    return found


class _Rows:
    """The rows of one side of a site, hashed as they come (blake2b-128)."""

    def __init__(self) -> None:
        self.count = 0
        self._hash = hashlib.blake2b(digest_size=16)

    def add(self, student_id: str, site: str, facts: Facts, by_site: _BySite) -> str:
        """Return the row as canonical text, ``""`` when this side has none."""
        grade = by_site.get(site, {}).get(student_id)
        if grade is None:
            return ""
        fact = facts[student_id]
        text = canonical_json([student_id, site, grade, fact.status, fact.guardians])
        self.count += fact.status == ACTIVE
        self._hash.update(f"{text}\n".encode())
        return text

    def hash(self) -> str:
        return self._hash.hexdigest()
