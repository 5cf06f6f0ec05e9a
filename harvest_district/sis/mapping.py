"""A person's mapping of any source onto the OneRoster tables: data, no code.

The JSON (``Settings.extra["mapping"]``) is a list of *table mappings*; several may fill
one table, such as students and their parents from the same file::

    {"table": "users", "label": "Students",
     "origin": {"kind": "csv", "name": "students.csv", "delimiter": ","},
     "filters": ["STATUS = A", "GRADE in K, 1, 2"],
     "fields": [
       {"column": "sourcedId", "kind": "column", "source": "STUDENT_ID"},
       {"column": "role", "kind": "constant", "source": "student"},
       {"column": "agentSourcedIds", "kind": "template", "source": "p-{P1_EMAIL}"},
       {"column": "birthDate", "kind": "column", "source": "DOB", "date": "mdy"},
       {"column": "grades", "kind": "column", "source": "GR", "separator": ";",
        "values": {"0": "KG"}}]}

``origin.kind`` is csv, json, sql or fixed (one row that has nothing but constants: the
district, the school year). In JSON sources ``source`` is a JMESPath expression, and so
are the names in templates.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from .builder import as_cell
from .dates import DATE_FORMATS, to_iso
from .errors import RefusedFile
from .manifest import V11, V12
from .problems import Problem, make
from .tables import TABLES

CSV, JSON, SQL, FIXED = "csv", "json", "sql", "fixed"
COLUMN, CONSTANT, TEMPLATE = "column", "constant", "template"
PAGINGS = ("none", "offset", "page", "cursor", "link")
_TABLES = {table.name: table for table in TABLES}
_NEEDED = ("orgs", "academicSessions", "users")  # of a complete roster
_DATES = frozenset(
    {"birthDate", "startDate", "endDate", "beginDate", "dateStart", "dateEnd"}
)
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_FILTER = re.compile(
    r"\s*(?P<name>.+?)\s*"
    r"(?:(?P<unary>\bis\s+not\s+empty|\bis\s+empty)"
    r"|(?P<many>\bnot\s+in\b|\bin\b)\s*(?P<list>.+)"
    r"|(?P<one>!=|=)(?P<value>.*))\s*"
)

Row = Mapping[str, Any]
Getter = Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the rows of a table mapping come from; see ``rows``.

    ``name``
        file, path of an API, or SELECT statement.
    ``items``
        JMESPath to the list in an answer, "" when the answer is the list.
    ``page_param``, ``size_param``, ``size``
        how a page is asked for; ``next`` and ``total`` are JMESPaths in the answer.
    """

    kind: str
    name: str = ""
    delimiter: str = ","
    items: str = ""
    paging: str = "none"
    page_param: str = ""
    size_param: str = ""
    size: int = 0
    next: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """What fills a column; ``values`` maps what is sent (case does not count)."""

    column: str
    kind: str
    source: str
    values: Mapping[str, str] = field(default_factory=dict)
    date: str = ""
    separator: str = ""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """Rows of one origin into one table."""

    table: str
    origin: Origin
    fields: tuple[Field, ...]
    filters: tuple[str, ...] = ()
    label: str = ""

    @property
    def place(self) -> str:
        """What messages call it."""
        return self.label or self.table

    @property
    def sources(self) -> set[str]:
        """Names of all source columns that are used."""
        names = {name for f in self.fields for name in _names(f)}
        for text in self.filters:
            with suppress(RefusedFile):  # ``check`` reports it
                names.add(_parse_filter(text, self.place).name)
        return names


def load(data: list[Mapping[str, Any]] | None) -> tuple[TableMapping, ...]:
    """Table mappings from JSON."""
    return tuple(
        TableMapping(
            table=one["table"],
            origin=Origin(**one["origin"]),
            fields=tuple(Field(**given) for given in one["fields"]),
            filters=tuple(one.get("filters", ())),
            label=one.get("label", ""),
        )
        for one in data or ()
    )


def version_of(mappings: tuple[TableMapping, ...]) -> str:
    """OneRoster 1.2 when roles are a table of their own."""
    return V12 if any(one.table == "roles" for one in mappings) else V11


def mapped_gaps(mappings: tuple[TableMapping, ...]) -> frozenset[str]:
    """What nobody has mapped: whole tables, and ``table.column``."""
    filled: dict[str, set[str]] = {}
    for one in mappings:
        filled.setdefault(one.table, set()).update(f.column for f in one.fields)
    gaps = set(_TABLES) - set(filled)
    for name, columns in filled.items():
        gaps |= {f"{name}.{c}" for c in columns_of(name) if c not in columns}
    return frozenset(gaps)


def columns_of(table: str) -> tuple[str, ...]:
    """The columns that may be filled, the necessary ones first."""
    found = _TABLES[table]
    return ("sourcedId", *found.required, *found.optional, "status")


def needed_columns(table: str, version: str = V12) -> tuple[str, ...]:
    """The columns that must be filled."""
    more = ("role",) if table == "users" and version == V11 else ()
    return ("sourcedId", *_TABLES[table].required, *more)


# CHECKING


def check_all(mappings: tuple[TableMapping, ...]) -> list[Problem]:
    """What is wrong with a whole mapping."""
    if not mappings:
        return [make("mapping_empty")]
    found = [make("mapping_table_missing", table=t) for t in _missing(mappings)]
    kinds = {one.origin.kind for one in mappings} - {FIXED}
    if len(kinds) > 1:
        found.append(make("mapping_mixed", found=", ".join(sorted(kinds))))
    version = version_of(mappings)
    return found + [p for one in mappings for p in check(one, version)]


