"""Read a CSV file with a header: known columns at their places, rows of one width."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from odoo.addons.harvest_base.never_stored import by_name

from .bundle import Bundle
from .errors import RefusedFile
from .problems import Problem, Problems, make
from .text import read_rows
from .values import clean

# Takes (code, row number, cells, params) of a row that has a wrong width.
Refuse = Callable[[str, int, list[str], dict[str, Any]], None]


class Columns(NamedTuple):
    """The columns that are looked for, as their specification spells them.

    ``required`` must be in the header; ``dropped`` are secrets and what is not kept;
    ``aliases`` are other spellings, letters and digits only, in lower case.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    aliases: Mapping[str, str] = {}


class HeaderedFile:
    """One CSV file; first ``check_header``, then ``rows``.

    ``found``
        the known column at each position, None where it is not read.
    """

    def __init__(
        self,
        bundle: Bundle,
        name: str,
        encoding: str,
        problems: Problems,
        columns: Columns,
        delimiter: str = ",",
    ) -> None:
        self.file = bundle.file_name(name)
        self.found: list[str | None] = []
        self._bundle = bundle
        self._name = name
        self._encoding = encoding
        self._problems = problems
        self._columns = columns
        self._delimiter = delimiter

    def check_header(self) -> list[Problem]:
        """Understand the header row; return what makes the file unusable."""
        cells = next(self._rows(), (1, []))[1]
        header = [clean(cell.replace("\ufeff", "")) for cell in cells]
        if len(header) == 1 and re.search(r"[;\t|]", header[0]):
            return [make("wrong_delimiter", self.file, 1)]
        known = self._known()
        for name in header:
            column = self._recognise(name, known)
            if column and name != column:
                self._problems.add("header_spelling", self.file, 1, column)
            self.found.append(column)
        self._report_unread(header)
        return [
            make("header_twice", self.file, 1, column)
            for column in dict.fromkeys(self.found)
            if column and self.found.count(column) > 1
        ] + [
            make("header_missing", self.file, 1, column)
            for column in self._columns.required
            if column not in self.found
        ]

    def _known(self) -> dict[str, str]:
        names = (*self._columns.required, *self._columns.optional)
        return {letters(name): name for name in names} | dict(self._columns.aliases)

    def _recognise(self, name: str, known: Mapping[str, str]) -> str | None:
        # a column metadata.name is an extension, whatever it is called
        return None if "." in name else known.get(letters(name))

    def _report_unread(self, header: list[str]) -> None:
        dropped = {letters(name) for name in self._columns.dropped}
        extra = 0
        for name, column in zip(header, self.found, strict=True):
            if column or not name:
                continue
            if letters(name) in dropped or by_name(name):
                self._problems.add("dropped_by_policy", self.file, 1, name)
            elif not name.startswith("metadata."):
                extra += 1
        if extra:
            self._problems.add("header_unknown", self.file, 1, count=extra)

    def rows(self, refuse: Refuse) -> Iterator[tuple[int, dict[str, str]]]:
        """(row number, cleaned cells by column); a row of a wrong width is refused.

        :raise RefusedFile: ``file_truncated``: only the last row is too short
        """
        used = [(i, column) for i, column in enumerate(self.found) if column]
        width = len(self.found)
        cut: tuple[int, list[str]] | None = None
        rows = self._rows()
        next(rows, None)  # header
        for number, cells in rows:
            if cut:
                refuse("row_too_short", *cut, self._widths(cut[1]))
                cut = None
            if len(cells) < width:
                cut = (number, cells)
                continue
            if len(cells) > width:
                if any(cell.strip() for cell in cells[width:]):
                    refuse("row_too_long", number, cells, self._widths(cells))
                    continue
                self._problems.add("extra_cells", self.file, number)
            yield number, {column: clean(cells[i]) for i, column in used}
        if cut:
            raise self._cut_off(*cut)

    def _cut_off(self, number: int, cells: list[str]) -> RefusedFile:
        column = self.found[len(cells)] or ""
        return RefusedFile.of(
            "file_truncated", self.file, number, column, **self._widths(cells)
        )

    def _widths(self, cells: list[str]) -> dict[str, Any]:
        return {"found": len(cells), "expected": len(self.found)}

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        return read_rows(self._bundle, self._name, self._encoding, self._delimiter)


def letters(name: str) -> str:
    """A header as it is compared: ``Sourced_ID`` is ``sourcedId``."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
