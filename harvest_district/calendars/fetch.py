"""Ask a subscription for its calendar, through the one seam to the network."""

from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from ..sis.net import Net, NetError, NetPolicy
from .ical import CalendarLimits, UnreadableCalendar

REDIRECTS = 5
_MOVED = (301, 302, 303, 307, 308)
_SCHEMES = ("webcal://", "webcals://")
# A person waits for the answer, and a night has many sources: not for long.
POLICY = NetPolicy(
    connect_timeout=10,
    read_timeout=30,
    attempts=2,
    wait_most=5,
    wait_budget=10,
    max_bytes=CalendarLimits().bytes,
)


class CalendarAnswer(NamedTuple):
    """``content`` is ``None`` when nothing changed since the validators were given."""

    content: bytes | None
    etag: str = ""
    last_modified: str = ""


def https_url(url: str) -> str:
    """``webcal://`` is how calendars write ``https://``."""
    url = url.strip()
    for scheme in _SCHEMES:
        if url.lower().startswith(scheme):
            return "https://" + url[len(scheme) :]
    return url


def fetch_calendar(
    url: str,
    etag: str = "",
    last_modified: str = "",
    policy: NetPolicy = POLICY,
) -> CalendarAnswer:
    """Fetch, unless it is unchanged; follow redirects, each one checked by ``Net``.

    Nothing secret is sent along, so another host may be followed to. The address itself
    may be a secret, so no message names it.

    :raise NetError: ``net_*``
    :raise UnreadableCalendar: ``cal_too_large``
    """
    url = https_url(url)
    headers = {"Accept": "text/calendar, */*;q=0.1"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    with Net(url, policy=policy) as net:
        answer = _follow(net, url, headers)
    if answer.status == 304:
        return CalendarAnswer(None, etag, last_modified)
    found = answer.headers
    return CalendarAnswer(
        answer.body, found.get("ETag", ""), found.get("Last-Modified", "")
    )


def _follow(net: Net, url: str, headers: dict[str, str]):
    for _hop in range(REDIRECTS):
        answer = _ask(net, url, headers)
        target = answer.headers.get("Location", "")
        if answer.status not in _MOVED:
            return answer
        if not target:
            break
        url = urljoin(url, target)
    raise NetError.of("net_redirect")


def _ask(net: Net, url: str, headers: dict[str, str]):
    # The place is said without the path, which may be the secret.
    try:
        return net.request(
            "GET",
            url,
            ok=(200, 304, *_MOVED),
            signed=False,
            place=urlsplit(url).hostname or "",
            headers=headers,
        )
    except NetError as error:
        if error.code == "net_too_large":
            raise UnreadableCalendar.of(
                "cal_too_large", most=net.policy.max_bytes >> 20
            ) from None
        raise
