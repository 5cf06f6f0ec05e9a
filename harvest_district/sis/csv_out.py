"""CSV files that people open in a spreadsheet and systems import."""

import csv
import io
from collections.abc import Iterable, Sequence

# A cell that begins so is run as a formula by spreadsheets (interop hazard 19; OWASP,
# "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file: UTF-8 with byte order mark, CRLF, no cell is a formula.

    The mark is what makes a spreadsheet read accents; an apostrophe before a cell that
    looks like a formula makes it text.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
