"""What was wrong with a roster, where, and what to do about it.

A problem never holds a cell's value: rosters are full of children's data, and problems
end in logs, mails and screenshots. Where the form of a value helps, ``values.shape``
gives it with every letter and digit replaced.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .messages import MESSAGES

FATAL = "fatal"  # the whole source is refused
ERROR = "error"  # the row is set aside, what is known of it stays as it is
WARNING = "warning"  # the row is used, something in it is left out or doubtful
NOTE = "note"  # for information

SEVERITIES = (FATAL, ERROR, WARNING, NOTE)
EXAMPLES = 100  # problems kept per code, file and column; all are counted


class Problem(NamedTuple):
    """One problem; ``row`` counts as a spreadsheet does (header = 1, 0 = no row)."""

    code: str
    severity: str
    file: str = ""
    row: int = 0
    column: str = ""
    params: Mapping[str, Any] = {}

    @property
    def message(self) -> str:
        """English text; translate ``MESSAGES[code].message`` and fill in params."""
        return MESSAGES[self.code].message % self.params

    @property
    def remedy(self) -> str:
        """What the reader can do about it."""
        return MESSAGES[self.code].remedy % self.params

    @property
    def place(self) -> str:
        """``users.csv, row 12, column birthDate`` as far as known."""
        parts = [self.file]
        if self.row:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{place}{self.message} {self.remedy}".rstrip()


def make(
    code: str, file: str = "", row: int = 0, column: str = "", **params
) -> Problem:
    """A problem with the severity that its code has.

    :raise KeyError: if the code is not in ``MESSAGES``
    """
    return Problem(code, MESSAGES[code].severity, file, row, column, params)


class Problems:
    """Collects problems: counts all, keeps the first ``EXAMPLES`` of each sort."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._counts: Counter[tuple[str, str, str, str]] = Counter()

    def add(self, code: str, file: str = "", row: int = 0, column: str = "", **params):
        """Record one problem by its code."""
        self.append(make(code, file, row, column, **params))

    def append(self, problem: Problem) -> None:
        """Record one problem."""
        key = (problem.severity, problem.code, problem.file, problem.column)
        self._counts[key] += 1
        if self._counts[key] <= EXAMPLES:
            self._kept.append(problem)

    def to_json(self) -> list[list[Any]]:
        """What ``from_json`` reads: the kept problems, then the counts."""
        kept = [[p.code, p.file, p.row, p.column, dict(p.params)] for p in self._kept]
        return [kept, [[*key, count] for key, count in self._counts.items()]]

    @classmethod
    def from_json(cls, data: list[list[Any]]) -> "Problems":
        """:raise KeyError: a code is not in ``MESSAGES`` any more"""
        found = cls()
        kept, counts = data
        found._kept = [
            make(code, file, row, column, **params)
            for code, file, row, column, params in kept
        ]
        found._counts = Counter({tuple(key): count for *key, count in counts})
        return found

    def copy(self) -> "Problems":
        """An independent collector with the same contents."""
        other = Problems()
        other._kept = list(self._kept)
        other._counts = self._counts.copy()
        return other

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._kept)

    def __len__(self) -> int:
        return sum(self._counts.values())

    def count(self, severity: str) -> int:
        """How many problems of a severity there were, kept or not."""
        return sum(n for key, n in self._counts.items() if key[0] == severity)

    def codes(self) -> set[str]:
        """Every code met."""
        return {key[1] for key in self._counts}

    def summary(self) -> list[tuple[str, str, str, str, int]]:
        """(severity, code, file, column, count), worst severity first."""
        rank = {severity: i for i, severity in enumerate(SEVERITIES)}
        return sorted(
            ((*key, n) for key, n in self._counts.items()),
            key=lambda line: (rank[line[0]], *line[1:4]),
        )