def _missing(mappings: tuple[TableMapping, ...]) -> list[str]:
    filled = {one.table for one in mappings}
    return [table for table in _NEEDED if table not in filled]


def check(mapping: TableMapping, version: str = V12) -> list[Problem]:
    """What is wrong with one table mapping."""
    place, origin = mapping.place, mapping.origin
    given = {f.column for f in mapping.fields}
    found = [
        make("mapping_column_missing", place, 0, column)
        for column in needed_columns(mapping.table, version)
        if column not in given
    ]
    known = columns_of(mapping.table)
    found += [
        make("mapping_column_unknown", place, 0, column)
        for column in sorted(given - set(known))
    ]
    if origin.kind != FIXED and not origin.name:
        found.append(make("mapping_source_missing", place))
    return found + _check_expressions(mapping)


def _check_expressions(mapping: TableMapping) -> list[Problem]:
    try:
        Mapper(mapping)
    except RefusedFile as error:
        return [error.problem]
    return []


# MAPPING ROWS


class Mapper:
    """Turns a source's rows into rows of a table.

    :raise RefusedFile: ``mapping_expression``
    """

    def __init__(self, mapping: TableMapping) -> None:
        self._mapping = mapping
        self._is_json = mapping.origin.kind == JSON
        for path in (mapping.origin.items, mapping.origin.next, mapping.origin.total):
            self.compile(path)
        self._filters = [self._filter(text) for text in mapping.filters]
        self._fields = [(f, self._getter(f)) for f in mapping.fields]

    def takes(self, row: Row) -> bool:
        """Whether a source row passes every filter."""
        return all(passes(row) for passes in self._filters)

    def map(self, row: Row) -> dict[str, str]:
        """Columns of the table; several fields of one column are joined by commas.

        :raise RefusedFile: ``date_format_needed``
        """
        cells: dict[str, str] = {}
        for one, get in self._fields:
            text = self._convert(one, get(row))
            other = cells.get(one.column)
            cells[one.column] = f"{other},{text}" if other and text else other or text
        return cells

    def _convert(self, one: Field, value: Any) -> str:
        if isinstance(value, date):  # or a datetime
            value = value.isoformat()
        if one.separator and isinstance(value, str):
            value = [part.strip() for part in value.split(one.separator)]
        if isinstance(value, list):
            return ",".join(filter(None, (self._text(one, part) for part in value)))
        return self._text(one, value)

    def _text(self, one: Field, value: Any) -> str:
        text = as_cell(value)
        if one.values:
            text = one.values.get(text.casefold(), text)
        if one.column in _DATES:
            return to_iso(text, one.date, self._mapping.place, one.column)
        return text

    # COMPILING

    def _getter(self, one: Field) -> Getter:
        if one.date and one.date not in DATE_FORMATS:
            raise self._unclear(one.date, one.column)
        if one.kind == CONSTANT:
            return lambda row: one.source
        if one.kind == COLUMN:
            return self.compile(one.source, one.column)
        return self._template(one)

    def _template(self, one: Field) -> Getter:
        """Text with ``{column}``; empty when one of its columns is empty."""
        parts = {
            name: self.compile(name, one.column)
            for name in _PLACEHOLDER.findall(one.source)
        }

        def fill(row: Row) -> str:
            values = {name: as_cell(get(row)) for name, get in parts.items()}
            if not all(values.values()):
                return ""
            return _PLACEHOLDER.sub(lambda match: values[match[1]], one.source)

        return fill

    def compile(self, name: str, column: str = "") -> Getter:
        """How a name is looked up in a row.

        :raise RefusedFile: ``mapping_expression``
        """
        if not self._is_json or not name:
            return lambda row: row.get(name)
        try:
            return jmespath.compile(name).search
        except JMESPathError:
            raise self._unclear(name, column) from None

    def _filter(self, text: str) -> Callable[[Row], bool]:
        wanted = _parse_filter(text, self._mapping.place)
        get = self.compile(wanted.name)

        def passes(row: Row) -> bool:
            found = as_cell(get(row)).casefold()
            return (found in wanted.values) != wanted.negated

        return passes

    def _unclear(self, text: str, column: str = "") -> RefusedFile:
        place = self._mapping.place
        return RefusedFile.of("mapping_expression", place, 0, column, text=text)


@dataclass(frozen=True, slots=True)
class _Filter:
    name: str
    values: frozenset[str]  # casefolded; {""} asks for empty
    negated: bool


def _parse_filter(text: str, place: str) -> _Filter:
    """``COLUMN = value``, ``!=``, ``in a, b``, ``not in``, ``is (not) empty``.

    :raise RefusedFile: ``mapping_expression``
    """
    match = _FILTER.fullmatch(text)
    if not match:
        raise RefusedFile.of("mapping_expression", place, text=text)
    if match["unary"]:
        return _Filter(match["name"], frozenset({""}), "not" in match["unary"])
    if match["many"]:
        values = (value.strip().casefold() for value in match["list"].split(","))
        return _Filter(match["name"], frozenset(values), match["many"] != "in")
    value = match["value"].strip().casefold()
    return _Filter(match["name"], frozenset({value}), match["one"] == "!=")


def parse_values(text: str) -> dict[str, str]:
    """A value map of lines ``sent = ours``.

    :raise RefusedFile: ``mapping_expression``
    """
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        sent, equals, ours = line.partition("=")
        if not equals:
            raise RefusedFile.of("mapping_expression", text=line)
        found[sent.strip().casefold()] = ours.strip()
    return found


def _names(one: Field) -> Iterator[str]:
    if one.kind == COLUMN:
        yield one.source
    elif one.kind == TEMPLATE:
        yield from _PLACEHOLDER.findall(one.source)
