"""Calendars in the form that systems send them, made line by line."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from odoo.addons.harvest_district.calendars import expand, read_calendar

PACIFIC = ZoneInfo("America/Los_Angeles")
FIRST, LAST = date(2026, 7, 1), date(2027, 6, 30)


def event(summary="No School", start="20261109", end="", uid="1", *lines):
    """An event of whole days; ``start`` may carry a time or parameters."""

    def put(name, value):
        if ":" in value:
            return f"{name};{value}"
        return f"{name}:{value}" if "T" in value else f"{name};VALUE=DATE:{value}"

    rows = [f"UID:{uid}"] if uid else []
    rows += [f"SUMMARY:{summary}", put("DTSTART", start)]
    rows += [put("DTEND", end)] if end else []
    return [*rows, *lines]


def calendar(*events, head=()):
    """The bytes of a calendar with these events, each a list of lines."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *head]
    for rows in events:
        lines += ["BEGIN:VEVENT", *rows, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def days_of(content, first=FIRST, last=LAST, zone=PACIFIC):
    """``[(first date, last date, summary)]`` of all occurrences."""
    found = expand(read_calendar(content), first, last, zone)
    return [(each.first, each.last, each.summary) for each in found]


def starts(content, **how):
    """First dates of all occurrences."""
    return [first for first, _last, _summary in days_of(content, **how)]


def span(first, last):
    """Every date from first to last."""
    return [first + timedelta(days=day) for day in range((last - first).days + 1)]
