"""Claims of any shape, as the lists of texts that mappings compare with."""

from collections.abc import Mapping
from typing import Any

_MAX_DEPTH = 4
_MAX_VALUES = 1000


def flatten(claims: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return every claim as a list; what is nested gets dotted names.

    ``{"realm_access": {"roles": ["a"]}}`` becomes ``{"realm_access.roles": ["a"]}``,
    and so does a list of objects. What is deeper than ``_MAX_DEPTH`` is left out.
    """
    found: dict[str, list[str]] = {}
    _collect(claims, "", found, 0)
    return found


def _collect(value: Any, name: str, found: dict[str, list[str]], depth: int) -> None:
    if isinstance(value, Mapping) and depth < _MAX_DEPTH:
        for key, inner in value.items():
            _collect(inner, f"{name}.{key}" if name else str(key), found, depth + 1)
    elif isinstance(value, list) and depth < _MAX_DEPTH:
        for inner in value[:_MAX_VALUES]:
            _collect(inner, name, found, depth + 1)
    elif isinstance(value, bool):
        found.setdefault(name, []).append("true" if value else "false")
    elif isinstance(value, str | int):
        found.setdefault(name, []).append(str(value))
