"""limit, offset, sort, filter and fields (interop 1.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from .catalog import DATE, DATETIME, Attr, Target, find_target
from .errors import bad_data, bad_filter, bad_selection

LIMIT_DEFAULT = 100
LIMIT_MAX = 10_000  # Microsoft asks for 5,000 rows a page, Google for 10,000
OFFSET_MAX = 2**62  # what PostgreSQL can count
CLAUSES_MAX = 20
FILTER_MAX = 4_000  # characters

# Within a value a quote is doubled or goes before a letter: clients send O'Brien.
_CLAUSE = re.compile(
    r"\s*(?P<field>[\w.:-]+)\s*(?P<predicate>!=|>=|<=|=|>|<|~)\s*"
    r"'(?P<value>(?:[^']|''|'(?=\w))*?)'\s*(?:$|\s(?P<connector>AND|OR)\s)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Clause:
    """``target predicate value``; the value as text, a date or an aware datetime."""

    target: Target
    predicate: str
    value: str | date | datetime


@dataclass(frozen=True)
class Query:
    """What a client asked for, checked.

    :param filter: alternatives of clauses that hold together: OR of ANDs
    :param fields: names to send; None: all
    :param unknown_fields: names that were asked for and do not exist
    """

    limit: int = LIMIT_DEFAULT
    offset: int = 0
    sort: Target | None = None
    descending: bool = False
    filter: tuple[tuple[Clause, ...], ...] = ()
    fields: tuple[str, ...] | None = None
    unknown_fields: tuple[str, ...] = ()


def parse_query(params: Mapping[str, str], attrs: Mapping[str, Attr]) -> Query:
    """Read the parameters of a list.

    :raise ApiError: with the status and the minor code that the specification sets
    """
    fields, unknown = parse_fields(params.get("fields"), attrs)
    return Query(
        limit=min(_number(params, "limit", LIMIT_DEFAULT, 1), LIMIT_MAX),
        offset=min(_number(params, "offset", 0, 0), OFFSET_MAX),
        sort=_parse_sort(params.get("sort", ""), attrs),
        descending=params.get("orderBy", "asc").strip().lower() == "desc",
        filter=parse_filter(params["filter"], attrs) if "filter" in params else (),
        fields=fields,
        unknown_fields=unknown,
    )


def _number(params: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = params.get(name)
    if text is None:
        return default
    # Digits only, and few: int() refuses thousands of them with an error of its own.
    if not re.fullmatch(r"[0-9]{1,4000}", text.strip()) or int(text) < least:
        raise bad_data(f"“{name}” is a whole number, {least} or more.")
    return int(text)


def _parse_sort(name: str, attrs: Mapping[str, Attr]) -> Target | None:
    """An unknown field is no error: the order is then the default."""
    target = find_target(attrs, name)
    return None if target is None or target.many else target


def parse_fields(
    text: str | None, attrs: Mapping[str, Attr]
) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Return (names to send, names that do not exist); an unknown one means all."""
    if text is None:
        return None, ()
    names = [name.strip() for name in text.split(",")]
    if not any(names):
        raise bad_selection("“fields” is empty. Name the fields to send, or leave it.")
    unknown = tuple(name for name in names if name not in attrs)
    return (None if unknown else tuple(dict.fromkeys(names))), unknown


def parse_filter(
    text: str, attrs: Mapping[str, Attr]
) -> tuple[tuple[Clause, ...], ...]:
    """Read ``a='x' AND b>'y' OR c~'z'``; AND binds before OR.

    The specification promises two clauses; clients in the field send three.
    """
    if len(text) > FILTER_MAX:
        raise bad_filter("The filter is too long.")
    alternatives: list[list[Clause]] = [[]]
    place, more, count = 0, True, 0
    while more:
        match = _CLAUSE.match(text, place)
        count += 1
        if not match or count > CLAUSES_MAX:
            raise bad_filter(
                "The filter is not of the form field='value', joined by AND or OR."
            )
        alternatives[-1].append(_clause(match, attrs))
        place, connector = match.end(), (match["connector"] or "").upper()
        more = bool(connector)
        if connector == "OR":
            alternatives.append([])
    return tuple(map(tuple, alternatives))


def _clause(match: re.Match[str], attrs: Mapping[str, Attr]) -> Clause:
    name, predicate = match["field"], match["predicate"]
    target = find_target(attrs, name)
    if target is None:
        raise bad_filter(f"There is no field “{name[:64]}” to filter by.")
    if target.many and predicate not in ("=", "!=", "~"):
        raise bad_filter(f"“{name}” is a list: it can only be compared by = != ~.")
    value = match["value"].replace("''", "'").replace("\0", "")
    if predicate == "~" and not target.many:
        return Clause(target, predicate, value)
    return Clause(target, predicate, _typed(target, value, name))


def _typed(target: Target, value: str, name: str) -> str | date | datetime:
    try:
        if target.type == DATETIME:
            return to_moment(value)
        if target.type == DATE:
            return date.fromisoformat(value.strip()[:10])
    except (ValueError, OverflowError):  # the latter: no year 0 or 10000 in UTC
        raise bad_filter(f"“{name}” is compared with an ISO 8601 date.") from None
    return value


def to_moment(text: str) -> datetime:
    """Read a moment as vendors write it; without a zone it is UTC.

    :raise ValueError: it is none
    """
    # In a URL that was not encoded, the plus of a time zone arrives as a space.
    text = re.sub(r" (\d\d:?\d\d)$", r"+\1", text.strip()) if "T" in text else text
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def summarize(params: Mapping[str, str]) -> str:
    """Say what was asked for without the values of a filter, which may be names."""
    known = ("limit", "offset", "sort", "orderBy", "fields")
    parts = [f"{name}={params[name][:100]}" for name in known if name in params]
    if "filter" in params:
        text = params["filter"][:FILTER_MAX]
        named = [match["field"][:64] for match in _CLAUSE.finditer(text)]
        parts.append(f"filter({', '.join(named[:CLAUSES_MAX])})")
    return "&".join(parts)
