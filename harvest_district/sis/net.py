"""The one seam to the network: every request to a district system goes through ``Net``.

What it promises, whatever the vendor (hazards of the interop reference, §11):

* a token is sent to the origin that was configured and to no other (2); redirects are
  not followed (6)
* only https, and only to public addresses; the address that is really connected to is
  checked, so a name that changes its answer does not help (27)
* 429 and 5xx are waited for: ``Retry-After`` (seconds or date) and
  ``X-RateLimit-Reset`` are honoured, else jittered exponential waits, within a budget
  of seconds for the whole pull (5)
* 401 renews the token once, and only when the new token differs (4)
* HTML where JSON was announced is an error, never an empty list (6); so is an answer
  that is too large

No URL, header or body of a request reaches a log or a message.
"""

import json
import random
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import tenacity
from urllib3.exceptions import HTTPError

from odoo.addons.harvest_base.guarded_http import (
    ForbiddenAddress,
    guarded_connection,
    guarded_session,
    is_trusted,
)

from .errors import RosterError

_CHUNK = 1 << 16  # bytes
_BUSY = frozenset({429, 500, 502, 503, 504})


class NetError(RosterError):
    """A district system could not be asked, or gave no answer that can be used."""


@dataclass(frozen=True, slots=True)
class NetPolicy:
    """How patient and how trusting; times in seconds, sizes in bytes."""

    connect_timeout: float = 10
    read_timeout: float = 120
    attempts: int = 6
    wait_first: float = 1
    wait_most: float = 60
    wait_budget: float = 900  # all waits of one pull together
    max_bytes: int = 256 << 20  # of one answer
    # Hosts (``name`` or ``name:port``) inside the district's own network that may be
    # asked although their address is private or they speak plain http.
    trusted_hosts: frozenset[str] = frozenset()


