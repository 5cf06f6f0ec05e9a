"""The body of a webhook: ``{"type", "timestamp", "data"}``, and what may be in it.

Source: Standard Webhooks 1.0, "Payload structure".
"""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

# Hierarchical, full stops between identifiers.
_TYPE = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*", re.ASCII)
_TYPE_LENGTH = 128
# U+0000, which no PostgreSQL text holds; an even number of backslashes before it.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class PayloadError(Exception):
    """A body that cannot be understood: ``json_malformed``, ``envelope_malformed``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Envelope(NamedTuple):
    """What a body says; ``timestamp`` as it came, which may be empty."""

    type: str
    timestamp: str
    data: dict[str, Any]


def parse(text: str) -> Envelope:
    """Read a body that was signed rightly.

    :raise PayloadError: no JSON, no object, or none of our database's text
    """
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
        json.dumps(found, ensure_ascii=False).encode()  # no half of a surrogate pair
    except (ValueError, RecursionError):
        raise PayloadError("json_malformed") from None
    if _NUL.search(text):
        raise PayloadError("json_malformed")
    if not isinstance(found, dict):
        raise PayloadError("envelope_malformed")
    kind, data = found.get("type"), found.get("data")
    if not is_type(kind) or not isinstance(data, dict):
        raise PayloadError("envelope_malformed")
    return Envelope(kind, str(found.get("timestamp") or "")[:64], data)


def dump(envelope: dict[str, Any]) -> str:
    """The body that is signed and sent: compact, the same at every attempt."""
    return json.dumps(
        envelope, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )


def show(envelope: dict[str, Any] | None) -> str:
    """The body for a person to read."""
    return json.dumps(envelope, ensure_ascii=False, indent=2) if envelope else ""


def is_type(code: Any) -> bool:
    """Whether this is the name of an event type, such as ``course.completed``."""
    return (
        isinstance(code, str)
        and len(code) <= _TYPE_LENGTH
        and bool(_TYPE.fullmatch(code))
    )


def undeclared(data: dict[str, Any], declared: Collection[str]) -> list[str]:
    """Paths of values that an event type does not declare, sorted.

    :param declared: paths such as ``learner.id``; a list's items share its path
    """
    return sorted(set(_paths(data, "")) - set(declared))


def _paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _paths(inner, path)
    else:
        yield path


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON (RFC 8259 §6)
