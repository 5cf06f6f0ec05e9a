"""When something is due by law: counting in the days that the law counts in.

Plain Python without Odoo. A rule's key ends in the unit that its number is counted in
(``records.inspect.business_days``), so number and unit cannot come apart. The day of
the event itself is not counted (Cal. Civ. Code 10; Fed. R. Civ. P. 6(a)(1)(A)).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

SATURDAY = 5  # date.weekday()
# A wrong calendar must not count for ever: no clock of ours is longer.
MOST_DAYS = 4000


class UnknownUnit(ValueError):
    """A rule's key does not end in a unit that we can count in."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a district's calendar says about dates.

    :ivar closed: dates on which the office is closed (weekends need not be listed)
    :ivar known: dates that the calendar has a line for
    :ivar school: those of them on which there is school
    """

    closed: frozenset[date] = frozenset()
    known: frozenset[date] = frozenset()
    school: frozenset[date] = frozenset()

    def is_business_day(self, day: date) -> bool:
        return day.weekday() < SATURDAY and day not in self.closed

    def is_school_day(self, day: date) -> bool:
        """Whether there is school; where nothing is known, a business day counts.

        That makes a deadline earlier, never later.
        """
        if day in self.known:
            return day in self.school
        return self.is_business_day(day)


def unit_of(key: str) -> str:
    """Return the unit in which a rule counts, by the end of its key.

    :raise UnknownUnit: it names none
    """
    last = key.rpartition(".")[2]
    # "ferpa_days" counts calendar days; the longer names come first
    for unit in ("business_days", "school_days", "days", "hours", "months", "years"):
        if last == unit or last.endswith(f"_{unit}"):
            return unit
    raise UnknownUnit(key)


def last_day(start: date, count: int, unit: str, calendar: Calendar) -> date:
    """Return the last day on which something is still in time.

    :param start: the day of the event; it is not counted
    :param unit: ``days``, ``business_days``, ``school_days``, ``months``, ``years``
    :raise UnknownUnit: it cannot be counted in days
    """
    match unit:
        case "days":
            return start + timedelta(days=count)
        case "months":
            return start + relativedelta(months=count)
        case "years":
            return start + relativedelta(years=count)
        case "business_days":
            return _count(start, count, calendar.is_business_day)
        case "school_days":
            return _count(start, count, calendar.is_school_day)
    raise UnknownUnit(unit)


def last_moment(start: datetime, count: int, unit: str, calendar: Calendar) -> datetime:
    """Return the last moment in time, in the zone of ``start`` (aware or not)."""
    if unit == "hours":
        return start + timedelta(hours=count)
    day = last_day(start.date(), count, unit, calendar)
    return datetime.combine(day, time(23, 59, 59), start.tzinfo)


def days_left(today: date, due: date, is_counted: Callable[[date], bool]) -> int:
    """Return how many counted days are left after today; negative when it is late."""
    if due < today:
        return -days_left(due, today, is_counted)
    span = min((due - today).days, MOST_DAYS)
    return sum(is_counted(today + timedelta(days=n)) for n in range(1, span + 1))


def urgency(today: date, due: date | None, warn_from: date | None) -> str:
    """Return ``none``, ``ok``, ``soon`` (from ``warn_from`` on) or ``late``."""
    if not due:
        return "none"
    if today > due:
        return "late"
    return "soon" if warn_from and today >= warn_from else "ok"


def days_before(due: date, count: int, is_counted: Callable[[date], bool]) -> date:
    """Return the day that many counted days before ``due``."""
    day = due
    while count > 0 and (due - day).days < MOST_DAYS:
        day -= timedelta(days=1)
        count -= is_counted(day)
    return day


def _count(start: date, count: int, is_counted: Callable[[date], bool]) -> date:
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_counted(day)
        if (day - start).days > MOST_DAYS:
            raise OverflowError("The calendar has no such days.")
    return day
