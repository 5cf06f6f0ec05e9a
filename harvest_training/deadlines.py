"""When a day ends and a meeting comes again where people are; without a database.

Odoo keeps moments in UTC without a zone. A due day is a day at a place: it ends at that
place's midnight, which summer time moves by an hour.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def end_of_day(day: date, timezone: str) -> datetime:
    """Return the moment when ``day`` is over at a place: its next midnight.

    :param timezone: IANA name
    :return: UTC without a zone; what happens at this moment happens on the next day
    """
    midnight = datetime.combine(
        day + timedelta(days=1), time.min, tzinfo=ZoneInfo(timezone)
    )
    return midnight.astimezone(UTC).replace(tzinfo=None)


def local_day(moment: datetime, timezone: str) -> date:
    """Return the date at a place at a UTC moment without a zone."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).date()


def shift_days(moment: datetime, days: int, timezone: str) -> datetime:
    """Return the same wall clock time ``days`` later; UTC without a zone, both.

    A session at four in the afternoon stays at four when summer time ends.
    """
    zone = ZoneInfo(timezone)
    local = moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    moved = (local + timedelta(days=days)).replace(tzinfo=zone)
    return moved.astimezone(UTC).replace(tzinfo=None)


def may_hand_in(
    due: date | None, now: datetime, timezone: str, policy: str, grace_days: int
) -> bool:
    """Tell whether homework is still taken.

    :param due: the last day in time; None: no end
    :param policy: ``always``, ``days`` (``grace_days`` more than the due day) or
        ``never``
    """
    if due is None or policy == "always":
        return True
    extra = grace_days if policy == "days" else 0
    return now < end_of_day(due + timedelta(days=extra), timezone)
