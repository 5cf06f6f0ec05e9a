"""Dates as other systems write them; never guessed which part is what (hazard 17)."""

import re
from contextlib import suppress
from datetime import datetime
from functools import lru_cache

from .errors import RefusedFile
from .values import shape

# What a person chooses from; ISO needs no choice.
DATE_FORMATS = {
    "iso": "%Y-%m-%d",
    "mdy": "%m/%d/%Y",
    "dmy": "%d/%m/%Y",
    "ymd": "%Y/%m/%d",
    "mdy-": "%m-%d-%Y",
    "dmy.": "%d.%m.%Y",
}
_ISO = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?", re.ASCII)
_TIME = re.compile(r"[ T]\d.*")


@lru_cache(maxsize=1 << 16)
def to_iso(text: str, style: str, file: str = "", column: str = "") -> str:
    """``2026-08-31`` of a date in one of ``DATE_FORMATS``.

    ISO's forms (with midnight, or without hyphens) are understood whatever is set. A
    date of another form than the one set stays as it is, and costs its row later on.

    :param style: key of ``DATE_FORMATS``, "" when none is set
    :raise RefusedFile: ``date_format_needed``: no form is set and it is not ISO's
    """
    if not text:
        return ""
    if match := _ISO.fullmatch(text):
        return "-".join(match.groups())
    if not style:
        raise RefusedFile.of("date_format_needed", file, 0, column, shape=shape(text))
    with suppress(ValueError):
        moment = datetime.strptime(_TIME.sub("", text), DATE_FORMATS[style])
        return moment.date().isoformat()
    return text


def ending_year(end: str) -> str:
    """The school year, by its last year, of a term that ends on an ISO date."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", end):
        return ""
    return str(int(end[:4]) + (end[5:7] > "07"))
