"""What has to change so that the days are as the calendar says, and what may not."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from .wish import Key, Wanted

CREATE, CHANGE, WITHDRAW, KEEP = "create", "change", "withdraw", "keep"
# Why a change waits for a person.
BY_HAND = "hand"  # a person has set the day
OTHER = "other"  # another calendar has set it
LONG = "long"  # an event so long that it may be a mistake
MASS = "mass"  # the calendar takes back much at once
PAST = "past"  # the day is over, and was perhaps reported
LONG_DAYS = 100  # dates; a summer break has some 75

MINE, OTHERS, NOBODY = "mine", "others", ""


class DayNow(NamedTuple):
    """A day as it is.

    :param owner: ``mine`` (this source made it what it is), ``others`` (another
        source) or empty
    :param pattern: what the weekly pattern made it, empty when it made none
    """

    day_type: str
    note: str = ""
    owner: str = NOBODY
    pattern: str = ""

    @property
    def is_plain(self) -> bool:
        """As it was generated: nobody has thought about this very date."""
        return (
            not self.owner
            and not self.note
            and bool(self.pattern)
            and self.day_type == self.pattern
        )


class Change(NamedTuple):
    """What a date becomes. ``to_type`` is empty when its line is taken away."""

    site: int | None
    date: date
    kind: str
    to_type: str
    to_note: str = ""
    wanted: Wanted | None = None
    conflict: str = ""


def plan(
    wanted: Mapping[Key, Wanted],
    known: Mapping[Key, DayNow],
    today: date,
    automatic: bool = False,
) -> list[Change]:
    """Compare; a change with a ``conflict`` may only be made when a person says so.

    Applying the result and planning again gives nothing but ``keep``. What is over is
    not withdrawn without a person, since some calendars only send what is to come.

    :param automatic: nobody looks; then nothing that is over changes at all
    """
    changes = [_to(key, wish, known.get(key)) for key, wish in wanted.items()]
    changes += [
        Change(*key, WITHDRAW, now.pattern)
        for key, now in known.items()
        if now.owner == MINE and key not in wanted
    ]
    changes = [
        change._replace(conflict=PAST)
        if change.date < today
        and (change.kind == WITHDRAW or (automatic and change.kind != KEEP))
        else change
        for change in changes
    ]
    return sorted(changes, key=lambda change: (change.date, change.site or 0))


def _to(key: Key, wish: Wanted, now: DayNow | None) -> Change:
    change = Change(*key, CREATE, wish.day_type, wish.event.summary, wish, _doubt(wish))
    if now is None:
        return change
    if now.owner == MINE:
        same = (now.day_type, now.note) == (wish.day_type, wish.event.summary)
        return change._replace(kind=KEEP, conflict="") if same else _changed(change)
    if now.day_type == wish.day_type:
        return change._replace(kind=KEEP, conflict="")  # it agrees: leave it alone
    if now.owner == OTHERS:
        return _changed(change, OTHER)
    return _changed(change, "" if now.is_plain else BY_HAND)


def _changed(change: Change, conflict: str = "") -> Change:
    return change._replace(kind=CHANGE, conflict=conflict or change.conflict)


def _doubt(wish: Wanted) -> str:
    return LONG if wish.event.length > LONG_DAYS else ""


def is_mass_withdrawal(
    changes: list[Change], owned: int, share: float, floor: int
) -> bool:
    """Whether a calendar takes back so much that a person should look first.

    :param owned: days that the source had made what they are
    :param share: of them, 0 to 1
    :param floor: fewer than these are never held
    """
    gone = sum(change.kind == WITHDRAW for change in changes)
    return gone >= floor and gone > share * owned
