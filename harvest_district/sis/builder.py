"""Build a roster from rows that do not come from OneRoster files.

Every adapter says what it has read in the columns of the OneRoster CSV tables
(``tables.TABLES``); from there all sources take one way: the same cleaning, the same
checks, the same problems.
"""

from collections.abc import Mapping
from typing import Any

from . import kinds
from .errors import RefusedFile
from .manifest import ABSENT, BULK, DELTA, V12
from .problems import make
from .roster import Roster
from .row_loader import RowLoader
from .tables import TABLES
from .values import clean

_TABLES = {table.name: table for table in TABLES}
_REQUIRED = (kinds.ORG, kinds.SESSION, kinds.PERSON)  # of a complete roster, with rows


class RowSink:
    """Takes the rows of one table; from ``RosterBuilder.table``."""

    def __init__(self, loader: RowLoader) -> None:
        self._loader = loader
        self._count = 0

    def add(self, values: Mapping[str, Any], row: int = 0) -> None:
        """Take a row: text, number, boolean, list or None by OneRoster CSV column.

        :param row: its place in the source, for messages; else it is counted
        """
        self._count += 1
        cells = {column: as_cell(value) for column, value in values.items()}
        self._loader.load(row or self._count, cells)

    @property
    def unidentified(self) -> int:
        return self._loader.unidentified


class RosterBuilder:
    """Collects tables into one roster.

    :param version: 1.2 when roles come as a table, 1.1 when users carry them
    :param system: the vendor's name
    :param grade_names: see ``oneroster_csv.ReadOptions``
    """

    def __init__(
        self,
        version: str = V12,
        system: str = "",
        grade_names: Mapping[str, str] | None = None,
    ) -> None:
        self.roster = Roster(version, system)
        self._grade_names = grade_names or {}
        self._sinks: dict[str, RowSink] = {}

    def table(
        self,
        name: str,
        place: str = "",
        *,
        delta: bool = False,
        last_wins: bool = True,
    ) -> RowSink:
        """Open a table by its OneRoster name, ``users``; again: the same sink.

        :param place: what messages call it, such as the path of the resource
        :param last_wins: see ``RowLoader``; false for files, which nobody writes to
            while they are read
        """
        if name not in self._sinks:
            table = _TABLES[name]
            loader = RowLoader(
                self.roster,
                table,
                self.roster.version,
                place or name,
                self._grade_names,
                last_wins=last_wins,
            )
            self.roster.files[table.kind] = place or name
            self.roster.modes[table.kind] = DELTA if delta else BULK
            self._sinks[name] = RowSink(loader)
        return self._sinks[name]

    def complete(self, name: str) -> None:
        """Vouch that the table holds everything there is: absence now means removal.

        Only after the count was proved; a row that nobody could identify forbids it.
        """
        kind = _TABLES[name].kind
        if self.roster.modes.get(kind) == BULK and not self._sinks[name].unidentified:
            self.roster.complete.add(kind)

    def finish(self) -> Roster:
        """Return the roster.

        :raise RefusedFile: a complete reading has no school, no year or no person
        """
        roster = self.roster
        roster.fold_roles()
        empty = [
            make("file_empty", roster.files[kind])
            for kind in _REQUIRED
            if roster.modes.get(kind, ABSENT) == BULK
            and not roster.entities(kind)
            and not roster.aside(kind)
        ]
        if empty:
            raise RefusedFile(empty[0], [*roster.problems, *empty])
        return roster


def as_cell(value: Any) -> str:
    """A JSON value as the text a CSV file would hold; lists joined by commas."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(as_cell(item) for item in value if item is not None)
    return clean(str(value))
