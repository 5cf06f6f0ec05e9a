"""One attempt to deliver, and how long to wait for the next one.

The address that is really connected to is looked at (``harvest_base.guarded_http``);
redirects are not followed, so a signed event goes where a person said and nowhere else.
The answer's body is not read: nothing in it could change what we do.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, InvalidHeader
from urllib3.util.retry import Retry

from odoo.addons.harvest_base.guarded_http import (
    ForbiddenAddress,
    guarded_session,
    is_trusted,
)

_JITTER = 0.2  # waits are up to a fifth longer, so that many do not come at once


class Answer(NamedTuple):
    """What came of an attempt.

    ``error`` is empty for a delivery, else a code of ``const.DELIVERY_ERRORS``;
    ``status`` is 0 when there was no answer; ``retry_after`` in seconds, 0: not said.
    """

    status: int
    error: str
    milliseconds: int
    retry_after: float = 0


class Policy(NamedTuple):
    """How patient (seconds) and how trusting (``name`` or ``name:port``)."""

    connect_timeout: float
    read_timeout: float
    trusted_hosts: frozenset[str] = frozenset()


def address_problem(url: str, trusted_hosts: frozenset[str]) -> str:
    """Return why an address may not be sent to, or an empty text.

    :return: ``bad_address``, ``credentials_in_url``, ``not_https``
    """
    try:
        parts = urlsplit(url.strip())
        _port = parts.port  # raises when it is no number
    except ValueError:
        return "bad_address"
    if not parts.hostname or parts.scheme not in ("http", "https"):
        return "bad_address"
    if parts.username or parts.password:
        return "credentials_in_url"
    if parts.scheme != "https" and not is_trusted(parts, trusted_hosts):
        return "not_https"
    return ""


def post(url: str, body: str, headers: Mapping[str, str], policy: Policy) -> Answer:
    """Send a body once.

    :raise: nothing; what went wrong is in the answer
    """
    started = time.monotonic()
    status, error, wanted = 0, "", 0.0
    try:
        status, wanted = _ask(url, body, headers, policy)
        error = _meaning(status)
    except (
        requests.RequestException,
        HTTPError,
        ForbiddenAddress,
        ValueError,
    ) as caught:
        error = _failure(caught)
    milliseconds = round((time.monotonic() - started) * 1000)
    return Answer(status, error, milliseconds, wanted)


def _ask(url, body, headers, policy) -> tuple[int, float]:
    if address_problem(url, policy.trusted_hosts):
        raise ValueError
    timeout = (policy.connect_timeout, policy.read_timeout)
    with (
        guarded_session(policy.trusted_hosts, timeout) as session,
        session.post(
            url,
            data=body.encode(),
            headers={"Content-Type": "application/json", **headers},
            stream=True,
            allow_redirects=False,
        ) as response,
    ):
        return response.status_code, _retry_after(response.headers)


def _retry_after(headers: Mapping[str, str]) -> float:
    """``Retry-After`` in seconds, whether it was seconds or a date (RFC 9110)."""
    try:
        return max(Retry().parse_retry_after(headers.get("Retry-After") or "0"), 0)
    except (InvalidHeader, ValueError, OverflowError):
        return 0


def _meaning(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return "http_redirect"
    named = {410: "http_gone", 429: "http_busy"}
    return named.get(status, "http_refused" if status < 500 else "http_error")


def _failure(error: Exception) -> str:
    if isinstance(error, ForbiddenAddress):
        return "private_address"
    if isinstance(error, requests.exceptions.SSLError):
        return "certificate"
    if isinstance(error, requests.Timeout):
        return "timeout"
    if "NameResolutionError" in str(error):
        return "unknown_host"
    if isinstance(error, requests.exceptions.InvalidURL | ValueError):
        return "bad_address"
    return "unreachable"


def next_wait(
    attempts: int,
    delays: Sequence[float],
    retry_after: float = 0,
    draw: Callable[[], float] = random.random,
) -> float | None:
    """Seconds until the next attempt; None: it is given up.

    :param attempts: how many there were, at least one
    :param delays: seconds after the first, the second … failure
    :param retry_after: what the receiver asked for; at most the longest delay counts
    :param draw: a number from 0 to 1, for the jitter
    """
    if attempts > len(delays):
        return None
    longest = max(delays)
    wait = delays[attempts - 1] * (1 + _JITTER * draw())
    return max(wait, min(retry_after, longest))
