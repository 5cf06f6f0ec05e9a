"""What the dashboard computes from counts, without a database.

Cohorts: who began in the same month. A cohort's share after *n* weeks is told only when
its last member has had *n* weeks; before that it would be too low, and is ``None``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

COHORT_WEEKS = (2, 4, 8, 12, 26)
PERIODS = ("last_12_months", "last_90_days", "custom")
YEAR_PREFIX = "year_"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` to ``end``, both included."""

    start: date
    end: date

    def months(self) -> Iterator["Period"]:
        """Yield each calendar month of the period, cut to it."""
        first = self.start.replace(day=1)
        while first <= self.end:
            following = first + relativedelta(months=1)
            yield Period(
                max(first, self.start), min(following - timedelta(days=1), self.end)
            )
            first = following


def recent_period(name: str, today: date) -> Period:
    """Return the period that ends today.

    :raise ValueError: when ``name`` is none of ``last_12_months`` and ``last_90_days``
    """
    match name:
        case "last_12_months":
            return Period(today - relativedelta(years=1) + timedelta(days=1), today)
        case "last_90_days":
            return Period(today - timedelta(days=89), today)
    raise ValueError(name)


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who was enrolled and began in ``period`` (a month, cut to what was asked for).

    :ivar size: how many
    :ivar done: per ``COHORT_WEEKS``, how many had completed by then; None: too early
    """

    period: Period
    size: int
    done: tuple[int | None, ...]


def cohorts(
    period: Period, counts: Iterable[tuple[date, int | None, int]], today: date
) -> list[Cohort]:
    """Return the cohorts of a period that have members, oldest first.

    :param counts: ``(any day of the month of beginning, weeks until completion or None,
        how many)``
    """
    by_month: dict[tuple[int, int], Counter] = {}
    for day, weeks, count in counts:
        by_month.setdefault((day.year, day.month), Counter())[weeks] += count
    found = []
    for month in period.months():
        weeks = by_month.get((month.start.year, month.start.month))
        if weeks:
            found.append(Cohort(month, weeks.total(), _done(month.end, weeks, today)))
    return found


def _done(last_day: date, weeks: Counter, today: date) -> tuple[int | None, ...]:
    return tuple(
        sum(n for week, n in weeks.items() if week is not None and week <= limit)
        if last_day + timedelta(weeks=limit) < today
        else None
        for limit in COHORT_WEEKS
    )
