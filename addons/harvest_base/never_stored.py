"""What is never stored about a child or a family, and how it is recognized.

No social security number, not even of parents (EC 49076.7); nothing about immigration,
citizenship or place of birth (EC 234.7). The list is ``never_stored.csv``: columns are
known by their names, numbers by their shape and check (python-stdnum). A finding says
where, never what: the value goes into no message and no log. Plain Python.
"""

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from stdnum.us import itin, ssn

LIST = Path(__file__).parent / "never_stored.csv"
# Nine digits in a row are too many other things; grouped they are a number like this.
NUMBER = re.compile(r"(?<![\d-])\d{3}([- ])\d{2}\1\d{4}(?![\d-])")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Rule(NamedTuple):
    """One kind of fact: its code, pattern of names, law, and what to do instead."""

    code: str
    pattern: re.Pattern[str]
    authority: str
    remedy: str


@cache
def rules() -> tuple[Rule, ...]:
    with LIST.open(encoding="utf-8", newline="") as stream:
        return tuple(
            Rule(
                line["code"],
                re.compile(rf"(^|_)({line['pattern']})(_|$)"),
                line["authority"],
                line["remedy"],
            )
            for line in csv.DictReader(stream)
        )


def by_name(name: str) -> Rule | None:
    """Return why a column or field of this name is not stored, or None.

    :param name: in any spelling: ``countryOfBirthCode``, ``Place of Birth``
    """
    words = re.sub(r"[^a-z0-9]+", "_", CAMEL.sub("_", name).lower()).strip("_")
    return next((rule for rule in rules() if rule.pattern.search(words)), None)


def by_value(text: object) -> bool:
    """Whether a text holds what looks like a social security or taxpayer number."""
    if not isinstance(text, str) or len(text) < 11:
        return False
    return any(
        ssn.is_valid(number) or itin.is_valid(number)
        for number in (
            match.group().replace(" ", "-") for match in NUMBER.finditer(text)
        )
    )


def find(rows: Iterable[Iterable[object]]) -> list[tuple[int, int]]:
    """Return (row, column) of each cell that holds such a number, from 0."""
    return [
        (number, column)
        for number, row in enumerate(rows)
        for column, value in enumerate(row)
        if by_value(value)
    ]
