"""One row's cells by column, with typed access; what a builder of entities gets."""

from collections.abc import Callable, Mapping
from sys import intern

from odoo.addons.harvest_base.never_stored import by_value

from . import vocab
from .errors import BadValue, RefusedFile
from .problems import Problems
from .values import (
    AMBIGUOUS_GRADES,
    check_id,
    excel_damaged,
    map_grade,
    parse_bool,
    parse_date,
    parse_list,
    parse_school_year,
    shape,
)

# Columns whose ids are looked at one by one.
IDS = ("identifier", "userIds")


class Cells:
    """Typed access to a row; one object is used for all rows of a file.

    Every method names a column as the specification spells it; a column that the file
    does not have reads as empty. Texts that many rows share are interned, which halves
    the memory of a large roster.
    """

    __slots__ = (
        "_grade_names",
        "_problems",
        "_values",
        "file",
        "id",
        "row",
        "shares_id",
    )

    def __init__(
        self, file: str, problems: Problems, grade_names: Mapping[str, str]
    ) -> None:
        self.file = file
        self.row = 0
        self.id = ""
        self.shares_id = True  # other rows refer to this one's id
        self._values: dict[str, str] = {}
        self._problems = problems
        self._grade_names = grade_names

    def load(self, row: int, values: dict[str, str]) -> None:
        """Take the next row.

        :raise BadValue: ``id_missing``, ``id_invalid``
        :raise RefusedFile: ``excel_id``
        """
        self.row = row
        self._values = values
        self.id = ""
        text = values.get("sourcedId", "")
        if not text:
            raise BadValue("id_missing", "sourcedId")
        text = self._id(text, "sourcedId")
        self.id = intern(text) if self.shares_id else text

    def drop_never_stored(self) -> None:
        """Empty the cells that hold what looks like a social security number.

        Lists of ids are left to ``persons``, which drops one id and keeps the others.
        """
        for column, text in self._values.items():
            if column not in IDS and by_value(text):
                self._values[column] = ""
                self.warn("ssn_dropped", column)

    def __getitem__(self, column: str) -> str:
        return self._values.get(column, "")

    def ref(self, column: str) -> str:
        """An id of another row, or ``""``."""
        text = self._values.get(column, "")
        return intern(self._id(text, column)) if text else ""

    def refs(self, column: str) -> tuple[str, ...]:
        """Several ids of other rows, in the order of the cell."""
        return tuple(intern(self._id(text, column)) for text in self.items(column))

    def number(self, column: str, text: str | None = None) -> str:
        """A number that people know (an identifier), kept as text."""
        text = self[column] if text is None else text
        if excel_damaged(text):
            raise BadValue("excel_number", column)
        return text

    def shared(self, column: str) -> str:
        """A text that many rows share."""
        return intern(self._values.get(column, ""))

    def items(self, column: str) -> tuple[str, ...]:
        return parse_list(self._values.get(column, ""))

    def day(self, column: str) -> str:
        return self._call(parse_date, self._values.get(column, ""), column)

    def flag(self, column: str, default: bool | None = None) -> bool | None:
        try:
            return parse_bool(self._values.get(column, ""), default)
        except BadValue as error:
            raise BadValue(error.code, column, **error.params) from None

    def count(self, column: str) -> int | None:
        """A whole number, None when the cell is empty.

        :raise BadValue: ``unknown_value``
        """
        text = self._values.get(column, "")
        if text and not (text.isascii() and text.isdecimal()):
            raise BadValue("unknown_value", column, shape=shape(text))
        return int(text) if text else None

    def period(self, first: str, last: str) -> tuple[str, str]:
        """Two dates in their order.

        :raise BadValue: ``bad_date``, ``dates_reversed``
        """
        start, end = self.day(first), self.day(last)
        if start and end and end < start:
            raise BadValue("dates_reversed", last)
        return start, end

    def choice(
        self, column: str, names: Mapping[str, str], *, extend: bool = False
    ) -> str:
        """A member of a closed list; capital letters do not count.

        :param names: lower-case spelling to member
        :param extend: also take OneRoster's extensions (``ext:…``)
        """
        text = self._values.get(column, "")
        if not text:
            return ""
        if found := names.get(text.lower()):
            return found
        if extend and text.startswith("ext:"):
            return intern(text)
        raise BadValue("unknown_value", column, shape=shape(text))

    def role(self, text: str) -> str | None:
        """The canonical name of a person's role, None for one that is not known."""
        return vocab.USER_ROLES.get(text.strip().lower())

    def grades(self, column: str) -> tuple[str, ...]:
        """CEDS codes of a list of grades; those not known are reported and left out."""
        found = []
        for text in parse_list(self._values.get(column, "")):
            code = map_grade(text, self._grade_names)
            if code is None:
                self.warn("unknown_grade", column, shape=shape(text))
                continue
            if text in AMBIGUOUS_GRADES and text not in self._grade_names:
                self.warn("ambiguous_grade", column, grade=code)
            found.append(code)
        return tuple(found)

    def school_year(self, column: str, start: str, end: str) -> str:
        """The ending year; corrected when the dates show that it is the first one."""
        code = self._call(parse_school_year, self._values.get(column, ""), column)
        expected = int(end[:4]) + (end[5:7] > "07")
        if int(code) == expected - 1 and start[:4] <= code:
            self.warn("year_corrected", column, year=expected)
            return str(expected)
        return code

    def shape(self, column: str) -> str:
        return shape(self._values.get(column, ""))

    def warn(self, code: str, column: str = "", **params) -> None:
        """Report something about this row that does not set it aside."""
        self._problems.add(code, self.file, self.row, column, **params)

    def _id(self, text: str, column: str) -> str:
        if excel_damaged(text):
            raise RefusedFile.of("excel_id", self.file, self.row, column)
        return self._call(check_id, text, column)

    def _call(self, parse: Callable[[str], str], text: str, column: str) -> str:
        try:
            return parse(text)
        except BadValue as error:
            raise BadValue(error.code, column, **error.params) from None