@dataclass(slots=True)
class Answer:
    """What came back; ``place`` names the request for messages, without its host."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    place: str
    url: str

    def json(self) -> Any:
        """:raise NetError: ``net_html`` or ``net_json``"""
        start = self.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
        if start == b"<" or "html" in self.headers.get("Content-Type", "").lower():
            raise NetError.of("net_html", self.place)
        try:
            return json.loads(self.body.decode("utf-8-sig"))
        except (ValueError, RecursionError):  # the latter: nested without end
            raise NetError.of("net_json", self.place) from None


class Auth:
    """Signs requests. Subclasses: see ``auth``."""

    def prepare(self, net: "Net") -> None:
        """Get what signing needs, such as a token, before the first try."""

    def sign(self, net: "Net", request: requests.Request) -> Any:
        """Put credentials on a request; may return a ``requests`` auth object."""
        return None

    def renew(self, net: "Net") -> bool:
        """After a 401: get other credentials; false when there are none."""
        return False


@dataclass
class Net:
    """Sends requests to one system; one object for one pull.

    :param base_url: the origin that credentials may be sent to
    :param sleep, now: replaced by tests; seconds
    """

    base_url: str
    auth: Auth = field(default_factory=Auth)
    policy: NetPolicy = field(default_factory=NetPolicy)
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    requests_sent: int = 0
    waited: float = 0

    def __post_init__(self) -> None:
        policy = self.policy
        self._session = guarded_session(
            policy.trusted_hosts, (policy.connect_timeout, policy.read_timeout)
        )

    def close(self) -> None:
        self._session.close()

    def __enter__(self) -> "Net":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def get(self, url: str, params: Mapping | None = None, **how: Any) -> Answer:
        """GET a path below the base, or a URL of the same origin."""
        return self.request("GET", url, params=params, **how)

    def request(
        self,
        method: str,
        url: str,
        *,
        ok: tuple[int, ...] = (200,),
        signed: bool = True,
        place: str = "",
        **how: Any,
    ) -> Answer:
        """Send a request until it is answered, or patience ends.

        :param url: absolute, or relative to ``base_url``
        :param ok: the status codes that are an answer; others raise
        :param signed: with credentials; then only to the base's origin
        :param how: params, headers, data, json as ``requests`` takes them
        :raise NetError: ``net_*``, see ``messages``
        """
        try:
            full = urljoin(self.base_url.rstrip("/") + "/", url)
            place = place or urlsplit(full).path
            self._check_target(full, place, signed)
        except ValueError:  # no port, no IPv6 address
            raise NetError.of("net_bad_address", place) from None
        if signed:
            self.auth.prepare(self)
        renewed = False
        while True:
            answer = self._patiently(method, full, place, signed, how)
            if answer.status in ok:
                return answer
            if answer.status == 401 and signed and not renewed:
                renewed = True
                if self.auth.renew(self):
                    continue
            raise refusal(answer)

    def _check_target(self, url: str, place: str, signed: bool) -> None:
        parts = urlsplit(url)
        if parts.username or parts.password:
            raise NetError.of("net_credentials_in_url", place)
        if parts.scheme != "https" and not self._is_trusted(parts):
            raise NetError.of("net_not_https", place)
        if signed and _origin(url) != _origin(self.base_url):
            raise NetError.of("net_other_host", place)

    def _is_trusted(self, parts) -> bool:
        return is_trusted(parts, self.policy.trusted_hosts)

    def _patiently(self, method, url, place, signed, how) -> Answer:
        """Try until an answer comes that is worth reading, or patience ends.

        :raise NetError: the last try's failure
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda answer: answer.status in _BUSY)
            | tenacity.retry_if_exception(_is_transient),
            stop=tenacity.stop_after_attempt(self.policy.attempts),
            wait=self._wait,
            sleep=self._sleep,
            retry_error_callback=lambda state: state.outcome.result(),
        )
        return retrying(self._send, method, url, place, signed, how)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Seconds until the next try: what the server asks for, else growing waits.

        :raise NetError: what went wrong, when the budget does not allow to wait
        """
        policy, outcome = self.policy, state.outcome
        growing = min(
            policy.wait_first * 2 ** (state.attempt_number - 1), policy.wait_most
        )
        seconds = growing * random.uniform(0.5, 1)
        if not outcome.failed:
            seconds = _asked_to_wait(outcome.result(), self.now()) or seconds
        if self.waited + seconds > policy.wait_budget:
            raise outcome.exception() if outcome.failed else refusal(outcome.result())
        return seconds

    def _sleep(self, seconds: float) -> None:
        self.waited += seconds
        self.sleep(seconds)

    def _send(self, method, url, place, signed, how) -> Answer:
        request = requests.Request(method, url, **how)
        request.headers = {"Accept": "application/json", **(request.headers or {})}
        if signed:
            request.auth = self.auth.sign(self, request) or request.auth
        self.requests_sent += 1
        try:
            with self._session.send(
                self._session.prepare_request(request),
                stream=True,
                allow_redirects=False,
            ) as response:
                body = self._read(response, place)
                return Answer(
                    response.status_code, response.headers, body, place, response.url
                )
        except (requests.RequestException, HTTPError, ForbiddenAddress) as error:
            raise _failure(error, place) from None

    def _read(self, response, place: str) -> bytes:
        parts, size = [], 0
        for chunk in response.iter_content(_CHUNK):
            parts.append(chunk)
            size += len(chunk)
            if size > self.policy.max_bytes:
                raise NetError.of("net_too_large", place)
        return b"".join(parts)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, NetError) and error.code in (
        "net_timeout",
        "net_unreachable",
        "net_cut_off",
    )


def _asked_to_wait(answer: Answer, now: float) -> float | None:
    """``Retry-After`` in seconds or as a date, else ``X-RateLimit-Reset`` (Unix).

    Dates are compared with the server's own clock. None: nothing was asked for, or
    nothing that lies ahead.
    """
    headers = answer.headers
    clock = http_date(answer)
    now = clock.timestamp() if clock else now
    text = headers.get("Retry-After", "").strip()
    reset = headers.get("X-RateLimit-Reset", "").strip()
    if text.isdecimal():
        seconds = float(text)
    elif text:
        moment = _date(text)
        seconds = moment.timestamp() - now if moment else 0
    elif answer.status == 429 and reset.isdecimal():
        seconds = float(reset) - now
    else:
        return None
    return seconds if seconds > 0 else None


def http_date(answer: Answer) -> datetime | None:
    """The server's own clock, from its ``Date`` header (RFC 9110 §6.6.1)."""
    return _date(answer.headers.get("Date", ""))


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def refusal(answer: Answer) -> NetError:
    """What an answer's status means when it is none of those expected."""
    if 300 <= answer.status < 400:
        return NetError.of("net_redirect", answer.place)
    codes = {
        400: "net_bad_request",
        401: "net_unauthorized",
        403: "net_forbidden",
        404: "net_not_found",
        413: "net_bad_request",
        429: "net_busy",
        501: "net_not_offered",
    }
    code = codes.get(answer.status, "net_server_error")
    return NetError.of(code, answer.place, status=answer.status)


def _failure(error: Exception, place: str) -> NetError:
    text = str(error)
    if isinstance(error, ForbiddenAddress):
        return NetError.of("net_private_address", place)
    if isinstance(error, requests.exceptions.SSLError):
        return NetError.of("net_certificate", place)
    if isinstance(error, requests.Timeout) or "Read timed out" in text:
        return NetError.of("net_timeout", place)
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return NetError.of("net_cut_off", place)
    if "NameResolutionError" in text:
        return NetError.of("net_unknown_host", place)
    if isinstance(error, requests.exceptions.InvalidURL | ValueError):
        return NetError.of("net_bad_address", place)
    return NetError.of("net_unreachable", place)


def connect(host: str, port: int, policy: NetPolicy) -> socket.socket:
    """A connection for other protocols than HTTP, under the same rules.

    :raise NetError: ``net_unknown_host``, ``net_unreachable``, ``net_timeout``,
        ``net_private_address``
    """
    try:
        return guarded_connection(
            host, port, policy.trusted_hosts, policy.connect_timeout
        )
    except ForbiddenAddress:
        raise NetError.of("net_private_address") from None
    except socket.gaierror:
        raise NetError.of("net_unknown_host") from None
    except TimeoutError:
        raise NetError.of("net_timeout") from None
    except OSError:
        raise NetError.of("net_unreachable") from None
