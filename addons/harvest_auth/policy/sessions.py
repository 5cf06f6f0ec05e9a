"""How long a session lasts: since the sign-in, and since it was last used."""

from collections.abc import Iterable
from dataclasses import dataclass

SEEN_EVERY = 60.0  # seconds between two writings of "last seen"


@dataclass(frozen=True)
class SessionLimits:
    """Seconds; 0 means that there is no such limit."""

    idle: float = 0.0
    absolute: float = 0.0


def strictest(all_limits: Iterable[SessionLimits]) -> SessionLimits:
    """Return the shortest of each limit."""
    all_limits = list(all_limits)
    return SessionLimits(
        idle=min((one.idle for one in all_limits if one.idle), default=0.0),
        absolute=min((one.absolute for one in all_limits if one.absolute), default=0.0),
    )


def why_over(
    limits: SessionLimits, started: float, seen: float, now: float
) -> str | None:
    """Return why a session is over, or None.

    ``seen`` is written once in ``SEEN_EVERY`` seconds, so a session may end that much
    early, never late. A clock that was put back ends nothing by itself.

    :return: ``absolute``, ``idle`` or None
    """
    if limits.absolute and now - started >= limits.absolute:
        return "absolute"
    if limits.idle and now - seen >= limits.idle:
        return "idle"
    return None


def is_worth_writing(seen: float, now: float) -> bool:
    """Tell whether "last seen" is old enough to be written again."""
    return abs(now - seen) >= SEEN_EVERY
