"""What learners and agents are told, and when; without a database.

A notice *at once* is sent as soon as it is known. Any other waits for the learner's
digest, if the learner has chosen one. A *required* notice is sent even to a learner who
wants as little mail as possible: something depends on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

AT_ONCE = "at_once"
DAILY = "daily"
WEEKLY = "weekly"
REQUIRED_ONLY = "required"
MODES = [
    (AT_ONCE, "A mail for each notice"),
    (DAILY, "One mail a day"),
    (WEEKLY, "One mail a week"),
    (REQUIRED_ONLY, "Only what is required"),
]
DIGESTS = (DAILY, WEEKLY)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice.

    :ivar to_agent: it goes to the program's agent and not to the learner
    :ivar at_once: it never waits for a digest
    :ivar required: it is sent whatever the learner has chosen
    """

    label: str
    to_agent: bool = False
    at_once: bool = False
    required: bool = False


KINDS = {
    "welcome": Kind("Welcome", at_once=True, required=True),
    "refused": Kind("Refused", at_once=True, required=True),
    "milestone": Kind("Milestone"),
    "course_completed": Kind("Course Completed"),
    "program_completed": Kind("Program Completed"),
    "certificate_issued": Kind("Certificate Issued", at_once=True, required=True),
    "inactivity": Kind("Inactivity"),
    "due": Kind("Due Soon"),
    "overdue": Kind("Overdue", required=True),
    "renewal": Kind("Renewal", required=True),
    "session_promoted": Kind("Place in a Session", at_once=True, required=True),
    "session_cancelled": Kind("Session Cancelled", at_once=True, required=True),
    "homework_accepted": Kind("Homework Accepted"),
    "homework_returned": Kind("Homework Returned", required=True),
    "document_requested": Kind("Document Requested", required=True),
    "document_returned": Kind("Document Sent Back", required=True),
    "review_needed": Kind("Review Needed", to_agent=True, at_once=True, required=True),
    "certificate_flagged": Kind(
        "Certificate Flagged", to_agent=True, at_once=True, required=True
    ),
}
SELECTION = [(name, kind.label) for name, kind in KINDS.items()]


def is_wanted(kind: str, mode: str) -> bool:
    """Tell whether a learner with this mode is sent this kind at all."""
    return KINDS[kind].required or mode != REQUIRED_ONLY


def send_time(
    kind: str, mode: str, now: datetime, timezone: str, hour: time
) -> datetime:
    """Return when a notice is to be sent.

    :param now: UTC without a zone, as Odoo stores it
    :param timezone: IANA name of the reader's zone; an unknown one counts as UTC
    :param hour: local time of day when digests go out
    :return: UTC without a zone: ``now``, or the reader's next digest. A week's digest
        goes out on Monday.
    """
    if KINDS[kind].at_once or mode not in DIGESTS:
        return now
    try:
        zone = ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    here = now.replace(tzinfo=UTC).astimezone(zone)
    day = here.date()
    if here.time() >= hour:
        day += timedelta(days=1)
    if mode == WEEKLY:
        day += timedelta(days=-day.weekday() % 7)
    local = datetime.combine(day, hour, tzinfo=zone)
    return local.astimezone(UTC).replace(tzinfo=None)


def reached(progress: float, thresholds: Iterable[float]) -> list[int]:
    """Return the thresholds that a percentage has reached, ascending."""
    return sorted(int(value) for value in thresholds if value <= progress)


def due_step(due: date, today: date, leads: Iterable[int]) -> int | None:
    """Return which reminder a due day asks for today: the tightest lead, in days.

    With leads 14 and 3: ten days ahead it is 14, two days ahead 3. A learner who
    enrolls two days ahead gets one reminder, not two.
    """
    left = (due - today).days
    open_leads = [lead for lead in leads if 0 <= left <= lead]
    return min(open_leads, default=None)


def overdue_step(due: date, today: date, days: Iterable[int]) -> int | None:
    """Return which reminder an overdue day asks for: the latest that has passed."""
    late = (today - due).days
    return max((step for step in days if 0 < step <= late), default=None)
