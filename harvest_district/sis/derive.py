"""What a roster implies but does not state: school enrollments, guardians, sites.

* A **school enrollment** is a student at a school in a school year. It comes from the
  student's own roles at schools (no class is ever required: elementary students may
  have none), and from classes at schools that the student's roles do not name. Past
  years are not derived: the grade that is sent is today's.
* A **guardianship** comes from an agent link on either side, when one is a student and
  the other has a parent's, guardian's or relative's role.
* The **site** of a record is the school that it counts for in the preview and in the
  gate: a student's primary school, an adult's first school or that of the first child.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from . import vocab
from .canonical import Membership, Person, Role
from .roster import Roster
from .years import Dates, SchoolYear, Years, class_dates


class SchoolPlace(NamedTuple):
    """A student at a school; both dates are inclusive."""

    student_id: str
    org_id: str
    school_year: str
    grade: str  # "" for a year to come
    date_start: str
    date_end: str
    primary: bool


class Link(NamedTuple):
    """A student and an adult who is responsible for them or related."""

    student_id: str
    adult_id: str
    relation: str  # parent, guardian, relative


def is_student(person: Person) -> bool:
    return any(role.role == vocab.STUDENT for role in person.roles)


def is_adult(person: Person) -> bool:
    return any(role.role != vocab.STUDENT for role in person.roles)


def relation(person: Person) -> str:
    """The closest of a person's family roles, ``""`` without one."""
    roles = {role.role for role in person.roles}
    return next((name for name in vocab.GUARDIAN_ROLES if name in roles), "")


