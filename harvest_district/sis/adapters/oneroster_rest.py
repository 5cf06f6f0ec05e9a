"""OneRoster 1.1 and 1.2 over REST, with OAuth 1 or 2, as each vendor speaks it.

Interop reference §§1, 2.4, 3, 4.3, 6 and 7; quirks are data, see ``profiles``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import chain, islice
from typing import Any
from zoneinfo import ZoneInfo

from .. import vocab
from ..auth import Auth, ClientCredentials, OAuth1Auth
from ..builder import RosterBuilder
from ..errors import RosterError
from ..manifest import V12
from ..net import Net, NetError
from ..oneroster_json import Flattener
from ..oneroster_options import (
    LOCAL_TIME,
    OAUTH1,
    OAUTH2,
    Options,
    base_url,
    spoken_version,
    token_url,
)
from ..oneroster_pages import Pages, Reading
from ..profiles import get_profile
from ..source import Cursor, Pull, Source

DEFAULT_PROFILE = "oneroster_generic"
_NEEDED = ("orgs", "academicSessions", "users")
# In an order in which whatever a row refers to has been read before (and Infinite
# Campus asks for, §3).
_TABLES = (*_NEEDED, "demographics", "courses", "classes", "enrollments")
_DENIED = ("net_forbidden", "net_not_found", "net_not_offered")
_HOUR = timedelta(hours=1)
_SUMMER = timedelta(days=75)  # the longest time between two school years


class _AskAll(Exception):
    """What changed cannot be told apart; everything must be read."""


class OneRosterRest(Source):
    """Pulls a roster from a OneRoster service."""

    adapter = "oneroster_rest"
    gaps = frozenset({"guardianFlags"})

    @classmethod
    def declared_gaps(cls, profile: str = "") -> frozenset[str]:
        return super().declared_gaps(profile or DEFAULT_PROFILE)

    @cached_property
    def options(self) -> Options:
        name = self.settings.profile or DEFAULT_PROFILE
        profile = get_profile(self.adapter, name)
        return Options.of(profile.options if profile else {}, self.settings.extra)

    @cached_property
    def base(self) -> str:
        """The address of the collections, without a slash at its end."""
        return base_url(self.settings, self.options)

    @property
    def net(self) -> Net:
        """Bound to the cleaned address; credentials go to its origin alone."""
        net = super().net
        net.base_url = self.base
        return net

    def make_auth(self) -> Auth:
        settings, options = self.settings, self.options
        for name in ("client_id", "secret"):
            if not getattr(settings, name):
                raise RosterError.of("setting_missing", setting=name)
        if options.auth == OAUTH1:
            return OAuth1Auth(settings.client_id, settings.secret, options.signature)
        return ClientCredentials(
            token_url(settings, self.base, options),
            settings.client_id,
            settings.secret,
            scope=settings.scope or self._scope(),
            style=options.token_style,
            extra=dict(options.token_fields),
        )

    def _scope(self) -> str:
        """The profile's scopes, of the version that is spoken (§1.2)."""
        version = spoken_version(self.base, self.options)
        number = version.rpartition(".")[2]
        return " ".join(scope.format(number=number) for scope in self.options.scopes)

    # PULLING

    def pull(self, cursor: Cursor | None = None) -> Pull:
        since = self._since(cursor or {})
        if since is not None:
            with suppress(_AskAll):
                return self._pull(since, cursor)
        return self._pull(None, None)

    def _since(self, cursor: Cursor) -> datetime | None:
        """From when on changes are asked for; None when everything must be."""
        since, full = _moment(cursor.get("since")), _moment(cursor.get("full"))
        if since is None or full is None or cursor.get("base") != self.base:
            return None
        days = timedelta(days=self.options.full_every_days)
        if since > self.now() or not timedelta(0) <= self.now() - full < days:
            return None
        return since if self.options.delta else None

    def _pull(self, since: datetime | None, cursor: Cursor | None) -> Pull:
        started = self.now()
        reader = _Reader(self, since)
        for table in _TABLES:
            reader.read(table)
        roster = reader.builder.finish()
        # A clock that is ahead would skip changes; one that is behind stamps them too.
        clock = min(reader.pages.clock or started, started)
        moment = clock - timedelta(minutes=self.settings.overlap)
        after = {
            "base": self.base,
            "since": moment.isoformat(),
            "full": cursor["full"] if cursor else started.isoformat(),
        }
        return Pull(
            roster,
            after if reader.is_whole else None,
            since is not None,
            self.net.requests_sent,
        )

    def filter(self, since: datetime | None) -> Mapping[str, str]:
        """The question for what changed (§1.3)."""
        if since is None:
            return {}
        since = since.astimezone(UTC)
        zone = "Z"
        if self.options.filter_time == LOCAL_TIME:
            # An hour more, for the one that comes twice when summer time ends.
            since = (since - _HOUR).astimezone(ZoneInfo(self.settings.time_zone))
            zone = ""
        text = since.replace(tzinfo=None).isoformat(timespec="milliseconds")
        return {"filter": f"dateLastModified>'{text}{zone}'"}

    def grade_names(self) -> Mapping[str, str]:
        return {**self.options.grades, **self.settings.grade_names}

    # TESTING

    def steps(self) -> Iterator[tuple[str, Callable[[], int | None]]]:
        yield "settings", self._check_settings
        if self.options.auth == OAUTH2:
            yield "token", lambda: self.net.auth.prepare(self.net)
        yield "schools", self._count_schools
        yield "year", self._check_year
        yield "people", self._count_students
        yield "classes", lambda: self.pages().first("classes")[1]

    def _check_settings(self) -> None:
        self.make_auth()

    def _count_schools(self) -> int:
        return sum(
            isinstance(org, Mapping) and org.get("type") == vocab.SCHOOL
            for org in self.pages().read(self.endpoints("orgs")[0])
        )

    def _count_students(self) -> int | None:
        """None where students come among all users, so that no total is theirs."""
        resource = self.endpoints("users")[0]
        total = self.pages().first(resource)[1]
        return total if resource == "students" else None

    def _check_year(self) -> None:
        """:raise RosterError: ``year_over``, all that is read is of the past"""
        resource = self.endpoints("academicSessions")[0]
        rows = [row for row in self.pages().read(resource) if isinstance(row, Mapping)]
        last = max((str(row.get("endDate", "")) for row in rows), default="")
        if last < (self.settings.as_of - _SUMMER).isoformat():
            raise RosterError.of("year_over", resource)

    # PARTS

    def pages(self) -> Pages:
        return Pages(self.net, self.base, self.options)

    def endpoints(self, table: str) -> Sequence[str]:
        """The collections that hold a table together."""
        return self.options.endpoints.get(table, (table,))


