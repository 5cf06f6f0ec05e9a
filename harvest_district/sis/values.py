"""From a cell's text to a value: dates, lists, grades, school years, ids.

Every function takes cleaned text, and raises ``BadValue`` (without a column, the caller
knows it) when the text cannot be understood. Source: OneRoster 1.1/1.2 CSV binding.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from functools import lru_cache
from unicodedata import is_normalized, normalize

from .errors import BadValue

TRUE = frozenset({"true", "1", "yes", "y", "t"})
FALSE = frozenset({"false", "0", "no", "n", "f"})
ID_LENGTH = 255  # characters, OneRoster

# CEDS grade levels, lowest first; UG and Other say nothing about height.
GRADES = (
    *("Other", "UG", "IT", "PR", "PK", "TK", "KG"),
    *(f"{n:02}" for n in range(1, 14)),
    "PS",
)
_RANK = {grade: rank for rank, grade in enumerate(GRADES)}
GRADE_NAMES: dict[str, str] = {
    **{grade.lower(): grade for grade in GRADES},
    **{str(n): f"{n:02}" for n in range(1, 14)},
    **dict.fromkeys(("k", "kn", "kdg", "kg", "0", "00", "kindergarten"), "KG"),
    **dict.fromkeys(("tk", "transitionalkindergarten"), "TK"),
    **dict.fromkeys(("-1", "-2", "prekindergarten", "prek", "p3", "p4"), "PK"),
    **dict.fromkeys(("preschool", "ps3", "ps4"), "PR"),
    **dict.fromkeys(("infanttoddler", "infant", "toddler"), "IT"),
    **dict.fromkeys(("ungraded", "un"), "UG"),
    "postsecondary": "PS",
    "grade13": "13",
}
AMBIGUOUS_GRADES = frozenset({"-1", "-2"})  # PowerSchool: PK, Aeries: TK

_HALVES = re.compile("[\ud800-\udfff]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YEAR = re.compile(r"(?:SY\s?)?(\d{4})(?:\s?[-/\u2013]\s?(\d{4}|\d{2}))?", re.ASCII)
_ORDINAL = re.compile(r"(?:grade\s?)?0?(\d{1,2})(?:st|nd|rd|th)?(?:\s?grade)?", re.A)
_EXCEL = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+\d+", re.ASCII)
_USER_ID = re.compile(r"\{\s*([^:{}]*?)\s*:\s*([^{}]*?)\s*\}")
_SSN = re.compile(r"\d{3}-\d{2}-\d{4}", re.ASCII)
_STATE_ID = re.compile(r"ssid|sasid|state\w*id\w*|\w+ssid", re.ASCII)


def clean(text: str) -> str:
    """Trim, one form of line end, and NFC, so that equal texts are equal.

    What no database keeps goes: NUL, with which some systems fill their columns, and
    halves of a character, which JSON can spell.
    """
    text = text.replace("\0", "").strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text
    text = _HALVES.sub("\ufffd", text)
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def shape(text: str) -> str:
    """The form of a value without the value: letters become A, digits 9."""
    form = "".join(
        "9" if c.isnumeric() else "A" if c.isalpha() else c if c.isprintable() else "?"
        for c in text[:24]
    )
    return form + ("…" if len(text) > 24 else "")


def excel_damaged(text: str) -> bool:
    """Whether a spreadsheet made a number like ``1.23E+09`` of it."""
    return "+" in text and _EXCEL.fullmatch(text) is not None


def check_id(text: str) -> str:
    """An id as it is, if it can be one.

    :raise BadValue: ``id_invalid``
    """
    if len(text) > ID_LENGTH or not text.isprintable():
        raise BadValue("id_invalid")
    return text


@lru_cache(maxsize=1 << 16)
def parse_date(text: str) -> str:
    """``YYYY-MM-DD`` and nothing else; ``""`` stays empty.

    :raise BadValue: ``bad_date``
    """
    if not text:
        return ""
    if _DATE.fullmatch(text):
        with suppress(ValueError):  # a day that no month has
            if date.fromisoformat(text).year >= 1900:
                return text
    raise BadValue("bad_date", shape=shape(text))


def parse_bool(text: str, default: bool | None = None) -> bool | None:
    """OneRoster's ``true``/``false`` and what is seen instead of them.

    :raise BadValue: ``bad_boolean``
    """
    if not text:
        return default
    text = text.lower()
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise BadValue("bad_boolean", shape=shape(text))


@lru_cache(maxsize=1 << 14)
def parse_list(text: str) -> tuple[str, ...]:
    """A comma separated list without empty or repeated members, in its order."""
    if "," not in text:
        return (text,) if text else ()
    return tuple(dict.fromkeys(part for p in text.split(",") if (part := p.strip())))


def parse_school_year(text: str) -> str:
    """The ending year of ``2027``, ``2026-2027`` or ``2026-27``.

    :raise BadValue: ``bad_year``
    """
    match = _YEAR.fullmatch(text)
    if not match:
        raise BadValue("bad_year", shape=shape(text))
    first, second = int(match[1]), match[2]
    if second is None:
        return str(first)
    if int(second) not in (first + 1, (first + 1) % 100):
        raise BadValue("bad_year", shape=shape(text))
    return str(first + 1)


def map_grade(text: str, names: Mapping[str, str]) -> str | None:
    """The CEDS code of one grade, or None.

    :param names: a source's own spellings (lower case, without spaces) to CEDS codes;
        they win over the built-in ones
    """
    key = re.sub(r"[\s_]", "", text.lower())
    if found := names.get(key) or GRADE_NAMES.get(key):
        return found
    if match := _ORDINAL.fullmatch(text.lower()):
        return GRADE_NAMES.get(match[1])
    return None


def highest_grade(grades: Iterable[str]) -> str:
    """The highest of several CEDS codes, ``""`` of none."""
    return max(grades, key=_RANK.__getitem__, default="")


def parse_user_ids(text: str) -> list[tuple[str, str]]:
    """``{type:id},{type:id}`` as pairs; a bare id has the type ``""``."""
    if not text:
        return []
    return _USER_ID.findall(text) or [("", part) for part in parse_list(text)]


def is_ssn(kind: str, value: str) -> bool:
    """Whether an id is a social security number by its type or its form."""
    return kind.lower() in ("ssn", "socialsecurity") or bool(_SSN.fullmatch(value))


def is_state_id(kind: str) -> bool:
    """Whether a userIds type (free text) means the state's student id."""
    return bool(_STATE_ID.fullmatch(re.sub(r"[^a-z]", "", kind.lower())))
