"""Which CSV format a set of files is in, by its names and headers.

The format is never guessed for reading: the connection says it. This tells a person who
chose the wrong one what the files look like.
"""

from .bundle import Bundle
from .errors import RefusedFile
from .headered import letters
from .text import inspect, read_rows

ONEROSTER = "OneRoster"
SDS_V1 = "Microsoft School Data Sync V1"
SDS_V2 = "Microsoft School Data Sync V2"
CLEVER = "Clever"

# Columns that only School Data Sync 2 and 2.1 have, by file.
_SDS_MARKS = {
    "classes": {"orgsourcedid", "sessionsourcedids"},
    "roles": {"isprimary", "rolestartdate", "sessionsourcedid"},
    "users": {"activedirectorymatchid", "grade"},
}


def check_dialect(bundle: Bundle, expected: str, encoding: str) -> None:
    """:raise RefusedFile: ``other_dialect``"""
    found = detect(bundle, encoding)
    if found and found != expected:
        raise RefusedFile.of("other_dialect", expected=expected, found=found)


def detect(bundle: Bundle, encoding: str) -> str:
    """The format's name, ``""`` when nothing is recognised."""
    names = set(bundle.names)
    if "manifest" in names:
        return ONEROSTER
    if {"school", "student"} <= names:
        return SDS_V1
    if {"schools", "students"} <= names:
        return CLEVER
    if {"orgs", "users"} <= names:
        marked = any(
            marks & _header(bundle, name, encoding)
            for name, marks in _SDS_MARKS.items()
            if name in names
        )
        return SDS_V2 if marked else ONEROSTER
    return ""


def _header(bundle: Bundle, name: str, encoding: str) -> set[str]:
    profile = inspect(bundle, name, encoding)
    row = next(read_rows(bundle, name, profile.encoding), (1, []))
    return {letters(cell) for cell in row[1]}
