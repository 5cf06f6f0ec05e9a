"""PowerSchool's JSON is XML in disguise: one is no list, none is "", text is a number.

Everything that is read goes through here first.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from ..net import NetError

_NULL = "null"  # the literal text where a date is not set


def as_list(value: Any) -> list[dict]:
    """The objects of ``[…]``, of one that came alone, or of nothing (None, "")."""
    if isinstance(value, Mapping):
        return [dict(value)]
    if isinstance(value, list):
        return [dict(item) for item in value if isinstance(item, Mapping)]
    return []


def as_object(value: Any) -> dict:
    """One object; ``{}`` of nothing; the first of a list with one."""
    return next(iter(as_list(value)), {})


def nested(value: Any, inner: str) -> list[dict]:
    """``{inner: […]}`` and ``[{inner: {…}}, …]`` and ``[{…}]`` as one list."""
    return [
        found for item in as_list(value) for found in as_list(item.get(inner, item))
    ]


def text(value: Any) -> str:
    """A text, though it came as a number: ``1234`` and ``1234.0`` are "1234"."""
    if value is None or isinstance(value, Mapping | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def flag(value: Any) -> bool | None:
    """True, "true", 1, "1" and their opposites; None when it is not said."""
    said = text(value).lower()
    return {"true": True, "1": True, "false": False, "0": False}.get(said)


def day(value: Any) -> str:
    """An ISO date; "" for nothing and for the literal ``null``."""
    said = text(value)
    return "" if said.lower() == _NULL else said[:10]


def last_day(value: Any) -> str:
    """The last day before an exit: PowerSchool's ends are exclusive."""
    said = day(value)
    with suppress(ValueError):
        return (date.fromisoformat(said) - timedelta(days=1)).isoformat()
    return said  # to be reported as no date


def rows_of(payload: Any, place: str, outer: str, inner: str) -> list[dict]:
    """``{"students": {"student": […]}}``, in all its shapes.

    :raise NetError: ``envelope_missing``: not even the outer key is there
    """
    if not isinstance(payload, Mapping) or outer not in payload:
        raise NetError.of("envelope_missing", place, key=outer)
    found = payload[outer]
    return as_list(found.get(inner) if isinstance(found, Mapping) else found)


def count_of(payload: Any, place: str) -> int:
    """``{"resource": {"count": 293}}`` or ``{"count": "293"}``.

    :raise NetError: ``envelope_missing``
    """
    found = payload.get("resource", payload) if isinstance(payload, Mapping) else {}
    said = text(found.get("count")) if isinstance(found, Mapping) else ""
    if not said.isdecimal():
        raise NetError.of("envelope_missing", place, key="count")
    return int(said)


def query_rows(payload: Any, place: str) -> list[dict]:
    """Rows of a PowerQuery, flat; no ``record`` is no row.

    :raise NetError: ``envelope_missing``
    """
    if not isinstance(payload, Mapping) or not {"record", "name", "count"} & set(
        payload
    ):
        raise NetError.of("envelope_missing", place, key="record")
    flat = []
    for row in as_list(payload.get("record")):
        own = {k: v for k, v in row.items() if not isinstance(v, Mapping | list)}
        tables = row.get("tables")
        for table in tables.values() if isinstance(tables, Mapping) else ():
            own |= table
        flat.append(own)
    return flat
