"""What a token lets its bearer read (interop 1.2).

``roster-core.readonly`` opens lists and single objects, ``roster.readonly`` the
relationship endpoints too. Demographics need a scope of their own, whatever else a
token holds.
"""

from collections.abc import Collection

from .versions import VERSIONS

PURL = "https://purl.imsglobal.org/spec/or"
ROSTER = "roster-core.readonly"
FULL_ROSTER = "roster.readonly"
DEMOGRAPHICS = "roster-demographics.readonly"
NAMES = (ROSTER, FULL_ROSTER, DEMOGRAPHICS)

DESCRIPTIONS = {
    ROSTER: "Lists and single objects, demographics excepted",
    FULL_ROSTER: "The same, and the lists of one school, course, class or person",
    DEMOGRAPHICS: "Demographics of students",
}


def scope_uri(name: str, version: str) -> str:
    """The name of a scope as a client asks for it."""
    return f"{PURL}/{version}/scope/{name}"


def scope_uris(names: Collection[str]) -> list[str]:
    """The URIs of both versions for short names."""
    return [
        scope_uri(name, version)
        for version in VERSIONS
        for name in NAMES
        if name in names
    ]


def grant(asked: str, allowed: Collection[str]) -> list[str]:
    """Return the URIs to grant, for a space-separated wish; all when none is told.

    Unknown scopes are ignored: clients ask for those of services that we do not have.
    """
    uris = scope_uris(allowed)
    wanted = asked.split()
    return [uri for uri in uris if uri in wanted] if wanted else uris


def allows(held: Collection[str], version: str, needed: Collection[str]) -> bool:
    """Whether one of the needed short names is held for this version."""
    return any(scope_uri(name, version) in held for name in needed)
