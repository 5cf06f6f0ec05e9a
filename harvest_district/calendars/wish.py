"""What a calendar wants of each date, when several events fall on it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from .expand import DayEvent
from .rules import IGNORE, Rule, classify

# A closure beats everything; a date without school beats one with. Within the same
# group the shorter event is the more exact one: a program week within a break, a
# holiday within a program week. Then the kinds in this order.
GROUPS = {
    "closure": 0,
    "holiday": 1,
    "program": 1,
    "early_release": 2,
    "instructional": 2,
}
KINDS = ("closure", "holiday", "program", "early_release", "instructional")

Key = tuple[int | None, date]  # site or the whole district, date


class Wanted(NamedTuple):
    """What a date becomes, from which event by which rule."""

    day_type: str
    event: DayEvent
    rule: int
    also: tuple[str, ...] = ()  # titles of what else falls on the date


class Unmatched(NamedTuple):
    """Events of one title that no rule knows."""

    summary: str
    categories: tuple[str, ...]
    all_day: bool
    first: date
    count: int


@dataclass
class Wishes:
    """By site and date; and what was left out."""

    days: dict[Key, Wanted] = field(default_factory=dict)
    unmatched: list[Unmatched] = field(default_factory=list)
    ignored: int = 0


def wish(
    events: Iterable[DayEvent],
    rules: Sequence[Rule],
    first: date,
    last: date,
    site: int | None = None,
) -> Wishes:
    """Classify events and choose one for each date from ``first`` to ``last``.

    :param site: the source's own site; a rule's site goes before it
    """
    result = Wishes()
    claims: dict[Key, list[tuple[tuple, Wanted]]] = defaultdict(list)
    unknown: dict[tuple, list[DayEvent]] = defaultdict(list)
    places = {rule.key: place for place, rule in enumerate(rules)}
    for event in events:
        rule = classify(event, rules)
        if rule is None:
            unknown[event.summary, event.categories, event.all_day].append(event)
        elif rule.result == IGNORE:
            result.ignored += 1
        else:
            claim = Wanted(rule.result, event, rule.key)
            rank = _rank(claim, places[rule.key])
            for day in event.dates(first, last):
                claims[rule.site or site, day].append((rank, claim))
    result.days = {key: _first(found) for key, found in sorted(claims.items(), key=_by)}
    result.unmatched = [
        Unmatched(*key, min(event.first for event in found), len(found))
        for key, found in sorted(unknown.items())
    ]
    return result


def _by(item: tuple[Key, object]) -> tuple:
    (site, day), _found = item
    return day, site or 0


def _rank(claim: Wanted, place: int) -> tuple:
    event = claim.event
    return (
        GROUPS[claim.day_type],
        event.length,
        KINDS.index(claim.day_type),
        place,
        event.summary,
        event.uid,
    )


def _first(claims: list[tuple[tuple, Wanted]]) -> Wanted:
    _rank, best = min(claims)
    others = {
        claim.event.summary
        for _rank, claim in claims
        if claim.event.summary != best.event.summary
    }
    return best._replace(also=tuple(sorted(others)))
