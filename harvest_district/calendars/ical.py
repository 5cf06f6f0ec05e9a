"""Read iCalendar files (RFC 5545): what can be used, and what was set aside and why.

Parsing is the work of ``icalendar``. Here is what a file of the world needs besides:
login pages instead of calendars, files cut off, events without an id or with somebody
else's, time zones that nobody knows, rules that never end.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

import icalendar
import x_wr_timezone
from icalendar.parser import Contentlines

from ..sis.errors import RosterError
from ..sis.problems import Problems

_BEGIN, _END = "BEGIN:VCALENDAR", "END:VCALENDAR"
_OURS = {"VEVENT", "VTIMEZONE"}
_HEAD = {"METHOD", "CALSCALE", "X-WR-TIMEZONE", "X-WR-CALNAME"}
_SUB_DAILY = {"SECONDLY", "MINUTELY", "HOURLY"}
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")
# Without these being right nobody knows when an event is.
_VITAL = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
_OLDEST = 1900  # the year before which a rule's start is a mistake


class UnreadableCalendar(RosterError):
    """It is no calendar, or not a whole one; nothing of it may be used."""


@dataclass(frozen=True)
class CalendarLimits:
    """Far above what a district publishes; a file beyond them is refused."""

    bytes: int = 10 << 20
    events: int = 20_000
    occurrences: int = 50_000  # in the dates asked for
    seconds: float = 60  # for all recurrences; a real calendar takes one or two


class Series(NamedTuple):
    """The components of one event: itself and the exceptions to its recurrence."""

    uid: str
    components: tuple[icalendar.Event, ...]


@dataclass
class CalendarFile:
    """What a file holds. ``problems`` counts places by the event's number in it."""

    series: list[Series] = field(default_factory=list)
    name: str = ""
    problems: Problems = field(default_factory=Problems)
    limits: CalendarLimits = CalendarLimits()


def read_calendar(
    content: bytes, limits: CalendarLimits = CalendarLimits()
) -> CalendarFile:
    """Read a whole file.

    :raise UnreadableCalendar: ``cal_empty``, ``cal_html``, ``cal_not_ical``,
        ``cal_cut_off``, ``cal_damaged``, ``cal_too_large``
    """
    if len(content) > limits.bytes:
        raise UnreadableCalendar.of("cal_too_large", most=limits.bytes >> 20)
    result = CalendarFile(limits=limits)
    calendars = _parse(_decode(content, result.problems))
    events = [
        event
        for calendar in calendars
        if str(calendar.get("METHOD", "")).upper() != "CANCEL"
        for event in _in_own_zone(calendar).walk("VEVENT")
    ]
    if len(events) > limits.events:
        raise UnreadableCalendar.of("cal_too_many", most=limits.events)
    result.name = str(calendars[0].get("X-WR-CALNAME", ""))
    result.series = _group(events, result.problems)
    return result


def _decode(content: bytes, problems: Problems) -> str:
    """Text from its first to its last line; a calendar is UTF-8 (RFC 5545 §3.1.4)."""
    text = None
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8-sig":
            problems.add("other_encoding", encoding=encoding)
        break
    if text is None:
        raise UnreadableCalendar.of("cal_not_ical")
    text = text.strip()
    _check_whole(text)
    return text + "\r\n"


def _check_whole(text: str) -> None:
    if not text:
        raise UnreadableCalendar.of("cal_empty")
    if text.startswith("<"):
        raise UnreadableCalendar.of("cal_html")
    if not text.upper().startswith(_BEGIN) or "\0" in text:
        raise UnreadableCalendar.of("cal_not_ical")
    if not text.upper().endswith(_END):
        raise UnreadableCalendar.of("cal_cut_off")
    for kind in ("VCALENDAR", "VEVENT"):  # a piece may be missing in the middle
        begun = len(re.findall(rf"^BEGIN:{kind}\s*$", text, re.M | re.I))
        if begun != len(re.findall(rf"^END:{kind}\s*$", text, re.M | re.I)):
            raise UnreadableCalendar.of("cal_damaged")


