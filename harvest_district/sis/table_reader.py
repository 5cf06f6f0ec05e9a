"""Read one OneRoster CSV file of a roster into entities."""

from collections.abc import Mapping
from typing import Any

from .bundle import Bundle
from .cells import Cells
from .errors import BadValue
from .headered import Columns, HeaderedFile
from .problems import Problem, Problems
from .roster import Roster
from .row_loader import RowLoader, columns_in_11
from .tables import Table
from .text import TextProfile
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
        self.unidentified = 0
        self._version = version
        self._problems = problems
        required = (*_ALWAYS, *table.required, *columns_in_11(table, version))
        columns = Columns(
            tuple(dict.fromkeys(required)),
            (*_STATUS, *table.optional),
            table.dropped,
            _ALIASES,
        )
        self._csv = HeaderedFile(
            bundle, table.name, profile.encoding, problems, columns
        )
        self.file = self._csv.file

    def check_header(self) -> list[Problem]:
        """Understand the header row; return what makes the file unusable."""
        return self._csv.check_header()

    def read_into(self, roster: Roster, grade_names: Mapping[str, str]) -> None:
        """Read every row.

        :raise RosterError: the file was cut off, or a spreadsheet has damaged its ids
        """
        loader = RowLoader(roster, self.table, self._version, self.file, grade_names)

        def refuse(
            code: str, number: int, cells: list[str], widths: dict[str, Any]
        ) -> None:
            loader.set_aside(self._handle(number, cells), BadValue(code, **widths))

        for number, values in self._csv.rows(refuse):
            loader.load(number, values)
        self.unidentified = loader.unidentified

    def _handle(self, number: int, cells: list[str]) -> Cells:
        """Whose row it is, as far as a row of a wrong width can tell."""
        handle = Cells(self.file, self._problems, {})
        handle.row = number
        if self._csv.found.index("sourcedId") == 0:
            # only then is it certain that nothing before it is missing
            handle.id = clean(cells[0])
        return handle
