"""From a row, cells by column, to an entity: the same for every source."""

from collections.abc import Mapping

from . import kinds, vocab
from .canonical import Entity
from .cells import Cells
from .errors import BadValue
from .manifest import V11
from .problems import Problems
from .roster import Roster
from .tables import Table
from .values import shape


class RowLoader:
    """Loads the rows of one table; ``unidentified`` counts rows of nobody knows whom.

    :param file: what messages call the source of the rows
    :param last_wins: of two rows with one id the later one counts (a page that was
        read while the system was written to); else both are set aside
    """

    def __init__(
        self,
        roster: Roster,
        table: Table,
        version: str,
        file: str,
        grade_names: Mapping[str, str],
        *,
        last_wins: bool = False,
    ) -> None:
        self.table = table
        self.unidentified = 0
        self._roster = roster
        self._problems: Problems = roster.problems
        self._cells = Cells(file, self._problems, grade_names)
        self._cells.shares_id = table.kind != kinds.MEMBERSHIP
        # A person may have no org.
        self._required = (*table.required, *columns_in_11(table, version)[:1])
        self._last_wins = last_wins

    def load(self, number: int, values: dict[str, str]) -> None:
        """Take a row of clean texts by column, or set it aside.

        :raise RosterError: a spreadsheet has damaged its ids
        """
        try:
            self._cells.load(number, values)
            self._take()
        except BadValue as error:
            self.set_aside(self._cells, error)

    def _take(self) -> None:
        cells, kind, roster = self._cells, self.table.kind, self._roster
        cells.drop_never_stored()
        status = cells["status"].lower() or vocab.ACTIVE
        if status in vocab.REMOVED:
            known = cells.id in roster.entities(kind) or cells.id in roster.aside(kind)
            if known and not self._last_wins:
                raise BadValue("duplicate", "sourcedId")
            roster.entities(kind).pop(cells.id, None)
            roster.removed(kind).add(cells.id)
            return
        if status != vocab.ACTIVE:
            raise BadValue("unknown_value", "status", shape=shape(status))
        for column in self._required:
            if not cells[column]:
                raise BadValue("value_missing", column)
        self._keep(self.table.build(cells))

    def _keep(self, entity: Entity) -> None:
        kind, roster = self.table.kind, self._roster
        known = roster.entities(kind)
        if self._last_wins:
            roster.aside(kind).discard(entity.id)
            roster.removed(kind).discard(entity.id)
            known[entity.id] = entity
            return
        if entity.id in roster.aside(kind) or entity.id in roster.removed(kind):
            raise BadValue("duplicate", "sourcedId")
        other = known.get(entity.id)
        if other is None:
            known[entity.id] = entity
        elif other[:-1] == entity[:-1]:  # all but the row
            self._cells.warn("duplicate_same", "sourcedId")
        else:
            raise BadValue("duplicate", "sourcedId")

    def set_aside(self, cells: Cells, error: BadValue) -> None:
        """Report a row that cannot be used; what is known of it stays as it is."""
        self._problems.add(
            error.code, cells.file, cells.row, error.column, **error.params
        )
        if not cells.id:
            self.unidentified += 1
            return
        kind, roster = self.table.kind, self._roster
        roster.aside(kind).add(cells.id)
        # Another row of this id, good or not, cannot be trusted more than this one.
        roster.entities(kind).pop(cells.id, None)
        roster.removed(kind).discard(cells.id)


def columns_in_11(table: Table, version: str) -> tuple[str, ...]:
    """Columns of users that OneRoster 1.2 has moved to a table of their own."""
    if table.kind == kinds.PERSON and version == V11:
        return ("role", "orgSourcedIds")
    return ()
