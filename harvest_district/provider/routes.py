"""The rostering endpoints of both versions (interop 1.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .catalog import (
    CLASS,
    COLLECTIONS,
    COURSE,
    DEMOGRAPHIC,
    ENROLLMENT,
    ORG,
    SESSION,
    USER,
)
from .scopes import DEMOGRAPHICS, FULL_ROSTER, ROSTER

SCHOOL, TERM, GRADING_PERIOD = "school", "term", "gradingPeriod"
STUDENT, TEACHER = "student", "teacher"

# Names of endpoints: the kind of object, and which of its type.
ENDPOINTS = {
    "academicSessions": (SESSION, ""),
    "terms": (SESSION, TERM),
    "gradingPeriods": (SESSION, GRADING_PERIOD),
    "orgs": (ORG, ""),
    "schools": (ORG, SCHOOL),
    "courses": (COURSE, ""),
    "classes": (CLASS, ""),
    "users": (USER, ""),
    "students": (USER, STUDENT),
    "teachers": (USER, TEACHER),
    "enrollments": (ENROLLMENT, ""),
    "demographics": (DEMOGRAPHIC, ""),
}
RELATED = {
    "terms": ("classes", "gradingPeriods"),
    "schools": ("classes", "courses", "enrollments", "students", "teachers", "terms"),
    "courses": ("classes",),
    "classes": ("students", "teachers"),
    "users": ("classes",),
    "students": ("classes",),
    "teachers": ("classes",),
}
IN_SCHOOL = ("enrollments", "students", "teachers")  # /schools/{}/classes/{}/…
SINGLE = {
    "academicSessions": "academicSession",
    "terms": "academicSession",
    "gradingPeriods": "academicSession",
    "orgs": "org",
    "schools": "org",
    "courses": "course",
    "classes": "class",
    "users": "user",
    "students": "user",
    "teachers": "user",
    "enrollments": "enrollment",
    "demographics": "demographics",  # the plural, says the specification
}


@dataclass(frozen=True)
class Route:
    """One endpoint.

    :param names: names of endpoints, with an id between each; ``schools, classes``
    :param single: whether the last one has its id, too
    """

    names: tuple[str, ...]
    single: bool = False

    @property
    def kind(self) -> str:
        return ENDPOINTS[self.names[-1]][0]

    @property
    def subset(self) -> str:
        return ENDPOINTS[self.names[-1]][1]

    @property
    def parents(self) -> tuple[tuple[str, str], ...]:
        """(kind, subset) of what the list hangs on."""
        return tuple(ENDPOINTS[name] for name in self.names[:-1])

    @property
    def wrapper(self) -> str:
        return SINGLE[self.names[-1]] if self.single else COLLECTIONS[self.kind]

    @property
    def scopes(self) -> tuple[str, ...]:
        """Short names of scopes, one of which is needed."""
        if self.kind == DEMOGRAPHIC:
            return (DEMOGRAPHICS,)
        return (FULL_ROSTER,) if self.parents else (ROSTER, FULL_ROSTER)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the ids in the path."""
        named = self.names if self.single else self.names[:-1]
        return tuple(f"{SINGLE[name]}SourcedId" for name in named)

    @property
    def template(self) -> str:
        """The path with ``{}`` for ids, for documents and the log of calls."""
        parts = []
        for name, parameter in zip(self.names, (*self.parameters, ""), strict=False):
            parts += [name] + ([f"{{{parameter}}}"] if parameter else [])
        return "/" + "/".join(parts)

    @property
    def operation(self) -> str:
        """``getStudentsForClass``, as the specification names it."""
        last = self.names[-1]
        name = _capital(
            SINGLE[last] if self.single and last != "demographics" else last
        )
        if self.single and ENDPOINTS[last][1]:
            name = _capital(last[:-1])
        owners = [_capital(SINGLE[parent]) for parent in self.names[:-1]]
        if owners == ["Org", "Class"]:
            return f"get{name}ForClassInSchool"
        if owners:
            return f"get{name}For{_capital(_singular(self.names[0]))}"
        return f"get{name}" if self.single else f"getAll{name}"


def _capital(word: str) -> str:
    return word[0].upper() + word[1:]


def _singular(name: str) -> str:
    return "class" if name == "classes" else name[:-1]


ROUTES = (
    *(Route((name,)) for name in ENDPOINTS),
    *(Route((name,), single=True) for name in ENDPOINTS),
    *(Route((name, child)) for name, found in RELATED.items() for child in found),
    *(Route(("schools", "classes", child)) for child in IN_SCHOOL),
)
_BY_SHAPE = {(route.names, route.single): route for route in ROUTES}
_SOURCED_ID = re.compile(r"[0-9A-Za-z./@_-]{1,255}")


def find_route(path: str) -> tuple[Route, tuple[str, ...]] | None:
    """Return the route of a path below the base, and the ids in it."""
    parts = tuple(path.strip("/").split("/"))
    names, ids = parts[::2], parts[1::2]
    route = _BY_SHAPE.get((names, len(ids) == len(names)))
    if route is None or not all(map(_SOURCED_ID.fullmatch, ids)):
        return None
    return route, ids
