"""What may be told of a student as directory information on a day.

Directory information is what the district's annual notice names, minus what a family
refused (34 CFR 99.37, EC 49073). Any holder of the rights may refuse, any or all
categories, and the refusal outlives the enrollment (34 CFR 99.37(b)). Of a pupil who
experiences homelessness nothing is told unless somebody with the rights has allowed it
in writing (EC 49073(c)). Plain Python.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """One row of the history.

    :param party: who decided, any hashable value
    :param categories: codes it is about; None: all of them
    """

    key: int
    party: object
    allows: bool
    at: datetime
    day_from: date
    categories: frozenset[str] | None = None

    def is_about(self, category: str) -> bool:
        return self.categories is None or category in self.categories


def released(
    noticed: Iterable[str], choices: Iterable[Choice], day: date, *, opt_in: bool
) -> frozenset[str]:
    """Return the categories that may be told.

    :param noticed: categories of the notice in force; empty: there was no notice, so
        nothing is directory information
    :param opt_in: whether silence means no (homelessness; a district may add more)
    """
    history = sorted(
        (choice for choice in choices if choice.day_from <= day),
        key=lambda choice: (choice.at, choice.key),
    )
    return frozenset(
        category for category in noticed if _is_free(category, history, opt_in)
    )


def _is_free(category: str, history: list[Choice], opt_in: bool) -> bool:
    voices = {
        choice.party: choice.allows for choice in history if choice.is_about(category)
    }
    if not all(voices.values()):
        return False
    return bool(voices) or not opt_in
