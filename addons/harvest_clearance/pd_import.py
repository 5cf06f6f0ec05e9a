"""Read a district's list of professional development: bytes in, rows and problems out.

The columns may stand in any order, under any of the usual titles. Nothing is guessed:
a line that cannot be read is a problem with its line number, never a row. Plain Python.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

MAX_BYTES = 20 * 1024 * 1024
MAX_CELL = 500  # characters: longer is a broken quote, not a title
COLUMNS = {
    "person": (
        "employee", "employee number", "employee id", "employee no", "emp id",
        "staff id", "e-mail", "email", "email address", "work email",
    ),
    "course": (
        "course", "course title", "course name", "training", "training title", "title",
        "requirement", "requirement code", "code", "activity",
    ),
    "completed": (
        "completed", "completed date", "completion date", "date completed",
        "completed on", "date", "issued",
    ),
    "hours": ("hours", "credit hours", "pd hours", "duration hours"),
    "issuer": ("issuer", "provider", "issued by", "vendor"),
    "number": ("certificate number", "certificate no", "certificate", "card number",
               "number"),
    "expires": ("expires", "expiration", "expiration date", "valid until",
                "expires on"),
}  # fmt: skip
REQUIRED = ("person", "course", "completed")
# Month first: the lists are American. A day above 12 in front is refused, not turned.
DATE_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%Y/%m/%d", "%Y%m%d")


@dataclass(frozen=True)
class Problem:
    """``code`` says what is wrong on ``line`` (1 is the header, 0 the whole file)."""

    line: int
    code: str
    value: str = ""


@dataclass(frozen=True)
class Row:
    """A line that could be read: ``person`` and ``course`` as the file spells them."""

    line: int
    person: str
    course: str
    completed: date
    hours: float = 0.0
    issuer: str = ""
    number: str = ""
    expires: date | None = None


@dataclass
class Reading:
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    encoding: str = ""


class _LineError(Exception):
    def __init__(self, code: str, value: str = ""):
        self.problem = (code, value)


def read(content: bytes, today: date) -> Reading:
    """Read a file. Never raises for what is in it: problems say what is wrong.

    :param today: completions after this day are refused
    """
    reading = Reading()
    if len(content) > MAX_BYTES:
        reading.problems.append(Problem(0, "too_large"))
        return reading
    text, reading.encoding = decode(content)
    if text is None or "\0" in text:
        reading.problems.append(Problem(0, "not_text"))
    elif not text.strip():
        reading.problems.append(Problem(0, "empty"))
    else:
        _read_text(text, today, reading)
    return reading


def decode(content: bytes) -> tuple[str | None, str]:
    """Text and encoding: by byte order mark, else UTF-8, else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ("utf-16",)
    else:
        candidates = ("utf-8-sig", "cp1252")
    for encoding in candidates:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return None, ""


def _read_text(text: str, today: date, reading: Reading) -> None:
    header = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(",;\t|", key=header.count)
    lines = _cells(text, delimiter, reading)
    _number, titles = next(lines, (1, []))
    places = _find_columns(titles)
    missing = [name for name in REQUIRED if name not in places]
    reading.problems += [Problem(1, "no_column", name) for name in missing]
    if missing:
        return
    for line, cells in lines:
        if any(cell.strip() for cell in cells):
            _read_line(line, cells, places, len(titles), today, reading)
    if not reading.rows and not reading.problems:
        reading.problems.append(Problem(0, "empty"))


def _cells(text: str, delimiter: str, reading: Reading) -> Iterator[tuple[int, list]]:
    """Yield (line number, cells); a broken quote ends the file as a problem."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            reading.problems.append(Problem(line, "broken"))
            return
        if cells:
            yield line, cells
        line = reader.line_num + 1


def _find_columns(titles: list[str]) -> dict[str, int]:
    plain = [re.sub(r"[\W_]+", " ", title).strip().casefold() for title in titles]
    places = {}
    for name, known in COLUMNS.items():
        spelled = {re.sub(r"[\W_]+", " ", title) for title in known}
        found = [place for place, title in enumerate(plain) if title in spelled]
        if found:
            places[name] = found[0]
    return places


def _read_line(line, cells, places, width, today, reading) -> None:
    try:
        _check_shape(cells, width)
        value = {name: cells[place].strip() for name, place in places.items()}
        reading.rows.append(_row(line, value, today))
    except _LineError as error:
        reading.problems.append(Problem(line, *error.problem))


def _check_shape(cells: list[str], width: int) -> None:
    if len(cells) != width:
        raise _LineError("cells", f"{len(cells)}/{width}")
    if any(len(cell) > MAX_CELL for cell in cells):
        raise _LineError("broken")


def _row(line: int, value: dict[str, str], today: date) -> Row:
    for name in REQUIRED:
        if not value[name]:
            raise _LineError(f"no_{name}")
    completed = parse_date(value["completed"])
    if completed > today:
        raise _LineError("future", value["completed"])
    expires = parse_date(value["expires"]) if value.get("expires") else None
    if expires and expires < completed:
        raise _LineError("ends_before", value["expires"])
    return Row(
        line,
        value["person"],
        value["course"],
        completed,
        _hours(value.get("hours", "")),
        value.get("issuer", ""),
        value.get("number", ""),
        expires,
    )


def parse_date(text: str) -> date:
    """A date in one of the usual American spellings, of the years 1950 to 2199."""
    text = re.sub(r"[T ]\d{1,2}:\d{2}.*$", "", text)
    for spelling in DATE_FORMATS:
        try:
            found = datetime.strptime(text, spelling).date()
        except ValueError:
            continue
        if 1950 <= found.year < 2200:
            return found
    raise _LineError("bad_date", text)


def _hours(text: str) -> float:
    if not text:
        return 0.0
    if not re.fullmatch(r"\d{0,4}([.,]\d{1,4})?", text):
        raise _LineError("bad_hours", text)
    return float(text.replace(",", "."))
