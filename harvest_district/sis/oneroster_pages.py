"""Read a OneRoster collection page by page, and know whether that was all of it.

Interop reference §1.3 (paging), §1.4 (errors) and hazards 1, 2, 3, 6 and 7.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from typing import Any
from urllib.parse import urljoin

from requests.utils import parse_header_links

from .net import Answer, Net, NetError, http_date, refusal
from .oneroster_options import LINK, Options

# Answers whose body may say more than their status.
_SPOKEN = (200, 400, 403, 404, 405, 422, 500, 501)
_MINOR_STATUS = {
    "unauthorisedrequest": 401,
    "unauthorizedrequest": 401,
    "unauthorized": 401,
    "forbidden": 403,
    "unknownobject": 404,
    "unsupported": 501,
    "serverbusy": 429,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One pass over a collection.

    ``announced``
        the total that the system named last, None when it named none.
    ``rows``, ``distinct``
        how many came, and how many ids there are among them.
    ``mark``
        equal for passes that brought the same ids.
    """

    rows: int
    distinct: int
    announced: int | None
    changed: bool  # the total changed while it was read
    mark: int

    @property
    def is_whole(self) -> bool:
        """Everything came exactly once."""
        total = self.rows if self.announced is None else self.announced
        return not self.changed and total == self.rows == self.distinct

    def confirms(self, other: "Reading") -> bool:
        """Both passes brought the same, so what came twice truly stands there twice."""
        total = self.rows if self.announced is None else self.announced
        same = (self.rows, self.mark) == (other.rows, other.mark)
        return same and not self.changed and total == self.rows


class Pages:
    """Reads collections of one system.

    ``clock``
        the system's own time when it first answered, None before or when it has none.
    """

    def __init__(self, net: Net, base: str, options: Options) -> None:
        self._net = net
        self._base = base
        self._options = options
        self.clock: datetime | None = None
        self.reading: Reading | None = None

    def read(self, resource: str, params: Mapping | None = None) -> Iterator[Any]:
        """Yield every object once a pass; afterwards ``reading`` says what came.

        :param resource: the name of the collection, such as ``students``
        :raise NetError: a page is no page, or they do not end
        """
        tally = _Tally(resource)
        for page, total in self._pages(resource, dict(params or {})):
            if tally.count(page, total):
                yield from page
            else:
                break
        self.reading = tally.reading()

    def first(self, resource: str, params: Mapping | None = None) -> tuple[list, int]:
        """The first page, and how many objects there are as far as it tells."""
        page, total = next(self._pages(resource, dict(params or {})))
        return page, len(page) if total is None else total

    def _pages(self, resource: str, params: dict) -> Iterator[tuple[list, int | None]]:
        """Yield (objects, total) until a page is empty or no next one is named.

        A short page ends nothing: systems lower the limit without a word.
        """
        options = self._options
        url, visited = f"{self._base}/{resource}", set()
        params |= {"limit": options.page_size, "offset": 0}
        for _ in range(options.max_pages):
            answer = self._net.get(url, params, ok=_SPOKEN, place=resource)
            self.clock = self.clock or http_date(answer)
            page, total = self._objects(answer, resource), self._total(answer)
            yield page, total
            following = _next(answer) if options.paging == LINK else None
            if not page or (visited and not following):
                return
            if following in visited or following == answer.url:
                break
            if following:
                visited.add(following)
                url, params = following, {}
                continue
            # A row that stands in a page twice is no reason to skip another one.
            params["offset"] += min(len(page), options.page_size)
            if not options.reads_beyond and params["offset"] >= (total or inf):
                return
        raise NetError.of("page_loop", resource)

    def _objects(self, answer: Answer, resource: str) -> list:
        """:raise NetError: the envelope is missing, or the answer is an error"""
        if answer.status != 200:
            raise _refused(answer, _error_body(answer))
        payload = answer.json()
        if _fails(payload):
            raise _refused(answer, payload)
        key = COLLECTIONS.get(resource, resource)
        found = payload.get(key) if isinstance(payload, Mapping) else None
        if isinstance(found, Mapping):  # one object instead of a list
            return [found]
        if not isinstance(found, list):
            raise NetError.of("envelope_missing", resource, key=key)
        return found

    def _total(self, answer: Answer) -> int | None:
        for name in self._options.total_headers:
            text = answer.headers.get(name, "").strip()
            if text.isdecimal():
                return int(text)
        return None


