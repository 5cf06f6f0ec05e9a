"""A whole roster in memory: entities by kind, and how far it may be trusted."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from . import kinds
from .canonical import (
    Class,
    Course,
    Demographics,
    GuardianFlags,
    Membership,
    Org,
    Person,
    RoleRow,
    Session,
)
from .problems import Problems


@dataclass(slots=True)
class Roster:
    """Entities by id, about 0.5 kB each.

    ``modes``
        entity kind to absent, bulk or delta.
    ``complete``
        entity kinds for which absence means removal: a bulk file, read to its end, in
        which every row could be identified.
    ``tombstones``
        ids that the source says are to be removed.
    ``set_aside``
        ids whose row could not be used; what is known of them stays as it is.
    ``files``
        entity kind to file name, for messages.
    """

    version: str = ""
    system: str = ""
    modes: dict[str, str] = field(default_factory=dict)
    complete: set[str] = field(default_factory=set)
    files: dict[str, str] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)

    orgs: dict[str, Org] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    guardian_flags: dict[str, GuardianFlags] = field(default_factory=dict)
    demographics: dict[str, Demographics] = field(default_factory=dict)
    courses: dict[str, Course] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    memberships: dict[str, Membership] = field(default_factory=dict)
    role_rows: dict[str, RoleRow] = field(default_factory=dict)  # not yet in persons

    tombstones: dict[str, set[str]] = field(default_factory=dict)
    set_aside: dict[str, set[str]] = field(default_factory=dict)

    def count(self) -> int:
        """How many entities there are."""
        return sum(len(getattr(self, name)) for name in _FIELDS.values())

    def entities(self, kind: str) -> dict:
        """The entities of a kind, by id."""
        return getattr(self, _FIELDS[kind])

    def removed(self, kind: str) -> set[str]:
        return self.tombstones.setdefault(kind, set())

    def aside(self, kind: str) -> set[str]:
        return self.set_aside.setdefault(kind, set())

    def copy(self) -> "Roster":
        """A copy that can lose entities without this one losing them."""
        changes: dict[str, Any] = {
            name: dict(getattr(self, name)) for name in _FIELDS.values()
        }
        return replace(
            self,
            **changes,
            modes=dict(self.modes),
            complete=set(self.complete),
            problems=self.problems.copy(),
            tombstones={kind: set(ids) for kind, ids in self.tombstones.items()},
            set_aside={kind: set(ids) for kind, ids in self.set_aside.items()},
        )

    def fold_roles(self) -> None:
        """Give each person the roles that stand in rows of their own.

        Rows of persons that are not there stay in ``role_rows``.
        """
        found: dict[str, dict[str, RoleRow]] = {}
        for row in self.role_rows.values():
            if row.person_id in self.persons:
                found.setdefault(row.person_id, {})[row.id] = row
        for person_id, rows in found.items():
            person = self.persons[person_id]
            kept = [role for role in person.roles if role.id not in rows]
            kept += [row.role for row in rows.values()]
            self.persons[person_id] = person._replace(
                roles=tuple(sorted(kept, key=_order))
            )
            for row_id in rows:
                del self.role_rows[row_id]

    def drop_roles(self, role_ids: Iterable[str]) -> None:
        """Take roles with these ids from whoever has them."""
        gone = set(role_ids)
        if not gone:
            return
        for person in list(self.persons.values()):
            kept = tuple(role for role in person.roles if role.id not in gone)
            if len(kept) != len(person.roles):
                self.persons[person.id] = person._replace(roles=kept)


def _order(role) -> tuple:
    return (not role.primary, role.date_start, role.org_id, role.role, role.id)


_FIELDS = {
    kinds.ORG: "orgs",
    kinds.SESSION: "sessions",
    kinds.PERSON: "persons",
    kinds.GUARDIAN_FLAGS: "guardian_flags",
    kinds.DEMOGRAPHICS: "demographics",
    kinds.COURSE: "courses",
    kinds.CLASS: "classes",
    kinds.MEMBERSHIP: "memberships",
    kinds.ROLE: "role_rows",
}
