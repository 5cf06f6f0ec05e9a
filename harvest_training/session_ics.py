"""A session as an iCalendar file, for the calendar of a telephone.

It names nobody but the place and the time: who else takes part is not told.
"""

from datetime import UTC, datetime

from icalendar import Calendar, Event


def build(
    uid: str,
    name: str,
    start: datetime,
    stop: datetime,
    *,
    place: str = "",
    url: str = "",
    stamp: datetime,
) -> bytes:
    """Return the file (RFC 5545).

    :param start: UTC without a zone, as Odoo stores it; ``stop`` and ``stamp`` alike
    :param url: page or meeting, put where calendars show a link
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Harvest & Thrive//Training//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", uid)
    event.add("summary", name)
    event.add("dtstart", start.replace(tzinfo=UTC))
    event.add("dtend", stop.replace(tzinfo=UTC))
    event.add("dtstamp", stamp.replace(tzinfo=UTC))
    if place:
        event.add("location", place)
    if url:
        event.add("url", url)
    calendar.add_component(event)
    return calendar.to_ical()