class _Reader:
    """Reads one roster; ``is_whole`` when nothing that was announced is missing."""

    def __init__(self, source: OneRosterRest, since: datetime | None) -> None:
        options = source.options
        self.pages = source.pages()
        self.builder = RosterBuilder(V12, grade_names=source.grade_names())
        self.is_whole = True
        self._source = source
        self._is_delta = since is not None
        self._params = source.filter(since)
        self._flattener = Flattener(options.state_id, options.state_id_types)

    def read(self, table: str) -> None:
        """Read a table from all its collections.

        :raise NetError: it is needed and cannot be read
        """
        resources = self._source.endpoints(table)
        needed = resources[0] if table in _NEEDED else ""
        whole = [self._read(table, name, name == needed) for name in resources]
        if all(whole):
            self.builder.complete(table)
            if table == "users":
                self.builder.complete("roles")

    def _read(self, table: str, resource: str, needed: bool) -> bool:
        """Whether the collection came whole; twice when the first pass did not."""
        first = self._pass(table, resource, needed)
        if first is None or first.is_whole:
            return first is not None
        second = self._pass(table, resource, needed)
        if second and (second.is_whole or second.confirms(first)):
            return True
        if self._is_delta:
            raise _AskAll
        self.is_whole = False
        found = second or first
        self.builder.roster.problems.add(
            "count_mismatch",
            resource,
            found=found.distinct,
            announced=first.rows if found.announced is None else found.announced,
        )
        return False

    def _pass(self, table: str, resource: str, needed: bool) -> Reading | None:
        """Read a collection to its end; None when we are not given it."""
        things = self.pages.read(resource, self._params)
        try:
            head = list(islice(things, 1))
        except NetError as error:
            denied = error.code in _DENIED
            if self._is_delta and (error.code == "net_bad_request" or needed & denied):
                raise _AskAll from error
            if needed or not denied:
                raise
            self._report_missing(resource, error)
            return None
        sink = self.builder.table(table, resource, delta=self._is_delta)
        for thing in chain(head, things):
            sink.add(self._flattener.row(table, thing))
            if table == "users":
                for role in self._flattener.roles(thing):
                    roles = self.builder.table("roles", resource, delta=self._is_delta)
                    roles.add(role)
        return self.pages.reading

    def _report_missing(self, resource: str, error: NetError) -> None:
        status = error.problem.params["status"]
        self.builder.roster.problems.add("resource_missing", resource, status=status)


def _moment(text: Any) -> datetime | None:
    """An aware moment of a cursor; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None
