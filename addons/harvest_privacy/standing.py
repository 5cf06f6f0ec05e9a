"""What all decisions about one student and one purpose come to on a day.

The history has one row a decision and never changes; this reads it. Each party has one
voice: the last decision. Parents who disagree are never resolved in silence: the answer
is ``conflict``, which permits nothing, unless the purpose says that one parent is
enough (either may act alone: Fam. Code 3083; 34 CFR 99.4). Anchor: NHS Mavis, where a
refusal beside a consent is triaged by a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

GIVEN, REFUSED, WITHDRAWN = "given", "refused", "withdrawn"
# Only a standing is one of these, no decision.
CONFLICT, EXPIRED, OUTDATED, MISSING = "conflict", "expired", "outdated", "missing"
# How parents who disagree are dealt with.
REFUSAL_HOLDS = "refusal_holds"
ONE_SUFFICES = "one_suffices"


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of the history.

    :param party: who decided, any hashable value
    :param at: when; of two at the same moment the later row counts
    :param day_from: the first day it holds
    :param day_to: the last day it holds, None: until withdrawn
    :param version: of the text that was shown
    """

    key: int
    party: object
    decision: str
    at: datetime
    day_from: date
    day_to: date | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """The outcome, and the keys of the decisions that make it."""

    state: str
    keys: tuple[int, ...] = ()
    until: date | None = None

    @property
    def permits(self) -> bool:
        return self.state == GIVEN


def settle(
    decisions: Iterable[Decision],
    day: date,
    *,
    least_version: int = 0,
    disagreement: str = REFUSAL_HOLDS,
) -> Standing:
    """Return where a student stands on ``day``.

    :param least_version: consents to an older text do not count any more
    :param disagreement: ``refusal_holds`` or ``one_suffices``
    """
    voices = _last_of_each(decisions, day)
    if not voices:
        return Standing(MISSING)
    states = {voice: _state(voice, day, least_version) for voice in voices}

    def of(*wanted):
        return [voice for voice, state in states.items() if state in wanted]

    given, against = of(GIVEN), of(REFUSED, WITHDRAWN)
    if given and against and disagreement != ONE_SUFFICES:
        return Standing(CONFLICT, _keys([*given, *against]))
    if given:
        return Standing(GIVEN, _keys(given), _until(given))
    if against:
        return Standing(max(against, key=_order).decision, _keys(against))
    last = max(voices, key=_order)
    return Standing(states[last], (last.key,))


def _order(decision: Decision):
    return (decision.at, decision.key)


def _last_of_each(decisions: Iterable[Decision], day: date) -> list[Decision]:
    last: dict[object, Decision] = {}
    for decision in sorted(decisions, key=_order):
        if decision.day_from <= day:
            last[decision.party] = decision
    return list(last.values())


def _state(decision: Decision, day: date, least_version: int) -> str:
    if decision.decision != GIVEN:
        return decision.decision  # a refusal does not run out
    if decision.day_to and decision.day_to < day:
        return EXPIRED
    return OUTDATED if decision.version < least_version else GIVEN


def _keys(decisions: Iterable[Decision]) -> tuple[int, ...]:
    return tuple(sorted(decision.key for decision in decisions))


def _until(given: list[Decision]) -> date | None:
    """The last day on which any of the consents still holds."""
    days = [decision.day_to for decision in given]
    return None if None in days else max(days)
