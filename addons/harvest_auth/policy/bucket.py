"""A token bucket, and what a client is told of it.

A bucket of ``capacity`` fills evenly within ``window`` seconds. A server process takes
a handful at once (``lease``), so that not every request writes to the database; what
it does not use within ``LEASE_SECONDS`` is lost, never given twice.
"""

import math
from dataclasses import dataclass

LEASE_SECONDS = 5.0
LEASES = 100  # a lease is this part of the capacity


@dataclass(frozen=True)
class Quota:
    """``capacity`` requests in ``window`` seconds."""

    capacity: int
    window: float = 60.0

    @property
    def lease(self) -> int:
        """Return how many tokens a process takes at once."""
        return max(1, self.capacity // LEASES)


@dataclass(frozen=True)
class Bucket:
    """How many tokens there were at a time (seconds since the epoch)."""

    tokens: float
    at: float


def take(
    bucket: Bucket | None, quota: Quota, want: int, now: float
) -> tuple[Bucket, int]:
    """Take up to ``want`` tokens.

    :param bucket: None when nobody has taken any yet: it is full
    :return: the bucket afterwards, and how many whole tokens were taken
    """
    tokens = float(quota.capacity)
    if bucket is not None:
        elapsed = max(0.0, now - bucket.at)  # a clock put back fills nothing
        filled = bucket.tokens + elapsed * quota.capacity / quota.window
        tokens = min(tokens, filled)
    taken = min(want, math.floor(tokens))
    at = now if bucket is None else max(now, bucket.at)
    return Bucket(tokens - taken, at), taken


def seconds_until(bucket: Bucket, quota: Quota, want: int = 1) -> int:
    """Return the whole seconds until ``want`` tokens are there, at least 1."""
    missing = want - bucket.tokens
    return max(1, math.ceil(missing * quota.window / quota.capacity))


def headers(quota: Quota, remaining: float, reset: int) -> dict[str, str]:
    """Return the fields that tell a client where it stands.

    ``RateLimit-Limit``, ``-Remaining`` and ``-Reset`` as of
    draft-ietf-httpapi-ratelimit-headers-06, which clients know; ``RateLimit`` and
    ``RateLimit-Policy`` as of its later drafts (structured fields).

    :param remaining: tokens left
    :param reset: seconds until it is full, or until the next token when there is none
    """
    left = max(0, math.floor(remaining))
    return {
        "RateLimit-Limit": str(quota.capacity),
        "RateLimit-Remaining": str(left),
        "RateLimit-Reset": str(reset),
        "RateLimit-Policy": f'"district";q={quota.capacity};w={quota.window:g}',
        "RateLimit": f'"district";r={left};t={reset}',
    }