class Derivation:
    """Everything derived from one checked roster; made once, then looked up."""

    def __init__(
        self, roster: Roster, as_of: str, selected: Collection[str] | None = None
    ) -> None:
        self.roster = roster
        self.as_of = as_of
        self.selected = selected
        self.years = Years.of(roster.sessions.values(), as_of)
        self.dates: dict[str, Dates] = {
            group.id: class_dates(group, roster.sessions)
            for group in roster.classes.values()
        }
        self._schools = {
            org.id for org in roster.orgs.values() if org.type == vocab.SCHOOL
        }
        self._classes_of = self._student_classes()
        self.places = self._all_places()
        self.links = self._all_links()
        self.flags = {
            (flags.student_id, flags.adult_id): flags
            for flags in roster.guardian_flags.values()
        }
        self.sites = self._all_sites()
        self._classes_of.clear()

    def is_school(self, org_id: str) -> bool:
        """A school of this roster; of a delta without orgs, any org."""
        return org_id in self._schools or not self.roster.orgs

    def membership_dates(self, entity: Membership) -> tuple[str, str]:
        """Own dates where given, else those of the class."""
        dates = self.dates.get(entity.class_id, Dates("", "", ""))
        return entity.date_start or dates.date_start, entity.date_end or dates.date_end

    # SCHOOL ENROLLMENTS

    def _student_classes(self) -> dict[str, list[Membership]]:
        found: dict[str, list[Membership]] = {}
        for entity in self.roster.memberships.values():
            if entity.role == vocab.STUDENT and entity.org_id:
                found.setdefault(entity.person_id, []).append(entity)
        return found

    def _all_places(self) -> dict[str, list[SchoolPlace]]:
        current = self.years.current
        if current is None:
            return {}
        places = {}
        for person in self.roster.persons.values():
            if is_student(person):
                places[person.id] = list(self._places(person, current))
        return places

    def _places(self, person: Person, current: SchoolYear) -> Iterator[SchoolPlace]:
        roles = self._school_roles(person)
        classes: dict[tuple[str, str], list[Membership]] = {}
        for entity in self._classes_of.get(person.id, ()):
            dates = self.dates.get(entity.class_id)
            if dates and dates.year >= current.code and self.is_school(entity.org_id):
                classes.setdefault((dates.year, entity.org_id), []).append(entity)
        keys = {(current.code, org_id) for org_id in roles} | classes.keys()
        primary = self._primary(person, roles, keys)
        for code, org_id in sorted(keys):
            year = self.years.by_code[code]
            role = roles.get(org_id) if code == current.code else None
            start, end = self._span(role, classes.get((code, org_id), []), year)
            yield SchoolPlace(
                person.id,
                org_id,
                code,
                person.grade if code == current.code else "",
                start,
                end,
                primary[code] == org_id,
            )

    def _school_roles(self, person: Person) -> dict[str, Role]:
        """The student's roles at schools, the first of each school, in their order.

        A role that has ended is left out while another school's still runs.
        """
        roles: dict[str, Role] = {}
        for role in person.roles:
            if (
                role.role == vocab.STUDENT
                and role.org_id
                and self.is_school(role.org_id)
            ):
                other = roles.get(role.org_id)
                if other is None or (other.date_end and other.date_end < self.as_of):
                    roles[role.org_id] = role
        return roles

    def _primary(
        self, person: Person, roles: dict[str, Role], keys: set[tuple[str, str]]
    ) -> dict[str, str]:
        """The one primary school of each year: stated, else first, else by id."""
        running = [
            role
            for role in roles.values()
            if not role.date_end or role.date_end >= self.as_of
        ]
        ranked = [person.primary_org_id, *(r.org_id for r in running if r.primary)]
        ranked += [*(r.org_id for r in running), *roles]
        order = {org_id: -i for i, org_id in reversed(list(enumerate(ranked)))}
        primary: dict[str, str] = {}
        for code, org_id in sorted(keys):
            best = primary.get(code)
            rank = order.get(org_id, -len(ranked))
            if best is None or rank > order.get(best, -len(ranked)):
                primary[code] = org_id
        return primary

    def _span(
        self, role: Role | None, classes: list[Membership], year: SchoolYear
    ) -> tuple[str, str]:
        """First and last day at the school.

        A role's own dates win. Else the year's, unless the student joined every class
        after it had begun, or left every class before it ended.
        """
        start, end = year.date_start, year.date_end
        if classes:
            start = min(self._joined(entity, year) for entity in classes)
            end = max(self._left(entity, year) for entity in classes)
        if role and role.date_start:
            start = max(role.date_start, year.date_start)
        if role and role.date_end:
            end = min(role.date_end, year.date_end)
        return start, max(start, end)

    def _joined(self, entity: Membership, year: SchoolYear) -> str:
        late = entity.date_start > self.dates[entity.class_id].date_start
        return max(entity.date_start, year.date_start) if late else year.date_start

    def _left(self, entity: Membership, year: SchoolYear) -> str:
        if entity.date_end and entity.date_end < self.dates[entity.class_id].date_end:
            return min(entity.date_end, year.date_end)
        return year.date_end

    # GUARDIANS

    def _all_links(self) -> dict[tuple[str, str], Link]:
        links: dict[tuple[str, str], Link] = {}
        for person in self.roster.persons.values():
            for agent_id in person.agents:
                agent = self.roster.persons.get(agent_id)
                if agent is None:
                    continue  # known from before, perhaps: absence is no removal
                link = _link(person, agent)
                if link:
                    links[link.student_id, link.adult_id] = link
                else:
                    self.roster.problems.add(
                        "agent_not_guardian",
                        self.roster.files.get("person", ""),
                        person.row,
                        "agentSourcedIds",
                    )
        return links

    # SITES

    def _all_sites(self) -> dict[str, str]:
        """The site of every person; a selected school goes before any other."""
        teaching = self._teaching_schools()
        sites = {
            student_id: self._choose(
                place.org_id
                for place in sorted(
                    places, key=lambda p: (p.school_year, not p.primary)
                )
            )
            for student_id, places in self.places.items()
        }
        children: dict[str, list[str]] = {}
        for student_id, adult_id in sorted(self.links):
            children.setdefault(adult_id, []).append(sites.get(student_id, ""))
        for person in self.roster.persons.values():
            if person.id not in sites:
                working = [
                    role.org_id
                    for role in person.roles
                    if role.role not in vocab.GUARDIAN_ROLES and role.org_id
                ]
                working += teaching.get(person.id, ())
                own = self._choose(org for org in working if self.is_school(org))
                family = self._choose(children.get(person.id, ()))
                sites[person.id] = self._choose((own, family))
        return sites

    def _choose(self, schools: Iterable[str]) -> str:
        found = [school for school in schools if school]
        selected = self.selected
        if selected is not None:
            found.sort(key=lambda school: school not in selected)
        return found[0] if found else ""

    def _teaching_schools(self) -> dict[str, list[str]]:
        """Schools of adults by their classes, by id so that no row order matters."""
        found: dict[str, set[str]] = {}
        for entity in self.roster.memberships.values():
            if entity.role != vocab.STUDENT and entity.org_id:
                found.setdefault(entity.person_id, set()).add(entity.org_id)
        return {person_id: sorted(schools) for person_id, schools in found.items()}


def _link(one: Person, other: Person) -> Link | None:
    for student, adult in ((one, other), (other, one)):
        if is_student(student) and (kind := relation(adult)):
            return Link(student.id, adult.id, kind)
    return None
