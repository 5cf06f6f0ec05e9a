"""The records a roster amounts to, ready to be staged.

``build_snapshot`` checks references, derives what is implied, and gives an iterator of
``Record`` for each kind, in an order in which they can be created. Records are made
while they are read, so a snapshot costs little beyond its roster.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date

from . import kinds, vocab
from .canonical import (
    GuardianFlags,
    Person,
    Record,
    Role,
    canonical_json,
    join_id,
    split_id,
    text_hash,
)
from .derive import Derivation, is_adult, is_student
from .problems import Problems
from .roster import Roster
from .validate import check

# What a derived or split kind's completeness stands on: all of these entity kinds.
_SOURCES: dict[str, tuple[str, ...]] = {
    kinds.ORG: (kinds.ORG,),
    kinds.SESSION: (kinds.SESSION,),
    kinds.STUDENT: (kinds.PERSON,),
    kinds.ADULT: (kinds.PERSON,),
    kinds.SITE_ROLE: (kinds.PERSON,),
    kinds.GUARDIANSHIP: (kinds.PERSON,),
    kinds.DEMOGRAPHICS: (kinds.DEMOGRAPHICS,),
    kinds.SCHOOL_ENROLLMENT: (kinds.PERSON, kinds.SESSION),
    kinds.COURSE: (kinds.COURSE,),
    kinds.CLASS: (kinds.CLASS,),
    kinds.MEMBERSHIP: (kinds.MEMBERSHIP,),
}
_ENTITY_OF = {kinds.STUDENT: kinds.PERSON, kinds.ADULT: kinds.PERSON}


class Snapshot:
    """Records by kind.

    ``complete``
        record kinds for which absence means removal.
    ``problems``
        all problems of reading, checking and deriving.
    """

    def __init__(
        self, roster: Roster, derived: Derivation, schools: frozenset[str] | None
    ) -> None:
        self.complete = _complete(roster)
        self.problems: Problems = roster.problems
        self._roster = roster
        self._derived = derived
        self._schools = schools
        self._makers: dict[str, Callable[[], Iterable[Record]]] = {
            kinds.ORG: self._orgs,
            kinds.SESSION: self._sessions,
            kinds.STUDENT: self._students,
            kinds.ADULT: self._adults,
            kinds.SITE_ROLE: self._site_roles,
            kinds.DEMOGRAPHICS: self._demographics,
            kinds.GUARDIANSHIP: self._guardianships,
            kinds.SCHOOL_ENROLLMENT: self._school_enrollments,
            kinds.COURSE: self._courses,
            kinds.CLASS: self._classes,
            kinds.MEMBERSHIP: self._memberships,
        }

    def __iter__(self) -> Iterator[Record]:
        """Every record, in an order in which records can be created."""
        for kind in kinds.RECORD_KINDS:
            yield from self.records(kind)

    def records(self, kind: str) -> Iterator[Record]:
        """The records of a kind; may be called again and gives the same."""
        for record in self._makers[kind]():
            if self._selected(record.site):
                yield record

    def drop(self, *entity_kinds: str) -> None:
        """Let go of entities whose records nobody reads any more, to save memory."""
        for kind in entity_kinds:
            self._roster.entities(kind).clear()

    def is_removed(self, kind: str, external_id: str) -> bool:
        """Whether the source says that it, or what it hangs on, is to be removed."""
        return self._in(self._roster.tombstones, kind, external_id)

    def is_protected(self, kind: str, external_id: str) -> bool:
        """Whether its row, or one it hangs on, was there but could not be used.

        Such a record stays as it is: its absence from the snapshot proves nothing.
        """
        return self._in(self._roster.set_aside, kind, external_id)

    def tombstones(self, kind: str) -> frozenset[str]:
        """Ids of a kind of entity that the source says are to be removed."""
        return frozenset(self._roster.tombstones.get(_ENTITY_OF.get(kind, kind), ()))

    def _in(self, sets: dict[str, set[str]], kind: str, external_id: str) -> bool:
        parts = kinds.ID_PARTS.get(kind)
        own = external_id in sets.get(_ENTITY_OF.get(kind, kind), ())
        if own or not parts:
            return own
        ids = split_id(external_id) if len(parts) > 1 else (external_id,)
        return any(
            part and part_id in sets.get(part, ())
            for part, part_id in zip(parts, ids, strict=False)
        )

    def _selected(self, site: str) -> bool:
        return not site or self._schools is None or site in self._schools

    # RECORDS BY KIND

    def _orgs(self) -> Iterator[Record]:
        for org in self._roster.orgs.values():
            site = org.id if org.type == vocab.SCHOOL else ""
            yield _record(kinds.ORG, org.id, site, "", _fields(org))

    def _sessions(self) -> Iterator[Record]:
        for session in self._roster.sessions.values():
            yield _record(
                kinds.SESSION, session.id, "", session.date_end, _fields(session)
            )

    def _students(self) -> Iterator[Record]:
        for person in self._roster.persons.values():
            if is_student(person):
                payload = _person(person) | {
                    "ssid": person.ssid,
                    "grade": person.grade,
                    "grades": person.grades,
                }
                yield self._of_person(kinds.STUDENT, person, payload)

    def _adults(self) -> Iterator[Record]:
        for person in self._roster.persons.values():
            if is_adult(person):
                yield self._of_person(kinds.ADULT, person, _person(person))

    def _of_person(self, kind: str, person: Person, payload: dict) -> Record:
        return _record(kind, person.id, self._derived.sites[person.id], "", payload)

    def _site_roles(self) -> Iterator[Record]:
        """Staff roles; several rows of one role at one org become one."""
        skipped = {vocab.STUDENT, *vocab.GUARDIAN_ROLES}
        for person in self._roster.persons.values():
            roles: dict[tuple[str, str], Role] = {}
            for role in person.roles:
                if role.role not in skipped and role.org_id:
                    roles.setdefault((role.org_id, role.role), role)
            for (org_id, name), role in roles.items():
                payload = {
                    "adult_id": person.id,
                    "org_id": org_id,
                    "role": name,
                    "primary": role.primary,
                    "date_start": role.date_start,
                    "date_end": role.date_end,
                }
                site = org_id if self._derived.is_school(org_id) else ""
                external_id = join_id(person.id, org_id, name)
                yield _record(
                    kinds.SITE_ROLE, external_id, site, role.date_end, payload
                )

    def _demographics(self) -> Iterator[Record]:
        for entity in self._roster.demographics.values():
            person = self._roster.persons.get(entity.id)
            if person is not None and not is_student(person):
                continue
            payload = _fields(entity)
            payload["student_id"] = payload.pop("id")
            site = self._derived.sites.get(entity.id, "")
            yield _record(kinds.DEMOGRAPHICS, entity.id, site, "", payload)

    def _guardianships(self) -> Iterator[Record]:
        for link in self._derived.links.values():
            site = self._derived.sites.get(link.student_id, "")
            external_id = join_id(link.student_id, link.adult_id)
            payload = link._asdict()
            if flags := self._derived.flags.get((link.student_id, link.adult_id)):
                payload |= _stated(flags)
            yield _record(kinds.GUARDIANSHIP, external_id, site, "", payload)

    def _school_enrollments(self) -> Iterator[Record]:
        for places in self._derived.places.values():
            for place in places:
                external_id = join_id(place.student_id, place.org_id, place.school_year)
                yield _record(
                    kinds.SCHOOL_ENROLLMENT,
                    external_id,
                    place.org_id,
                    place.date_end,
                    place._asdict(),
                )

    def _courses(self) -> Iterator[Record]:
        for course in self._roster.courses.values():
            site = course.org_id
            if not site or not self._derived.is_school(site):
                site = ""
            year = self._roster.sessions.get(course.session_id)
            ends = year.date_end if year else ""
            yield _record(kinds.COURSE, course.id, site, ends, _fields(course))

    def _classes(self) -> Iterator[Record]:
        for group in self._roster.classes.values():
            dates = self._derived.dates[group.id]
            payload = _fields(group) | {
                "school_year": dates.year,
                "date_start": dates.date_start,
                "date_end": dates.date_end,
            }
            yield _record(kinds.CLASS, group.id, group.org_id, dates.date_end, payload)

    def _memberships(self) -> Iterator[Record]:
        for entity in self._roster.memberships.values():
            start, end = self._derived.membership_dates(entity)
            as_student = entity.role == vocab.STUDENT
            payload = {
                "person_id": entity.person_id,
                "person_kind": kinds.STUDENT if as_student else kinds.ADULT,
                "class_id": entity.class_id,
                "role": entity.role,
                "primary": entity.primary,
                "date_start": start,
                "date_end": end,
            }
            yield _record(kinds.MEMBERSHIP, entity.id, entity.org_id, end, payload)


def build_snapshot(
    roster: Roster, *, as_of: date, schools: Collection[str] | None = None
) -> Snapshot:
    """Check a roster and derive its records; the roster itself stays as it is.

    :param as_of: the day that decides which school year is the current one
    :param schools: org ids of the schools that are taken; None takes all. Records that
        count for another school are left out and counted in the problems.
    """
    checked = check(roster)
    wanted = None if schools is None else frozenset(schools)
    derived = Derivation(checked, as_of.isoformat(), wanted)
    snapshot = Snapshot(checked, derived, wanted)
    _report(snapshot, checked, derived, wanted)
    return snapshot


def _report(
    snapshot: Snapshot, roster: Roster, derived: Derivation, wanted: Collection | None
) -> None:
    users = roster.files.get(kinds.PERSON, "")
    if roster.persons and derived.years.current is None:
        roster.problems.add("no_school_year")
    for student_id, places in derived.places.items():
        if not places:
            row = roster.persons[student_id].row
            roster.problems.add("student_without_school", users, row)
    if derived.places and not _shares_families(roster):
        roster.problems.add("no_families", users)
    if any(
        entity.id in roster.persons and not is_student(roster.persons[entity.id])
        for entity in roster.demographics.values()
    ):
        file = roster.files.get(kinds.DEMOGRAPHICS, "")
        roster.problems.add("adult_demographics", file)
    if wanted is not None:
        for org in roster.orgs.values():
            if org.type == vocab.SCHOOL and org.id not in wanted:
                count = sum(site == org.id for site in derived.sites.values())
                file = roster.files.get(kinds.ORG, "")
                roster.problems.add("school_not_selected", file, org.row, count=count)


def _complete(roster: Roster) -> frozenset[str]:
    """Record kinds of which the roster holds everything there is."""
    complete = set(roster.complete)
    if kinds.ROLE in roster.modes and kinds.ROLE not in complete:
        complete.discard(kinds.PERSON)
    found = {k for k, needs in _SOURCES.items() if complete.issuperset(needs)}
    if kinds.MEMBERSHIP in roster.modes and kinds.MEMBERSHIP not in complete:
        found.discard(kinds.SCHOOL_ENROLLMENT)
    if not roster.sessions:
        found.discard(kinds.SCHOOL_ENROLLMENT)
    if kinds.GUARDIAN_FLAGS in roster.modes and kinds.GUARDIAN_FLAGS not in complete:
        # Families come by a way of their own there, and it was not open.
        found -= {kinds.ADULT, kinds.GUARDIANSHIP}
    if not _shares_families(roster):
        found.discard(kinds.GUARDIANSHIP)
    return frozenset(found)


def _shares_families(roster: Roster) -> bool:
    """Whether the source tells who belongs to whom; many do not, or stop to.

    Without a single link it says nothing of families, so none has ended; unless they
    come by a way of their own, which was read to its end.
    """
    return kinds.GUARDIAN_FLAGS in roster.complete or any(
        person.agents for person in roster.persons.values()
    )


def _record(kind: str, external_id: str, site: str, ends: str, payload: dict) -> Record:
    text = canonical_json(payload)
    return Record(kind, external_id, site, ends, payload, text_hash(text), text)


def _fields(entity) -> dict:
    payload = entity._asdict()
    del payload["row"]
    return payload


def _stated(flags: GuardianFlags) -> dict:
    """What was said, and nothing for what was not."""
    said = {
        name: value
        for name, value in _fields(flags).items()
        if value not in (None, "") and name not in ("id", "student_id", "adult_id")
    }
    relation = said.pop("relation", "")
    told = {"flags": said} if said else {}
    return told | ({"relation": relation} if relation else {})


def _person(person: Person) -> dict:
    payload = _fields(person)
    for name in ("roles", "agents", "primary_org_id", "ssid", "grade", "grades"):
        del payload[name]
    return payload
