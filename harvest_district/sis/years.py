"""School years of a roster, and the dates of its classes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from . import vocab
from .canonical import Class, Session


class SchoolYear(NamedTuple):
    """``code`` is the ending year; both dates are inclusive ISO dates."""

    code: str
    date_start: str
    date_end: str


class Dates(NamedTuple):
    """When a class meets, and in which school year ("" when no term is known)."""

    year: str
    date_start: str
    date_end: str


@dataclass(frozen=True, slots=True)
class Years:
    """All school years by code, and the one that counts on a day."""

    by_code: dict[str, SchoolYear]
    current: SchoolYear | None

    @classmethod
    def of(cls, sessions: Iterable[Session], as_of: str) -> "Years":
        """Years from the sessions of type schoolYear, else from all of a year.

        The current one holds ``as_of``; between two years it is the coming one, and
        when none is coming the last one.
        """
        stated: dict[str, list[Session]] = {}
        others: dict[str, list[Session]] = {}
        for session in sessions:
            group = stated if session.type == vocab.SCHOOL_YEAR else others
            group.setdefault(session.school_year, []).append(session)
        by_code = {
            code: SchoolYear(
                code,
                min(session.date_start for session in found),
                max(session.date_end for session in found),
            )
            for code, found in sorted((others | stated).items())
        }
        running = [year for year in by_code.values() if year.date_end >= as_of]
        ended = [year for year in by_code.values() if year.date_end < as_of]
        if running:
            return cls(by_code, min(running, key=lambda year: year.date_start))
        return cls(by_code, max(ended, key=lambda year: year.date_end, default=None))


def class_dates(group: Class, sessions: dict[str, Session]) -> Dates:
    """From the first day of a class's first term to the last day of its last."""
    terms = [sessions[term] for term in group.term_ids if term in sessions]
    if not terms:
        return Dates("", "", "")
    first = min(terms, key=lambda term: (term.date_start, term.school_year))
    last = max(term.date_end for term in terms)
    return Dates(first.school_year, first.date_start, last)
