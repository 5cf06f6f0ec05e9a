"""What a user may do, and where, at a moment; and how two moments differ."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Access:
    """What a user may do, and where, as codes and numbers."""

    roles: frozenset[str] = frozenset()
    sites: frozenset[int] = frozenset()
    districts: frozenset[int] = frozenset()
    scope: str | None = None
    active: bool = False

    def describe_change(self, new: Access) -> dict:
        """Return what ``new`` has other than this, for the detail of an event."""
        told = {}
        for name in ("roles", "sites", "districts"):
            mine, theirs = getattr(self, name), getattr(new, name)
            told[f"{name}_given"] = sorted(theirs - mine)
            told[f"{name}_taken"] = sorted(mine - theirs)
        for name in ("scope", "active"):
            if getattr(self, name) != getattr(new, name):
                told[name] = getattr(new, name)
        return {name: value for name, value in told.items() if value not in ([], None)}
