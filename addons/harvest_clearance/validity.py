"""When a requirement is due, how long a credential holds, where a person stands.

Plain Python: dates in, dates out. All days are inclusive: a card holds through the day
that is printed on it, and a deadline is the last day on which nothing is wrong yet.
Every number comes from data (``gr.staff.requirement``, ``gr.rule``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

YEAR = 12  # months
HALF_YEAR = 6  # months


class Due(StrEnum):
    """What the first deadline is counted in, from the first day of work."""

    BEFORE = "before"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    OPEN = "open"  # the law names no day


class Renewal(StrEnum):
    NONE = "none"
    MONTHS = "months"
    WINDOW = "school_year_window"
    ASSIGNMENT = "per_assignment"


class State(StrEnum):
    """Where a person stands with one requirement on one day."""

    OK = "ok"
    EXEMPT = "exempt"
    NOT_DUE = "not_due_yet"
    DUE_SOON = "due_soon"
    GRACE = "grace"
    MISSING = "missing"
    EXPIRED = "expired"

    @property
    def blocks(self) -> bool:
        return self in (State.MISSING, State.EXPIRED)


@dataclass(frozen=True)
class Terms:
    """The dates of a requirement, as its record spells them.

    ``window_weeks`` is the length of the window from the start of the school year, and
    ``window_lead_weeks`` how long before that start a course already counts for it.
    ``max_age_days`` is how old a first credential may be on the first day of work
    (0: any age), e.g. 60 for Education Code 49406.
    """

    due: Due = Due.BEFORE
    due_count: int = 0
    renewal: Renewal = Renewal.NONE
    renewal_months: int = 0
    window_weeks: int = 0
    window_lead_weeks: int = 0
    grace_days: int = 0
    soon_days: int = 0
    max_age_days: int = 0
    valid_from: date | None = None


@dataclass(frozen=True)
class Held:
    """A verified credential. ``stated`` is the last day that the card itself says."""

    issued: date
    stated: date | None = None
    exempt: bool = False
    transferred: bool = False
    revoked_on: date | None = None
    key: int = 0

    def known_on(self, day: date) -> bool:
        """Whether it had been issued, and not taken back, on ``day``."""
        return self.issued <= day and not (self.revoked_on and self.revoked_on <= day)


@dataclass(frozen=True)
class Standing:
    """The answer: ``deadline`` is the last day without a gap, None for no end.

    ``key`` names the credential that decides; ``expires`` is its last day.
    """

    state: State
    deadline: date | None
    expires: date | None = None
    key: int = 0

    @property
    def since(self) -> date | None:
        """The first day of the gap, where there is one."""
        gap = self.state in (State.MISSING, State.EXPIRED, State.GRACE)
        return self.deadline + timedelta(days=1) if gap and self.deadline else None


class YearClock:
    """Starts of school years; where none is recorded, the nearest one, years apart."""

    def __init__(self, starts: Sequence[date]):
        """:raise ValueError: without a single start there is nothing to count from"""
        if not starts:
            raise ValueError("no start of a school year is known")
        self.starts = sorted(set(starts))

    def start_for(self, day: date) -> date:
        """The start of the school year that ``day`` falls into."""
        position = bisect_right(self.starts, day)
        found = self._step(self.starts[max(position - 1, 0)], day)
        following = self.starts[position] if position < len(self.starts) else None
        if position and following and add_months(found, HALF_YEAR) > following:
            return add_months(found, -YEAR)  # that year begins later than usual
        return found

    def next_start(self, start: date) -> date:
        """The start of the school year after the one that begins on ``start``."""
        position = bisect_right(self.starts, start)
        guess = add_months(start, YEAR)
        if position < len(self.starts):
            recorded = self.starts[position]
            # A gap of years in the record must not stretch a window over it.
            return recorded if recorded < add_months(guess, HALF_YEAR) else guess
        return guess

    @staticmethod
    def _step(start: date, day: date) -> date:
        """Go from ``start`` by whole years to the last that is not after ``day``."""
        years = day.year - start.year
        found = add_months(start, YEAR * years)
        return found if found <= day else add_months(start, YEAR * (years - 1))


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last: 29 Feb + 12 is 28 Feb."""
    return day + relativedelta(months=months)


