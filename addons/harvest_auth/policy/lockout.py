"""Wrong guesses of an account or of a network: when is the next one looked at?

From the fifth wrong guess on each one makes the next wait longer; the tenth locks for
minutes, and each further lock is twice as long, up to a limit. Nothing is locked for
ever, so nobody can be kept out by somebody else (ASVS 5.0 6.1.1, NIST SP 800-63B-4
§3.2.2). An attempt counts before it is checked: a hundred at once are a hundred.

Times are seconds since the epoch.
"""

from dataclasses import dataclass, replace

MAX_DOUBLINGS = 20  # beyond it the limits have been reached long ago


@dataclass(frozen=True)
class Limits:
    """How patient we are.

    :param delay_from: the number of wrong guesses from which on each one waits
    :param delay_max: the longest such wait, in seconds
    :param lock_after: the number of wrong guesses that locks
    :param lock_seconds: the first lock; each further one is twice as long
    :param lock_max: the longest lock, in seconds
    :param forget: seconds without an attempt after which all is forgotten
    :param locks: whether it locks at all (a break-glass account only waits)
    """

    delay_from: int
    delay_max: float
    lock_after: int
    lock_seconds: float
    lock_max: float
    forget: float
    locks: bool = True


@dataclass(frozen=True)
class Counter:
    """What is known of an account or a network."""

    failures: int = 0
    locks: int = 0
    last: float = 0.0
    blocked_until: float = 0.0

    def wait(self, now: float) -> float:
        """Return the seconds until the next attempt is looked at, 0 for now."""
        return max(0.0, self.blocked_until - now)


@dataclass(frozen=True)
class Attempt:
    """What becomes of an attempt: looked at, or sent away for ``wait`` seconds."""

    counter: Counter
    allowed: bool
    wait: float = 0.0
    locked: bool = False  # this very attempt was the last before a lock


def attempt(counter: Counter, limits: Limits, now: float) -> Attempt:
    """Count an attempt as a wrong one, before it is checked.

    Who is sent away is not counted: the guess told nothing, and a lock must end.
    """
    wait = counter.wait(now)
    if wait:
        return Attempt(counter, allowed=False, wait=wait)
    if now - counter.last > limits.forget:
        counter = Counter()
    failures = counter.failures + 1
    if limits.locks and failures >= limits.lock_after:
        return _lock(counter, limits, now)
    delay = _delay(failures, limits)
    counter = replace(
        counter, failures=failures, last=now, blocked_until=now + delay if delay else 0
    )
    return Attempt(counter, allowed=True)


def succeeded(counter: Counter, own: bool) -> Counter:
    """Take back what ``attempt`` counted.

    :param own: the account's own counter is forgotten; a network only loses this one,
        because a right password of one account says nothing about the other guesses
    """
    if own:
        return Counter()
    failures = max(0, counter.failures - 1)
    return replace(counter, failures=failures, blocked_until=0.0)


def _lock(counter: Counter, limits: Limits, now: float) -> Attempt:
    factor = 2 ** min(counter.locks, MAX_DOUBLINGS)
    seconds = min(limits.lock_seconds * factor, limits.lock_max)
    locked = Counter(
        # After the lock the waits go on where they began.
        failures=min(limits.delay_from, limits.lock_after - 1),
        locks=counter.locks + 1,
        last=now,
        blocked_until=now + seconds,
    )
    return Attempt(locked, allowed=True, locked=True)


def _delay(failures: int, limits: Limits) -> float:
    if failures < limits.delay_from:
        return 0.0
    factor = 2 ** min(failures - limits.delay_from, MAX_DOUBLINGS)
    return min(float(factor), limits.delay_max)
