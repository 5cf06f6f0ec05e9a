"""What the vendors' own interfaces have in common: dates, relationships, answers."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..net import Answer, NetError
from ..vocab import RELATIONS

_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
# A vendor's way of saying that a role may not see something, or that nobody has it.
NOT_GIVEN = (403, 404, 501)


def iso_day(value: Any) -> str:
    """The day of ``2003-11-11T00:00:00``; other texts as they are."""
    text = "" if value is None else str(value).strip()
    day, mark, _time = text.partition("T")
    return day if mark and day[:4].isdecimal() else text


def us_day(value: Any) -> str:
    """``M/D/YYYY`` as ``YYYY-MM-DD``; other texts as they are, to be reported."""
    text = "" if value is None else str(value).strip()
    if match := _US_DAY.fullmatch(text):
        return f"{match[3]}-{int(match[1]):02}-{int(match[2]):02}"
    return text


def find_word(rules: Iterable[Mapping], key: str, text: str) -> str:
    """What the first rule says of which a word is in ``text``, else ``""``.

    :param rules: ``{key: result, "words": [...]}`` of a profile, in their order
    """
    words = set(re.findall(r"[^\W\d_]+", text.lower()))
    return next((rule[key] for rule in rules if words & set(rule["words"])), "")


def relation_of(
    rules: Iterable[Mapping], own: Mapping[str, str], code: str, label: str = ""
) -> str:
    """parent, guardian or relative.

    :param own: the district's codes, ``{code: relation}``; they win
    """
    stated = RELATIONS.get(own.get(code, ""))
    return stated or find_word(rules, "relation", label or code) or "relative"


def rows_in(answer: Answer) -> list[dict]:
    """The rows of an answer that is a list, or one object.

    :raise NetError: ``envelope_missing``; ``net_html``, ``net_json``
    """
    data = answer.json()
    rows = [data] if isinstance(data, dict) else data
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise NetError.of("envelope_missing", answer.place, key="[…]")
    return rows
