"""What may go, when, and what becomes of a request to erase. Plain Python.

California sorts pupil records into permanent, interim and permitted ones (5 CCR 432)
and says when each may be destroyed (5 CCR 437). What must be kept cannot be erased on
request; the answer says so, item by item, with the law.
"""

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

ERASED, ANONYMISED = "erased", "anonymised"
RESTRICTED, REFUSED = "restricted", "refused"
# EC 37200: a school year begins on the first of July.
SCHOOL_YEAR_START = (7, 1)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long one kind of record is kept, and how it goes.

    :ivar action: ``erased`` or ``anonymised``, when its time is over
    :ivar is_forever: it must be kept for ever
    :ivar is_copy: the original is in the district's system; this copy may go earlier
    :ivar restrict: while it must be kept, take it out of daily use
    """

    action: str
    is_forever: bool = False
    is_copy: bool = False
    restrict: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an item, and why.

    :ivar reason: ``hold``, ``unsorted``, ``forever``, ``in_use``, ``too_early``,
        ``over`` or ``copy``
    """

    outcome: str
    reason: str


def disposable_from(trigger: date | None, count: int, unit: str) -> date | None:
    """Return the first day on which something may be destroyed.

    :param trigger: when it became useless, e.g. the day of leaving; None: not yet
    :param unit: ``school_years`` (it goes *during* that school year after the one of
        the trigger), ``years`` or ``months``
    """
    if trigger is None:
        return None
    match unit:
        case "school_years":
            ends = trigger.year + (trigger >= date(trigger.year, *SCHOOL_YEAR_START))
            return date(ends + count - 1, *SCHOOL_YEAR_START)
        case "years":
            return trigger + relativedelta(years=count, days=1)
        case "months":
            return trigger + relativedelta(months=count, days=1)
    raise ValueError(unit)


def decide(
    terms: Terms | None, disposable: date | None, today: date, *, is_held: bool
) -> Verdict:
    """Return what becomes of one item when erasure is asked for, or due.

    :param terms: None: nobody has said how long it is kept
    :param disposable: what ``disposable_from`` says
    :param is_held: a legal hold, an open request or incident
    """
    if is_held:
        return Verdict(REFUSED, "hold")
    if terms is None:
        return Verdict(REFUSED, "unsorted")
    if terms.is_copy and disposable:
        return Verdict(terms.action, "copy")
    kept = RESTRICTED if terms.restrict else REFUSED
    if terms.is_forever:
        return Verdict(kept, "forever")
    if disposable is None:
        return Verdict(REFUSED, "in_use")
    if today < disposable:
        return Verdict(kept, "too_early")
    return Verdict(terms.action, "over")
