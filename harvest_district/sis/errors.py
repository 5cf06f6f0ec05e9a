"""One exception tree: what stops a roster from being read at all."""

from collections.abc import Iterable
from typing import Any

from . import problems as _problems
from .problems import Problem


class RosterError(Exception):
    """A source cannot be used; nothing of it may be applied.

    ``problem`` is what stopped the reading, ``problems`` all that was found until then.
    """

    def __init__(self, problem: Problem, problems: Iterable[Problem] = ()) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.problems = tuple(problems) or (problem,)

    @classmethod
    def of(cls, code: str, file: str = "", row: int = 0, column: str = "", **params):
        """Make one from a problem code and its place."""
        return cls(_problems.make(code, file, row, column, **params))

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def file(self) -> str:
        return self.problem.file

    @property
    def row(self) -> int:
        return self.problem.row

    @property
    def column(self) -> str:
        return self.problem.column

    @property
    def remedy(self) -> str:
        return self.problem.remedy


class UnreadableFile(RosterError):
    """The bytes are damaged or in no form that can be read: zip, encoding, quotes."""


class UnsafeFile(RosterError):
    """The archive could harm: it is too large, leaves its folder, or hides files."""


class RefusedFile(RosterError):
    """It can be read, but it is not a roster that may be trusted as a whole."""


class NothingNew(RosterError):
    """The source holds only what was read already; a run ends well without changes."""


class BadValue(Exception):
    """A cell cannot be understood; its row is set aside. Never leaves this package."""

    def __init__(self, code: str, column: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.column = column
        self.params = params
