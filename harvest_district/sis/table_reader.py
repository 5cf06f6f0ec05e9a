"""Read one CSV file of a roster: header, widths, status, duplicates."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .bundle import Bundle
from .cells import Cells
from .errors import BadValue, RefusedFile
from .problems import Problem, Problems, make
from .roster import Roster
from .row_loader import RowLoader, columns_in_11
from .tables import Table
from .text import TextProfile, read_rows
from .values import clean

_ALWAYS = ("sourcedId",)
_STATUS = ("status", "dateLastModified")
_ALIASES = {
    "preferredfirstname": "preferredGivenName",
    "preferredlastname": "preferredFamilyName",
}


class TableReader:
    """Reads one file; ``unidentified`` counts rows of which it cannot be told whose."""

    def __init__(
        self,
        bundle: Bundle,
        table: Table,
        version: str,
        profile: TextProfile,
        problems: Problems,
    ) -> None:
        self.table = table
        self.file = bundle.file_name(table.name)
        self.unidentified = 0
        self._bundle = bundle
        self._version = version
        self._profile = profile
        self._problems = problems
        self._columns: list[str | None] = []  # known column at each position

    def check_header(self) -> list[Problem]:
        """Understand the header row; return what makes the file unusable."""
        cells = next(self._rows(), (1, []))[1]
        header = [clean(cell.replace("\ufeff", "")) for cell in cells]
        if len(header) == 1 and re.search(r"[;\t|]", header[0]):
            return [make("wrong_delimiter", self.file, 1)]
        known = self._known_columns()
        for name in header:
            # a column metadata.name is an extension, whatever it is called
            column = None if "." in name else known.get(_letters(name))
            if column and name != column:
                self._problems.add("header_spelling", self.file, 1, column)
            self._columns.append(column)
        self._report_unread(header)
        in_11 = columns_in_11(self.table, self._version)
        wanted = (*_ALWAYS, *self.table.required, *in_11)
        return [
            make("header_twice", self.file, 1, column)
            for column in dict.fromkeys(self._columns)
            if column and self._columns.count(column) > 1
        ] + [
            make("header_missing", self.file, 1, column)
            for column in wanted
            if column not in self._columns
        ]

    def _known_columns(self) -> dict[str, str]:
        table = self.table
        names = (*_ALWAYS, *_STATUS, *table.required, *table.optional)
        return {_letters(name): name for name in names} | _ALIASES

    def _report_unread(self, header: list[str]) -> None:
        dropped = {name.lower() for name in self.table.dropped}
        extra = 0
        for name, column in zip(header, self._columns, strict=True):
            if column or not name or name.startswith("metadata."):
                continue
            if name.lower() in dropped:
                self._problems.add("dropped_by_policy", self.file, 1, name)
            else:
                extra += 1
        if extra:
            self._problems.add("header_unknown", self.file, 1, count=extra)

    def read_into(self, roster: Roster, grade_names: Mapping[str, str]) -> None:
        """Read every row.

        :raise RosterError: the file was cut off, or a spreadsheet has damaged its ids
        """
        loader = RowLoader(roster, self.table, self._version, self.file, grade_names)
        for number, values in self._values(loader):
            loader.load(number, values)
        self.unidentified = loader.unidentified

    def _values(self, loader: RowLoader) -> Iterator[tuple[int, dict[str, str]]]:
        """Rows as cleaned cells by column; rows of a wrong width are set aside."""
        used = [(i, column) for i, column in enumerate(self._columns) if column]
        width = len(self._columns)
        cut: tuple[int, list[str]] | None = None
        rows = self._rows()
        next(rows, None)  # header
        for number, cells in rows:
            if cut:
                self._wrong_width(loader, "row_too_short", *cut)
                cut = None
            if len(cells) < width:
                cut = (number, cells)
                continue
            if len(cells) > width:
                if any(cell.strip() for cell in cells[width:]):
                    self._wrong_width(loader, "row_too_long", number, cells)
                    continue
                self._problems.add("extra_cells", self.file, number)
            yield number, {column: clean(cells[i]) for i, column in used}
        if cut:
            raise self._cut_off(*cut)

    def _wrong_width(
        self, loader: RowLoader, code: str, number: int, cells: list[str]
    ) -> None:
        handle = Cells(self.file, self._problems, {})
        handle.row = number
        place = self._columns.index("sourcedId")
        if place == 0:  # only then is it certain that nothing before it is missing
            handle.id = clean(cells[0])
        loader.set_aside(handle, BadValue(code, **self._widths(cells)))

    def _cut_off(self, number: int, cells: list[str]) -> RefusedFile:
        column = self._columns[len(cells)] or ""
        return RefusedFile.of(
            "file_truncated", self.file, number, column, **self._widths(cells)
        )

    def _widths(self, cells: list[str]) -> dict[str, Any]:
        return {"found": len(cells), "expected": len(self._columns)}

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        return read_rows(self._bundle, self.table.name, self._profile.encoding)


def _letters(name: str) -> str:
    """A header as it is compared: ``Sourced_ID`` is ``sourcedId``."""
    return re.sub(r"[^a-z]", "", name.lower())