class _Tally:
    """Counts what one pass brings, and notices when it goes in circles."""

    def __init__(self, resource: str) -> None:
        self._resource = resource
        self._ids: set[str] = set()
        self._mark = 0
        self._last: list[str] = []
        self._rows = 0
        self._total: int | None = None
        self._changed = False

    def count(self, page: list, total: int | None) -> bool:
        """Whether the page brings anything.

        :raise NetError: it is the page before once more, though that was not the last
        """
        if total is not None:
            self._changed |= self._total not in (None, total)
            self._total = total
        ids = [_id(thing) for thing in page]
        if ids and ids == self._last:
            if len(self._ids) == self._total:  # asked beyond the end: the last again
                return False
            raise NetError.of("page_loop", self._resource)
        self._last = ids
        self._rows += len(ids)
        for entity_id in ids:
            if entity_id not in self._ids:
                self._ids.add(entity_id)
                self._mark ^= hash(entity_id)
        return True

    def reading(self) -> Reading:
        return Reading(
            self._rows, len(self._ids), self._total, self._changed, self._mark
        )


# Resources whose envelope has another name (interop reference §1.1).
COLLECTIONS = {
    "schools": "orgs",
    "terms": "academicSessions",
    "gradingPeriods": "academicSessions",
    "students": "users",
    "teachers": "users",
}


def _id(thing: Any) -> str:
    return str(thing.get("sourcedId")) if isinstance(thing, Mapping) else ""


def _next(answer: Answer) -> str | None:
    """The URL of ``rel="next"``."""
    header = answer.headers.get("Link", "")
    for link in parse_header_links(header) if header else ():
        if link.get("rel") == "next":
            return urljoin(answer.url, link["url"])
    return None


# ERRORS IN THE BODY


def _refused(answer: Answer, payload: Any) -> NetError:
    """By the code in the body where that is plainer than the status."""
    status = 400 if answer.status == 200 else answer.status
    return refusal(replace(answer, status=_MINOR_STATUS.get(_minor(payload), status)))


def _error_body(answer: Answer) -> Any:
    """The decoded body of an error, None when it is HTML or empty."""
    try:
        return answer.json()
    except NetError:
        return None


def _fails(payload: Any) -> bool:
    return any(
        str(status.get("imsx_codeMajor", "")).lower() in ("failure", "unsupported")
        for status in _statuses(payload)
    )


def _statuses(payload: Any) -> Iterator[Mapping]:
    """Status objects in every shape that is seen."""
    if not isinstance(payload, Mapping):
        return
    yield payload
    for key in ("imsx_StatusInfo", "statusInfoSet"):
        found = payload.get(key)
        for item in found if isinstance(found, list) else [found]:
            if isinstance(item, Mapping):
                yield item


def _minor(payload: Any) -> str:
    """The minor code in lower case without spaces and underscores, else ``""``."""
    for status in _statuses(payload):
        minor = status.get("imsx_CodeMinor") or status.get("imsx_codeMinor")
        while isinstance(minor, Mapping | list):
            minor = _inner(minor)
        if minor:
            return str(minor).lower().replace("_", "").replace(" ", "")
    return ""


def _inner(minor: Mapping | list) -> Any:
    if isinstance(minor, list):
        return minor[0] if minor else None
    fields = ("imsx_codeMinorField", "imsx_codeMinorFieldValue")
    return next((minor[name] for name in fields if name in minor), None)
