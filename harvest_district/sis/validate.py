"""References within a roster: what points nowhere is set aside, with what needs it.

A reference into a kind that came as a delta, or not at all, is not judged: its target
may be known from before. Rows that merely decorate (a parent, a course, an agent) are
used without; rows that cannot be placed (a membership without class or person) are not.

Absence is never concluded from a row that could not be used: its id stays in
``set_aside``, and so does a school that people still refer to though it is not listed.
"""

from . import kinds, vocab
from .canonical import Membership, Person, Role
from .manifest import BULK
from .roster import Roster

_FOUND, _UNKNOWN, _MISSING, _ASIDE, _REMOVED = range(5)


def check(roster: Roster) -> Roster:
    """A copy of the roster without the rows that cannot be used; problems are added."""
    checked = roster.copy()
    checker = _Checker(checked)
    checker.check_orgs()
    checker.check_sessions()
    checker.check_persons()
    checker.check_agents()
    checker.check_guardian_flags()
    checker.check_demographics()
    checker.check_courses()
    checker.check_classes()
    checker.check_memberships()
    return checked


class _Checker:
    """Walks the kinds in the order of their references and prunes as it goes."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.problems = roster.problems

    # LOOKING UP

    def find(self, kind: str, entity_id: str) -> int:
        if entity_id in self.roster.entities(kind):
            return _FOUND
        if entity_id in self.roster.removed(kind):
            return _REMOVED
        if entity_id in self.roster.aside(kind):
            return _ASIDE
        return _MISSING if self.roster.modes.get(kind) == BULK else _UNKNOWN

    def soft(self, owner: str, entity, column: str, kind: str, entity_id: str) -> bool:
        """Whether a reference can be kept; if not it is reported and left out."""
        if not entity_id or self.find(kind, entity_id) in (_FOUND, _UNKNOWN):
            return True
        self.report("reference_dropped", owner, entity, column, kind=kind)
        return False

    def hard(self, owner: str, entity, column: str, kind: str, entity_id: str) -> bool:
        """Whether a row can be placed; if not, it is set aside or removed too."""
        found = self.find(kind, entity_id)
        if found in (_FOUND, _UNKNOWN):
            return True
        code = {
            _MISSING: "reference_missing",
            _ASIDE: "parent_set_aside",
            _REMOVED: "parent_removed",
        }[found]
        self.report(code, owner, entity, column, kind=kind)
        self.leave_out(owner, entity.id, gone=found == _REMOVED)
        return False

    def leave_out(self, kind: str, entity_id: str, gone: bool = False) -> None:
        self.roster.entities(kind).pop(entity_id, None)
        (self.roster.removed if gone else self.roster.aside)(kind).add(entity_id)

    def report(self, code: str, owner: str, entity, column: str = "", **params) -> None:
        file = self.roster.files.get(owner, "")
        self.problems.add(code, file, entity.row, column, **params)

    def amend(self, kind: str, column: str, field: str, target: str) -> None:
        """Empty one soft reference of every entity of a kind where it leads nowhere."""
        entities = self.roster.entities(kind)
        for entity in list(entities.values()):
            if not self.soft(kind, entity, column, target, getattr(entity, field)):
                entities[entity.id] = entity._replace(**{field: ""})

    # KINDS

    def check_orgs(self) -> None:
        self.amend(kinds.ORG, "parentSourcedId", "parent_id", kinds.ORG)

    def check_sessions(self) -> None:
        self.amend(kinds.SESSION, "parentSourcedId", "parent_id", kinds.SESSION)

    def check_persons(self) -> None:
        persons = self.roster.persons
        state_ids: set[str] = set()
        for person in list(persons.values()):
            roles = tuple(
                role for role in person.roles if self._role_stands(person, role)
            )
            if not roles and self.roster.modes.get(kinds.PERSON) == BULK:
                code = "reference_missing" if person.roles else "person_without_role"
                column = "orgSourcedIds" if person.roles else "role"
                self.report(code, kinds.PERSON, person, column, kind=kinds.ORG)
                self.leave_out(kinds.PERSON, person.id)
                continue
            if roles != person.roles:
                persons[person.id] = person._replace(roles=roles)
            if person.ssid and person.ssid in state_ids:
                self.report("same_state_id", kinds.PERSON, person)
            state_ids.add(person.ssid)
        self._check_loose_roles()

    def _role_stands(self, person: Person, role: Role) -> bool:
        if not role.org_id:
            return True
        found = self.find(kinds.ORG, role.org_id)
        if found in (_FOUND, _UNKNOWN):
            return True
        self.report(
            "reference_dropped", kinds.PERSON, person, "orgSourcedIds", kind=kinds.ORG
        )
        if found == _MISSING:  # in use, so its absence proves nothing
            self.roster.aside(kinds.ORG).add(role.org_id)
        return False

    def _check_loose_roles(self) -> None:
        for row in list(self.roster.role_rows.values()):
            self.hard(kinds.ROLE, row, "userSourcedId", kinds.PERSON, row.person_id)

    def check_agents(self) -> None:
        persons = self.roster.persons
        for person in list(persons.values()):
            kept = tuple(
                agent
                for agent in person.agents
                if self.soft(
                    kinds.PERSON, person, "agentSourcedIds", kinds.PERSON, agent
                )
            )
            if kept != person.agents:
                persons[person.id] = person._replace(agents=kept)

    def check_guardian_flags(self) -> None:
        kind = kinds.GUARDIAN_FLAGS
        for entity in list(self.roster.guardian_flags.values()):
            for column, person_id in (
                ("studentSourcedId", entity.student_id),
                ("agentSourcedId", entity.adult_id),
            ):
                if not self.hard(kind, entity, column, kinds.PERSON, person_id):
                    break

    def check_demographics(self) -> None:
        for entity in list(self.roster.demographics.values()):
            self.hard(kinds.DEMOGRAPHICS, entity, "sourcedId", kinds.PERSON, entity.id)

    def check_courses(self) -> None:
        self.amend(kinds.COURSE, "orgSourcedId", "org_id", kinds.ORG)
        self.amend(kinds.COURSE, "schoolYearSourcedId", "session_id", kinds.SESSION)

    def check_classes(self) -> None:
        self.amend(kinds.CLASS, "courseSourcedId", "course_id", kinds.COURSE)
        classes = self.roster.classes
        for entity in list(classes.values()):
            if not self.hard(
                kinds.CLASS, entity, "schoolSourcedId", kinds.ORG, entity.org_id
            ):
                continue
            states = {term: self.find(kinds.SESSION, term) for term in entity.term_ids}
            kept = tuple(
                t for t, state in states.items() if state in (_FOUND, _UNKNOWN)
            )
            if not kept:
                self.hard(
                    kinds.CLASS,
                    entity,
                    "termSourcedIds",
                    kinds.SESSION,
                    entity.term_ids[0],
                )
            elif kept != entity.term_ids:
                self.report(
                    "reference_dropped",
                    kinds.CLASS,
                    entity,
                    "termSourcedIds",
                    kind=kinds.SESSION,
                )
                classes[entity.id] = entity._replace(term_ids=kept)

    def check_memberships(self) -> None:
        owner = kinds.MEMBERSHIP
        memberships = self.roster.memberships
        for entity in list(memberships.values()):
            if not self.hard(
                owner, entity, "classSourcedId", kinds.CLASS, entity.class_id
            ) or not self.hard(
                owner, entity, "userSourcedId", kinds.PERSON, entity.person_id
            ):
                continue
            if not self._role_fits(entity):
                self.report("role_mismatch", owner, entity, "role")
                self.leave_out(owner, entity.id)
                continue
            group = self.roster.classes.get(entity.class_id)
            if group and entity.org_id != group.org_id:
                if entity.org_id:
                    self.report("school_mismatch", owner, entity, "schoolSourcedId")
                memberships[entity.id] = entity._replace(org_id=group.org_id)

    def _role_fits(self, entity: Membership) -> bool:
        """A student's place needs a student, every other place an adult."""
        person = self.roster.persons.get(entity.person_id)
        if person is None or not person.roles:
            return True
        as_student = entity.role == vocab.STUDENT
        return any((role.role == vocab.STUDENT) == as_student for role in person.roles)
