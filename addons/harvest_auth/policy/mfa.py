"""The second factor: what is asked of a person, and the next step of a sign-in.

Levels, the strictest of a person's groups counts:

* ``none``: not asked for, welcome;
* ``any``: also a code by e-mail, which is no factor for staff (ASVS 5.0 6.3.6);
* ``device``: an authenticator app or a passkey;
* ``passkey``: a passkey (or security key) only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

LEVELS = ("none", "any", "device", "passkey")


@dataclass(frozen=True)
class Factors:
    """What a person has set up."""

    app: bool = False
    passkey: bool = False
    email: bool = False  # a code may be sent: never for staff


def strictest(levels: Iterable[str]) -> str:
    """Return the strictest level, ``none`` when there is none."""
    return max(levels, key=LEVELS.index, default="none")


def is_met(level: str, factors: Factors) -> bool:
    """Tell whether a person has what the level asks for."""
    match level:
        case "passkey":
            return factors.passkey
        case "device":
            return factors.app or factors.passkey
        case "any":
            return factors.app or factors.passkey or factors.email
        case _:
            return True


def next_step(level: str, factors: Factors, deadline: date | None, today: date) -> str:
    """Return what follows a right password.

    Whoever has a factor is asked for it, whatever the level. A password never replaces
    a passkey that the person has set up, nor does the app where a passkey is asked for.

    :param deadline: the last day on which to go without; None: no day at all
    :return: ``app``, ``passkey``, ``email``, ``enroll`` (before anything else),
        ``invite`` (may be put off) or ``done``
    """
    if factors.app and level != "passkey":
        return "app"
    if factors.passkey:
        return "passkey"
    if level == "any" and factors.email:
        return "email"
    if is_met(level, factors):
        return "done"
    if deadline is not None and today <= deadline:
        return "invite"
    # The app is asked for until the passkey is there: it was set up for that.
    return "enroll"


def deadline(first_asked: date | None, grace_days: int, today: date) -> date:
    """Return the last day of grace; it runs from the first sign-in under the policy."""
    return (first_asked or today) + timedelta(days=grace_days - 1)