def _parse(text: str) -> list[icalendar.Calendar]:
    try:
        lines = "\r\n".join(_of_events(Contentlines.from_ical(text)))
        found = icalendar.Calendar.from_ical(lines + "\r\n", multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise UnreadableCalendar.of("cal_damaged") from None
    if not found:
        raise UnreadableCalendar.of("cal_damaged")
    return found


def _of_events(lines: Iterable[str]) -> Iterator[str]:
    """The lines that say when events are; the parser refuses a file for any other.

    Real files have a refresh interval of the form P1H, tasks without a date, alarms.
    """
    stack: list[str] = []
    for line in lines:
        name, _colon, value = line.partition(":")
        name, value = name.upper(), value.strip().upper()
        if name == "BEGIN":
            stack.append(value)
        inside = len(stack) < 2 or (stack[1] in _OURS and "VALARM" not in stack)
        is_head = name in ("BEGIN", "END") or name.partition(";")[0] in _HEAD
        if inside and line and (len(stack) > 1 or is_head):
            yield line
        if name == "END" and stack:
            stack.pop()


def _in_own_zone(calendar: icalendar.Calendar) -> icalendar.Calendar:
    """Times in the zone that Google names beside them, so that recurrences keep it."""
    try:
        return x_wr_timezone.to_standard(calendar)
    except (ValueError, KeyError, OSError):  # a name that no zone has
        return calendar


# EVENTS


def _group(events: list[icalendar.Event], problems: Problems) -> list[Series]:
    """Events by their id, without those that cannot be used."""
    groups: dict[str, list[icalendar.Event]] = defaultdict(list)
    for number, event in enumerate(events, 1):
        if problem := _fault(event):
            problems.add(problem, row=number)
            continue
        if _has_unknown_zone(event):
            problems.add("cal_zone_unknown", row=number)
        groups[str(event.get("UID", "")).strip() or _own_id(event)].append(event)
    series = []
    for uid, components in groups.items():
        parts = _split(uid, components)
        if len(parts) > 1:
            problems.add("cal_uid_twice", count=len(parts))
        series += parts
    return series


def _fault(event: icalendar.Event) -> str:
    """The code of what makes an event unusable, or an empty text."""
    broken = {str(name).upper() for name, _error in event.errors if name}
    if broken & _VITAL or not isinstance(event.get("DTSTART"), icalendar.vDDDTypes):
        return "cal_event_dates"
    try:
        start, rules = event.decoded("DTSTART"), _rules(event)
    except (ValueError, KeyError, TypeError, AttributeError):
        return "cal_event_dates"
    if not isinstance(start, date):
        return "cal_event_dates"
    if rules and start.year < _OLDEST:
        return "cal_event_dates"
    if any(_is_too_often(rule) for rule in rules):
        return "cal_event_too_often"
    return ""


def _rules(event: icalendar.Event) -> list[icalendar.vRecur]:
    rules = event.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _is_too_often(rule: icalendar.vRecur) -> bool:
    """More than once a day, or all at once: no kind of day, and endless work."""
    often = {str(word).upper() for word in rule.get("FREQ", [])} & _SUB_DAILY
    often |= {step for step in rule.get("INTERVAL", []) if step < 1}
    return bool(often) or any(len(rule.get(name, [])) > 1 for name in _TIMES)


def _has_unknown_zone(event: icalendar.Event) -> bool:
    """A zone was named that nobody knows; its times are taken as the district's."""
    start = event["DTSTART"]
    is_local = isinstance(start.dt, datetime) and start.dt.tzinfo is None
    return is_local and "TZID" in start.params


def _own_id(event: icalendar.Event) -> str:
    """An id for an event that has none; the same event gets the same one again."""
    text = f"{event['DTSTART'].to_ical()!r} {event.get('SUMMARY', '')}"
    return "no-uid-" + hashlib.sha256(text.encode()).hexdigest()[:24]


def _split(uid: str, components: list[icalendar.Event]) -> list[Series]:
    """One series, or several when a careless system gives events the same id.

    The same event twice: the later version counts (RFC 5545 §3.8.7.4). Different dates
    under one id and of the same version are different events.
    """
    cores = [event for event in components if "RECURRENCE-ID" not in event]
    others = [event for event in components if "RECURRENCE-ID" in event]
    if len(cores) <= 1:
        return [Series(uid, tuple(components))]
    newest = max(_sequence(event) for event in cores)
    by_start = {
        event["DTSTART"].to_ical(): event
        for event in sorted(cores, key=_stamp)
        if _sequence(event) == newest
    }
    return [
        Series(f"{uid}#{place}", (event,)) if place else Series(uid, (event, *others))
        for place, (_start, event) in enumerate(sorted(by_start.items()))
    ]


def _sequence(event: icalendar.Event) -> int:
    try:
        return int(event.get("SEQUENCE", 0))
    except (ValueError, TypeError):
        return 0


def _stamp(event: icalendar.Event) -> datetime:
    """When this version was written, as far as it says."""
    for name in ("LAST-MODIFIED", "DTSTAMP"):
        moment = getattr(event.get(name), "dt", None)
        if isinstance(moment, datetime):
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.min.replace(tzinfo=UTC)
