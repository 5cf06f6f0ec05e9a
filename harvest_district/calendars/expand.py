"""Which dates the events of a calendar fall on, in the district's time zone."""

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from typing import NamedTuple
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from .ical import CalendarFile, Series, UnreadableCalendar

ONE_DAY = timedelta(days=1)
_MARGIN = timedelta(days=2)  # no two zones are further apart


class DayEvent(NamedTuple):
    """An event as days see it: from its first to its last date, both included."""

    uid: str
    summary: str
    categories: tuple[str, ...]
    all_day: bool
    first: date
    last: date

    @property
    def length(self) -> int:
        """Dates it covers."""
        return (self.last - self.first).days + 1

    def dates(self, first: date, last: date) -> list[date]:
        """Its dates from ``first`` to ``last``.

        What covers weekdays leaves Saturdays and Sundays out: a break is a break of
        school days. An event on a weekend alone is meant.
        """
        start, end = max(first, self.first), min(last, self.last)
        span = [start + ONE_DAY * place for place in range((end - start).days + 1)]
        if self.length > 2 or self.first.weekday() < 5 or self.last.weekday() < 5:
            span = [day for day in span if day.weekday() < 5]
        return span


def expand(
    source: CalendarFile, first: date, last: date, zone: ZoneInfo
) -> list[DayEvent]:
    """Every occurrence that touches a date from ``first`` to ``last``.

    Cancelled ones are left out. A series that cannot be followed is set aside with a
    problem; the others go on.

    :param zone: the district's, for times without one and for what date it is
    :raise UnreadableCalendar: ``cal_too_many``
    """
    found: list[DayEvent] = []
    deadline = monotonic() + source.limits.seconds
    for series in source.series:
        try:
            events = [
                _to_days(series.uid, occurrence, zone, source)
                for occurrence in _occurrences(series, first, last)
            ]
        except Exception:  # noqa: BLE001  whatever a strange rule does to two libraries
            source.problems.add("cal_event_dates")
            continue
        found += [
            event for event in events if event.first <= last and event.last >= first
        ]
        if len(found) > source.limits.occurrences or monotonic() > deadline:
            raise UnreadableCalendar.of("cal_too_many", most=source.limits.occurrences)
    return sorted(found, key=lambda event: (event.first, event.summary, event.uid))


def _occurrences(series: Series, first: date, last: date) -> list[icalendar.Event]:
    calendar = icalendar.Calendar()
    for component in series.components:
        calendar.add_component(_with_an_end(component, last + _MARGIN))
    query = recurring_ical_events.of(calendar)
    found = query.between(first - _MARGIN, last + _MARGIN)
    return [event for event in found if not _is_cancelled(event)]


def _with_an_end(event: icalendar.Event, last: date) -> icalendar.Event:
    """The event with an end to a rule that has none, so that nothing counts to 9999."""
    rule = event.get("RRULE")
    if not isinstance(rule, icalendar.vRecur) or rule.keys() & {"UNTIL", "COUNT"}:
        return event
    bounded = event.copy()
    start = event["DTSTART"].dt
    end = max(last, start.date() if isinstance(start, datetime) else start)
    if isinstance(start, datetime):
        end = datetime.combine(end, time(), UTC if start.tzinfo else None)
    bounded["RRULE"] = icalendar.vRecur({**rule, "UNTIL": [end]})
    return bounded


def _is_cancelled(event: icalendar.Event) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _to_days(
    uid: str, event: icalendar.Event, zone: ZoneInfo, source: CalendarFile
) -> DayEvent:
    start = event["DTSTART"].dt
    end = _end(event, start)
    if not isinstance(start, datetime):
        first, last, all_day = start, max(start, end - ONE_DAY), True
    elif _is_utc_days(start, end, zone):
        source.problems.add("cal_utc_days")
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        first, last, all_day = start.date(), end.date() - ONE_DAY, True
    else:
        first, last, all_day = _local_dates(_local(start, zone), _local(end, zone))
    return DayEvent(
        uid, _text(event.get("SUMMARY")), _categories(event), all_day, first, last
    )


def _end(event: icalendar.Event, start: date) -> date:
    """Its end of the same sort as its start; without one, a day or a moment."""
    end = None
    if "DTEND" in event:
        end = event["DTEND"].dt
    elif "DURATION" in event:
        end = start + event["DURATION"].dt
    if isinstance(end, datetime) and not isinstance(start, datetime):
        end = end.date()
    if isinstance(start, datetime):
        if not isinstance(end, datetime):
            return start
        if (start.tzinfo is None) != (end.tzinfo is None):
            end = end.replace(tzinfo=start.tzinfo)
        return end
    return end or start + ONE_DAY


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def _local_dates(start: datetime, end: datetime) -> tuple[date, date, bool]:
    """First and last date of a time span, and whether it is made of whole days.

    What is shorter than a day belongs to the date on which it starts, also over
    midnight. Wall clock times are compared, so a day may have 23 or 25 hours.
    """
    wall, wall_end = start.replace(tzinfo=None), end.replace(tzinfo=None)
    if wall_end - wall < ONE_DAY:
        return wall.date(), wall.date(), False
    whole = wall.time() == wall_end.time() == time()
    last = wall_end.date() - (ONE_DAY if wall_end.time() == time() else timedelta())
    return wall.date(), last, whole


def _is_utc_days(start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    """Midnight to midnight of UTC: whole days that somebody exported without a zone."""
    if start.tzinfo is None or end.tzinfo is None or end <= start:
        return False
    moments = (start.astimezone(UTC), end.astimezone(UTC))
    if any(moment.time() != time() for moment in moments):
        return False
    return start.astimezone(zone).time() != time() and not (end - start) % ONE_DAY


def _text(value: object) -> str:
    return " ".join(str(value or "").split())


def _categories(event: icalendar.Event) -> tuple[str, ...]:
    found = event.get("CATEGORIES", [])
    names: list[str] = []
    for part in found if isinstance(found, list) else [found]:
        with contextlib.suppress(AttributeError, TypeError):
            names += [_text(name) for name in getattr(part, "cats", [part])]
    return tuple(sorted(filter(None, names)))
