"""The attributes of each kind of object in each version: where they are in a payload,
how they are written, and how they are filtered (interop 1.5).

A payload is version-neutral JSON. References are ``{"id": sourcedId}``; an element with
``sites`` is only for clients that see one of these sites, one with ``grant`` only for
clients with that switch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .versions import V11, V12
from .view import CONTACTS, View

TEXT, DATE, DATETIME = "text", "date", "datetime"

ORG, SESSION, COURSE, CLASS = "org", "academicSession", "course", "class"
USER, ENROLLMENT, DEMOGRAPHIC = "user", "enrollment", "demographics"
KINDS = (ORG, SESSION, COURSE, CLASS, USER, ENROLLMENT, DEMOGRAPHIC)
COLLECTIONS = {
    ORG: "orgs",
    SESSION: "academicSessions",
    COURSE: "courses",
    CLASS: "classes",
    USER: "users",
    ENROLLMENT: "enrollments",
    DEMOGRAPHIC: "demographics",
}

Href = Callable[[str, str], str]  # (kind, sourcedId) -> absolute address


@dataclass(frozen=True)
class Target:
    """What a filter compares or a list is sorted by.

    :param column: a column of the published table; else
    :param path: keys into the payload
    :param inner: keys into each element of the list at ``path``; None: no list
    :param lone: at ``path`` is one element instead of a list
    :param first: only the first visible element counts
    :param private: keys of a second value, for clients with the grant
    :param whole: ``=`` asks for exactly this list, not for its elements
    """

    path: tuple[str, ...] = ()
    column: str = ""
    type: str = TEXT
    inner: tuple[str, ...] | None = None
    lone: bool = False
    first: bool = False
    whole: bool = False
    private: tuple[str, ...] = ()
    grant: str = ""

    @property
    def many(self) -> bool:
        return self.inner is not None and not self.first


class Attr:
    """One attribute: ``render`` writes it, ``target`` finds what a filter means."""

    def render(self, payload: Mapping[str, Any], view: View, href: Href) -> Any:
        """Return the JSON value; None: nothing to send."""
        raise NotImplementedError

    def target(self, rest: str) -> Target | None:
        """Return what ``attribute.rest`` stands for; ``rest`` is empty for itself."""
        raise NotImplementedError


@dataclass(frozen=True)
class Column(Attr):
    """A column of the table; the caller writes it."""

    name: str
    type: str = TEXT

    def render(self, payload, view, href):
        return payload[self.name]

    def target(self, rest):
        return None if rest else Target(column=self.name, type=self.type)


@dataclass(frozen=True)
class Value(Attr):
    """A text, a date, or a boolean in words."""

    key: str
    type: str = TEXT

    def render(self, payload, view, href):
        return payload.get(self.key)

    def target(self, rest):
        return None if rest else Target((self.key,), type=self.type)


@dataclass(frozen=True)
class Contact(Attr):
    """A text that everybody gets, or a private one for those with the switch."""

    key: str

    def render(self, payload, view, href):
        private = payload.get("contact", {}) if CONTACTS in view.grants else {}
        return payload.get(self.key) or private.get(self.key)

    def target(self, rest):
        if rest:
            return None
        return Target((self.key,), private=("contact", self.key), grant=CONTACTS)


@dataclass(frozen=True)
class Texts(Attr):
    """A list of texts."""

    key: str

    def render(self, payload, view, href):
        return payload.get(self.key)

    def target(self, rest):
        return None if rest else Target((self.key,), inner=(), whole=True)


def reference(kind: str, sourced_id: str, href: Href) -> dict[str, str]:
    """A reference as both versions write it."""
    return {"href": href(kind, sourced_id), "sourcedId": sourced_id, "type": kind}


@dataclass(frozen=True)
class Ref(Attr):
    """A reference to one object, when the client may see that."""

    key: str
    kind: str

    def render(self, payload, view, href):
        element = payload.get(self.key)
        if not element or not view.shows(element):
            return None
        return reference(self.kind, element["id"], href)

    def target(self, rest):
        if rest not in ("", "sourcedId"):
            return None
        return Target((self.key,), inner=("id",), lone=True, first=True)


@dataclass(frozen=True)
class Refs(Attr):
    """References to those objects that the client may see, each once."""

    key: str
    kind: str
    inner: str = "id"

    def render(self, payload, view, href):
        if self.key not in payload:
            return None
        visible = [e[self.inner] for e in payload[self.key] if view.shows(e)]
        return [reference(self.kind, one, href) for one in dict.fromkeys(visible)]

    def target(self, rest):
        if rest not in ("", "sourcedId"):
            return None
        return Target((self.key,), inner=(self.inner,))


@dataclass(frozen=True)
class First(Attr):
    """A part of the first visible element: the main role of 1.1."""

    key: str
    inner: str

    def render(self, payload, view, href):
        for element in payload.get(self.key, ()):
            if view.shows(element):
                return element[self.inner]
        return None

    def target(self, rest):
        return None if rest else Target((self.key,), inner=(self.inner,), first=True)


@dataclass(frozen=True)
class UserIds(Attr):
    """``[{type, identifier}]``; the state's id only for clients with the switch."""

    def render(self, payload, view, href):
        return [
            {"type": e["type"], "identifier": e["identifier"]}
            for e in payload.get("userIds", ())
            if view.shows(e)
        ]

    def target(self, rest):
        known = rest in ("type", "identifier")
        return Target(("userIds",), inner=(rest,)) if known else None


