"""To whom a requirement applies: role x site x funding x task, as sets.

An empty set asks for nothing: it applies to all. Plain Python; ids are whatever the
caller uses.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Scope:
    """What a requirement asks for; ``counties`` in lower case."""

    worker_types: AbstractSet[str] = frozenset()
    jobs: AbstractSet[int] = frozenset()
    sites: AbstractSet[int] = frozenset()
    fundings: AbstractSet[int] = frozenset()
    tasks: AbstractSet[int] = frozenset()
    counties: AbstractSet[str] = frozenset()
    except_counties: AbstractSet[str] = frozenset()
    employer_kind: str = ""
    hired_from: date | None = None


@dataclass(frozen=True)
class Person:
    """Who is asked about, and for what: the sites, money and tasks in question."""

    worker_type: str = "employee"
    job: int = 0
    sites: AbstractSet[int] = field(default_factory=frozenset)
    fundings: AbstractSet[int] = field(default_factory=frozenset)
    tasks: AbstractSet[int] = field(default_factory=frozenset)
    county: str = ""
    employer_kind: str = ""
    start: date | None = None


def applies(scope: Scope, person: Person) -> bool:
    """Whether the requirement is one for this person in this work."""
    return (
        _one_of(scope.worker_types, person.worker_type)
        and _one_of(scope.jobs, person.job)
        and _meets(scope.sites, person.sites)
        and _meets(scope.fundings, person.fundings)
        and _meets(scope.tasks, person.tasks)
        and applies_to_employer(scope, person.county, person.employer_kind)
        and not (scope.hired_from and person.start and person.start < scope.hired_from)
    )


def applies_to_employer(scope: Scope, county: str, employer_kind: str) -> bool:
    """Whether county and kind of employer are those that the requirement names."""
    return (
        _one_of(scope.counties, county)
        and county not in scope.except_counties
        and (not scope.employer_kind or scope.employer_kind == employer_kind)
    )


def _one_of(wanted: AbstractSet, value) -> bool:
    return not wanted or value in wanted


def _meets(wanted: AbstractSet, values: AbstractSet) -> bool:
    return not wanted or not wanted.isdisjoint(values)


def names(text: str | None) -> frozenset[str]:
    """Split a list of names by comma, semicolon or line; upper case does not matter."""
    parts = (text or "").replace(";", "\n").replace(",", "\n").splitlines()
    return frozenset(
        filter(None, (" ".join(part.split()).casefold() for part in parts))
    )