def first_deadline(terms: Terms, start: date, clock: YearClock) -> date:
    """The last day on which somebody who starts on ``start`` may still lack it.

    ``date.max``: there is none. A requirement that came into force later counts from
    that day; one of a school-year window, for who is there already, at its first
    window.
    """
    begin = max(start, terms.valid_from or start)
    if terms.due is Due.OPEN:
        return date.max
    due = _count_due(terms, begin)
    if begin > start and terms.renewal is Renewal.WINDOW:
        year = clock.start_for(begin)
        ends = (window(terms, one)[1] for one in (year, clock.next_start(year)))
        return max(due, next((end for end in ends if end >= begin), due))
    return due


def _count_due(terms: Terms, begin: date) -> date:
    match terms.due:
        case Due.DAYS:
            return begin + timedelta(days=terms.due_count)
        case Due.WEEKS:
            return begin + timedelta(weeks=terms.due_count)
        case Due.MONTHS:
            return add_months(begin, terms.due_count)
        case _:
            return begin - timedelta(days=1)


def window(terms: Terms, year_start: date) -> tuple[date, date]:
    """First and last day on which a course taken is in time for the school year."""
    first = year_start - timedelta(weeks=terms.window_lead_weeks)
    return first, year_start + timedelta(weeks=terms.window_weeks, days=-1)


def last_day(terms: Terms, held: Held, clock: YearClock) -> date | None:
    """The last day on which a credential holds; None: it does not end.

    A course of a school-year window holds for the year it was taken in, and until the
    next year's window closes: before that, nobody can be late.
    """
    if held.exempt:
        return None
    if held.stated:
        return held.stated
    if terms.renewal is Renewal.MONTHS:
        return add_months(held.issued, terms.renewal_months)
    if terms.renewal is Renewal.WINDOW:
        lead = timedelta(weeks=terms.window_lead_weeks)
        year = clock.start_for(held.issued + lead)
        return window(terms, clock.next_start(year))[1]
    return None


def last_held_day(
    terms: Terms, helds: Sequence[Held], day: date, clock: YearClock
) -> date | None:
    """The last day on which somebody holds it, or held it; None: never did.

    ``date.max`` stands for a credential without an end. Grace does not count: who
    keeps a site open must really hold it.
    """
    ends = [last_day(terms, held, clock) for held in helds if held.known_on(day)]
    return max((end or date.max for end in ends), default=None)


def _counts(terms: Terms, held: Held, start: date, day: date) -> bool:
    """Whether a credential is known on ``day`` and not too old for a first one."""
    if not held.known_on(day):
        return False
    if not terms.max_age_days or held.transferred or held.exempt:
        return True
    return held.issued >= start - timedelta(days=terms.max_age_days)


def standing(
    terms: Terms, helds: Sequence[Held], start: date, day: date, clock: YearClock
) -> Standing:
    """Where somebody who began on ``start`` stands on ``day``.

    :param helds: the person's credentials for this requirement, in any order
    :param start: first day of work; never later than ``day`` for who works on ``day``
    """
    counted = [held for held in helds if _counts(terms, held, start, day)]
    ends = [(last_day(terms, held, clock), held) for held in counted]
    endless = [held for end, held in ends if end is None]
    if endless:
        best = max(endless, key=lambda held: (held.exempt, held.issued))
        return Standing(State.EXEMPT if best.exempt else State.OK, None, key=best.key)
    free = first_deadline(terms, start, clock)
    if not ends:
        if free == date.max:
            return Standing(State.NOT_DUE, None)
        return Standing(_without(terms, free, day, State.NOT_DUE, State.MISSING), free)
    end, best = max(ends, key=lambda pair: (pair[0], pair[1].issued))
    deadline = end if free == date.max else max(end, free)
    state = _without(terms, deadline, day, State.OK, State.EXPIRED)
    return Standing(state, deadline, end, best.key)


def _without(terms: Terms, deadline: date, day: date, fine: State, over: State):
    """The state by how far ``day`` is from the deadline."""
    if day > deadline + timedelta(days=terms.grace_days):
        return over
    if day > deadline:
        return State.GRACE
    return State.DUE_SOON if (deadline - day).days <= terms.soon_days else fine


def worst(standings: Sequence[Standing]) -> Standing:
    """The standing that matters most among several (one for each assignment)."""
    order = list(State)
    far = date.max
    return max(
        standings,
        key=lambda one: (order.index(one.state), -(one.deadline or far).toordinal()),
    )