@dataclass(frozen=True)
class Roles(Attr):
    """The roles of 1.2; exactly one is primary at each org."""

    def render(self, payload, view, href):
        return [
            {
                "roleType": element["roleType"],
                "role": element["role"],
                "org": reference(ORG, element["org"], href),
            }
            | {
                name: element[name]
                for name in ("beginDate", "endDate")
                if name in element
            }
            for element in payload.get("roles", ())
            if view.shows(element)
        ]

    def target(self, rest):
        inner = {
            "role": "role",
            "roleType": "roleType",
            "org": "org",
            "org.sourcedId": "org",
        }.get(rest)
        return Target(("roles",), inner=(inner,)) if inner else None


BASE: dict[str, Attr] = {
    "sourcedId": Column("sourced_id"),
    "status": Column("status"),
    "dateLastModified": Column("date_last_modified", DATETIME),
}
_NAMES: dict[str, Attr] = {
    "enabledUser": Value("enabledUser"),
    "givenName": Value("givenName"),
    "familyName": Value("familyName"),
    "middleName": Value("middleName"),
    "identifier": Value("identifier"),
    "userIds": UserIds(),
    "email": Contact("email"),
    "phone": Contact("phone"),
    "agents": Refs("agents", USER),
    "grades": Texts("grades"),
}
_SHARED: dict[str, dict[str, Attr]] = {
    ORG: {
        "name": Value("name"),
        "type": Value("type"),
        "identifier": Value("identifier"),
        "parent": Ref("parent", ORG),
        "children": Refs("children", ORG),
    },
    SESSION: {
        "title": Value("title"),
        "type": Value("type"),
        "startDate": Value("startDate", DATE),
        "endDate": Value("endDate", DATE),
        "schoolYear": Value("schoolYear"),
        "parent": Ref("parent", SESSION),
        "children": Refs("children", SESSION),
    },
    COURSE: {
        "title": Value("title"),
        "courseCode": Value("courseCode"),
        "schoolYear": Ref("schoolYear", SESSION),
        "grades": Texts("grades"),
        "subjects": Texts("subjects"),
        "org": Ref("org", ORG),
    },
    CLASS: {
        "title": Value("title"),
        "classCode": Value("classCode"),
        "classType": Value("classType"),
        "location": Value("location"),
        "grades": Texts("grades"),
        "subjects": Texts("subjects"),
        "course": Ref("course", COURSE),
        "school": Ref("school", ORG),
        "terms": Refs("terms", SESSION),
    },
    ENROLLMENT: {
        "user": Ref("user", USER),
        "class": Ref("class", CLASS),
        "school": Ref("school", ORG),
        "primary": Value("primary"),
        "beginDate": Value("beginDate", DATE),
        "endDate": Value("endDate", DATE),
    },
    DEMOGRAPHIC: {
        "birthDate": Value("birthDate", DATE),
        **{
            name: Value(name)
            for name in (
                "americanIndianOrAlaskaNative",
                "asian",
                "blackOrAfricanAmerican",
                "nativeHawaiianOrOtherPacificIslander",
                "white",
                "demographicRaceTwoOrMoreRaces",
                "hispanicOrLatinoEthnicity",
            )
        },
    },
}
_OWN: dict[str, dict[str, dict[str, Attr]]] = {
    V11: {
        USER: {
            "username": Value("handle"),
            **_NAMES,
            "role": First("roles", "legacy"),
            "orgs": Refs("roles", ORG, "org"),
        },
        ENROLLMENT: {"role": Value("legacyRole")},
        DEMOGRAPHIC: {"sex": Value("legacySex")},
    },
    V12: {
        USER: {
            **_NAMES,
            "preferredFirstName": Value("preferredFirstName"),
            "roles": Roles(),
            "primaryOrg": Ref("primaryOrg", ORG),
        },
        ENROLLMENT: {"role": Value("role")},
        DEMOGRAPHIC: {"sex": Value("sex")},
    },
}


def attributes(version: str, kind: str) -> dict[str, Attr]:
    """Return all attributes of a kind in a version, by name."""
    return BASE | _SHARED.get(kind, {}) | _OWN[version].get(kind, {})


def find_target(attrs: Mapping[str, Attr], name: str) -> Target | None:
    """Return what a name with dots stands for, or None when it is unknown."""
    head, _dot, rest = name.partition(".")
    attr = attrs.get(head)
    return attr.target(rest) if attr else None


def render(
    attrs: Mapping[str, Attr], payload: Mapping[str, Any], view: View, href: Href
) -> dict[str, Any]:
    """Write an object; attributes without a value are left out."""
    written = ((name, attr.render(payload, view, href)) for name, attr in attrs.items())
    return {name: value for name, value in written if value is not None}
