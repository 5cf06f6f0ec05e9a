"""Read files of training data from other systems, without a database.

A file is CSV with a header. Each row is checked by itself: what is wrong with it is
told with its number (as a spreadsheet counts, the header is row 1) and what to do.
Whether learners, programs and courses exist is asked later, where they are.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

MOST_ROWS = 20_000
MOST_BYTES = 20 * 1024 * 1024
DELIMITERS = ",;\t|"
# ISO, and as American systems write it: month, day, year.
DATE_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")
LEARNER_TYPES = ("staff", "volunteer", "family")
EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


class FileProblem(ValueError):
    """The whole file cannot be read: ``reason`` names why, ``detail`` says more."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: a fixed ``reason``, the column, what it says."""

    reason: str
    column: str = ""
    value: str = ""


@dataclass(slots=True)
class Row:
    """A row of the file.

    :ivar number: as a spreadsheet counts; the header is row 1
    :ivar values: ``{column: text, date, or None}``
    """

    number: int
    values: dict[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how to read it, and whether a row is nothing without it."""

    name: str
    read: Callable[[str], object] = str
    required: bool = False
    example: str = ""


def _read_date(text: str) -> date:
    for style in DATE_FORMATS:
        try:
            found = datetime.strptime(text, style).date()  # a day has no zone
        except ValueError:
            continue
        if 1950 <= found.year <= 2100:
            return found
    raise ValueError(text)


def _read_email(text: str) -> str:
    if not EMAIL.fullmatch(text):
        raise ValueError(text)
    return text.lower()


def _read_type(text: str) -> str:
    if text.lower() not in LEARNER_TYPES:
        raise ValueError(text)
    return text.lower()


EMAIL_COLUMN = Column("email", _read_email, True, "lia.aprendiz@example.org")
PROGRAM_COLUMN = Column("program", str, True, "Induction")
LAYOUTS: Mapping[str, Sequence[Column]] = {
    "learners": (
        EMAIL_COLUMN,
        Column("first_name", required=True, example="Lía"),
        Column("last_name", required=True, example="Aprendiz"),
        Column("learner_type", _read_type, example="staff"),
        Column("sites", example="101; 102"),
        Column("program", example="Induction"),
        Column("date_due", _read_date, example="2027-01-31"),
    ),
    "history": (
        EMAIL_COLUMN,
        PROGRAM_COLUMN,
        Column("date_completed", _read_date, True, "2025-05-20"),
        Column("certificate_number", example="OLD-4711"),
        Column("issued_by", example="Former system"),
    ),
    "progress": (
        EMAIL_COLUMN,
        PROGRAM_COLUMN,
        Column("course", required=True, example="Safety Basics"),
        Column("lesson", example="Lesson 1"),
    ),
}
# What makes two rows of a file the same.
KEYS: Mapping[str, Sequence[str]] = {
    "learners": ("email", "program"),
    "history": ("email", "program", "date_completed"),
    "progress": ("email", "program", "course", "lesson"),
}


def template(kind: str) -> str:
    """Return an example file of a kind, one row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.name for column in LAYOUTS[kind])
    writer.writerow(column.example for column in LAYOUTS[kind])
    return text.getvalue()


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8 (with a mark or not), UTF-16, Windows-1252.

    :raise FileProblem: ``empty``, ``size``, ``binary`` or ``truncated``
    """
    if not content.strip():
        raise FileProblem("empty")
    if len(content) > MOST_BYTES:
        raise FileProblem("size", str(MOST_BYTES // 1024 // 1024))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise FileProblem("truncated") from error
    if b"\0" in content or content.startswith(b"PK\x03\x04"):
        raise FileProblem("binary")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Five codes of Windows-1252 mean nothing; Latin-1 takes them as they are.
        try:
            return content.decode("cp1252")
        except UnicodeDecodeError:
            return content.decode("latin-1")


def read(content: bytes, kind: str) -> list[Row]:
    """Read a file.

    :param kind: a key of ``LAYOUTS``
    :raise FileProblem: ``empty``, ``size``, ``binary``, ``columns`` (``detail``: what
        is missing), ``doubled`` (a column twice), ``truncated`` (a quotation is not
        closed), ``rows`` (too many)
    """
    text = decode(content)
    try:
        lines = list(_split(text))
    except csv.Error as error:
        raise FileProblem("truncated") from error
    if len(lines) > MOST_ROWS + 1:
        raise FileProblem("rows", str(MOST_ROWS))
    (_number, header), *body = lines or [(1, [])]
    names = [re.sub(r"[\s-]+", "_", name.strip().lower()) for name in header]
    _check_header(names, kind)
    rows = [_read_row(number, cells, names, kind) for number, cells in body]
    if not rows:
        raise FileProblem("empty")
    _mark_doubles(rows, KEYS[kind])
    return rows


def _split(text):
    """Yield ``(row number, cells)`` of rows that are not empty."""
    first_line = text.partition("\n")[0]
    counts = {mark: first_line.count(mark) for mark in DELIMITERS}
    try:
        delimiter = csv.Sniffer().sniff(first_line, DELIMITERS).delimiter
    except csv.Error:  # one column, or nothing to go by
        delimiter = max(counts, key=counts.get)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number, cells in enumerate(reader, start=1):
        if any(cell.strip() for cell in cells):
            yield number, cells


def _check_header(names, kind):
    needed = [column.name for column in LAYOUTS[kind] if column.required]
    missing = [name for name in needed if name not in names]
    if missing:
        raise FileProblem("columns", ", ".join(missing))
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise FileProblem("doubled", ", ".join(doubled))


def _read_row(number, cells, names, kind):
    row = Row(number)
    if len(cells) < len(names):
        row.problems.append(Problem("short", value=f"{len(cells)}/{len(names)}"))
        return row
    if any(cell.strip() for cell in cells[len(names) :]):
        row.problems.append(Problem("long", value=f"{len(cells)}/{len(names)}"))
        return row
    texts = dict(zip(names, cells, strict=False))
    for column in LAYOUTS[kind]:
        text = " ".join(texts.get(column.name, "").split())
        row.values[column.name] = None
        if not text:
            if column.required:
                row.problems.append(Problem("missing", column.name))
            continue
        try:
            row.values[column.name] = column.read(text)
        except ValueError:
            row.problems.append(Problem(column.read.__name__, column.name, text))
    return row


def _mark_doubles(rows, key):
    seen = {}
    for row in rows:
        if row.problems:
            continue
        mark = tuple(str(row.values[name] or "").casefold() for name in key)
        if mark in seen:
            row.problems.append(Problem("double", value=str(seen[mark])))
        seen.setdefault(mark, row.number)
