"""Which reminder is due: the step that was passed last. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def parse_steps(text: str) -> tuple[int, ...]:
    """Read days before a deadline, e.g. ``"90, 60, 30, 7, 0"``; the largest first.

    :raise ValueError: something is no whole number of days from 0 to 3650
    """
    steps = {int(part) for part in text.replace(";", ",").split(",") if part.strip()}
    if any(not 0 <= step <= 3650 for step in steps):
        raise ValueError("days out of range")
    return tuple(sorted(steps, reverse=True))


def due_step(days_left: int, steps: Sequence[int]) -> int | None:
    """The step to remind of with ``days_left`` days to the deadline; None: too early.

    After an outage only the last step passed counts, so nobody gets five mails at once.
    """
    passed = [step for step in steps if days_left <= step]
    return min(passed) if passed else None


def new_steps(due: Iterable[tuple], sent: set[tuple]) -> list[tuple]:
    """Those of ``due`` that the ledger ``sent`` does not hold, each once, in order."""
    seen = set(sent)
    return [key for key in due if not (key in seen or seen.add(key))]
