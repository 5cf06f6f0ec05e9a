"""Clever v3: users, schools, sections and events (interop reference §5).

* One bearer token of the district and this application; it does not expire, and it may
  be revoked. Pages follow ``next`` until there is none, never to another host.
* A district that is paused, or whose sync failed, is frozen: what it says is read, and
  nothing is concluded from what it does not say (hazard 9).
* No contact at all is taken for "contacts are not shared", not for "nobody has family".
* Events are asked from the last one known. Clever says *deleted* when something is no
  longer shared, too, and cannot tell us which. So: a deleted user is asked for once
  more, and only who is really not there any more is removed, which then passes the
  same gate as any other loss; many at once (a school that was unshared) lead to a full
  pull. An event that is older than Clever keeps them, or does not say what was there
  before, does the same.
* Meals, special education and language programs are not kept (hazard 23).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ..auth import bearer
from ..builder import RosterBuilder, RowSink
from ..errors import RosterError
from ..net import Auth, Net, NetError
from ..profiles import get_profile
from ..source import Cursor, Pull, Settings, Source
from . import clever_rows as rows
from .clever_rows import Row
from .reading import NOT_GIVEN

_PAGE = 1000  # rows; Clever allows 10,000
_MOST_PAGES = 10_000
_MOST_EVENTS = 20_000  # above it a full pull is quicker
_MOST_DELETED = 100  # more at once is no change but a decision
_GONE = "tobedeleted"
_PEOPLE = ("users", "roles", "demographics", "guardianFlags")
_GROUPS = ("courses", "classes", "enrollments")


class CleverSource(Source):
    adapter = "clever"
    gaps = frozenset(
        {
            *("users.userMasterIdentifier", "users.pronouns"),
            *("courses.grades", "courses.orgSourcedId", "courses.schoolYearSourcedId"),
            *("courses.subjects", "classes.location", "enrollments.beginDate"),
            *("enrollments.endDate", "guardianFlags.custodial"),
            *("guardianFlags.livesWith", "guardianFlags.mayPickup"),
            *("guardianFlags.educationalRights", "guardianFlags.courtRestricted"),
            *("guardianFlags.receivesMail", "guardianFlags.dateStart"),
            "guardianFlags.dateEnd",
        }
    )

    def __init__(self, settings: Settings, net: Net | None = None) -> None:
        profile = get_profile(self.adapter, settings.profile)
        self.options: Mapping[str, Any] = profile.options if profile else {}
        base = settings.base_url or self.options["base_url"]
        if net is not None:
            net.base_url = net.base_url or base
        super().__init__(replace(settings, base_url=base), net)

    def make_auth(self) -> Auth:
        return bearer(self.settings.secret)

    def steps(self) -> Iterator[tuple[str, Callable[[], int | None]]]:
        yield "settings", self._check_settings
        yield "token", lambda: self.district() and None
        yield "schools", lambda: len(list(self.ask_all("schools")))
        yield "people", lambda: self._try("users", role="student")
        yield "families", lambda: self._try("users", role="contact")
        yield "classes", lambda: self._try("sections")

    def pull(self, cursor: Cursor | None = None) -> Pull:
        self._check_settings()
        before = self.net.requests_sent
        district = self.district()
        is_live = rows.text(district.get("state")) in self.options["live_states"]
        new = self._last_event() if is_live else None
        reading = None
        if is_live and new and cursor:
            reading = self._read_events(district, cursor)
            new = {**new, "event": cursor["event"]} if not new["event"] else new
        is_delta = reading is not None
        if reading is None:
            reading = Reading(self, district, delta=False)
            reading.read_all(is_live)
        roster = reading.builder.finish()
        return Pull(roster, new, is_delta, self.net.requests_sent - before)

    def _check_settings(self) -> None:
        if not self.settings.secret:
            raise RosterError.of("setting_missing", setting="secret")

    # ASKING

    def path(self, resource: str) -> str:
        return f"/{self.options['version']}/{resource}"

    def ask_all(self, resource: str, **params: Any) -> Iterator[Row]:
        """Every object of a resource, page by page.

        :raise NetError: ``page_loop``, ``envelope_missing``
        """
        url, asked = self.path(resource), {"limit": _PAGE, **params}
        seen: set[str] = set()
        while url:
            if url in seen or len(seen) > _MOST_PAGES:
                raise NetError.of("page_loop", self.path(resource))
            seen.add(url)
            answer = self.net.get(url, asked)
            payload = answer.json()
            yield from _objects(payload, answer.place)
            url, asked = _next_of(payload), {}

    def ask_one(self, resource: str) -> Row | None:
        """One object; None when it is not, or no longer, shared with us."""
        answer = self.net.get(self.path(resource), ok=(200, 404))
        if answer.status == 404:
            return None
        payload = answer.json()
        if not isinstance(payload, dict) or not isinstance(payload.get("data"), dict):
            raise NetError.of("envelope_missing", answer.place, key="data")
        return payload["data"]

    def district(self) -> Row:
        for district in self.ask_all("districts"):
            return district
        raise NetError.of("envelope_missing", self.path("districts"), key="district")

    def _try(self, resource: str, **params: Any) -> int:
        answer = self.net.get(self.path(resource), {"limit": 1, **params})
        return len(_objects(answer.json(), answer.place))

    # EVENTS

    def _last_event(self) -> Cursor | None:
        """Where the next delta begins; None when events are not switched on."""
        answer = self.net.get(
            self.path("events"),
            {"limit": 1, "ending_before": "last"},
            ok=(200, 400, *NOT_GIVEN),
        )
        if answer.status != 200:
            return None
        found = _objects(answer.json(), answer.place)
        event = found[-1]["id"] if found else ""
        return {"event": event, "at": self.now().isoformat()}

    def _read_events(self, district: Row, cursor: Cursor) -> "Reading | None":
        """A delta, or None when everything has to be read."""
        kept = timedelta(days=self.options["event_days"] - 1)
        if cursor.get("event") is None or not cursor.get("at"):
            return None
        if self.now() - datetime.fromisoformat(cursor["at"]) > kept:
            return None
        events = self._events_since(cursor["event"])
        if events is None:
            return None
        reading = Reading(self, district, delta=True)
        return reading if reading.read_events(events) else None

    def _events_since(self, event: str) -> list[Row] | None:
        """None when Clever does not know the event any more, or there are too many."""
        found: dict[str, Row] = {}
        after = {"starting_after": event} if event else {}
        try:
            for row in self.ask_all("events", **after):
                found[row["id"]] = row
                if len(found) > _MOST_EVENTS:
                    return None
        except NetError as error:
            if error.code in ("net_bad_request", "net_not_found"):
                return None
            raise
        return list(found.values())


class Reading:
    """One reading of a district into a roster: everything, or events."""

    def __init__(self, source: CleverSource, district: Row, *, delta: bool) -> None:
        self.source = source
        self.district = district
        self.delta = delta
        names = {**source.options["grade_names"], **source.settings.grade_names}
        self.builder = RosterBuilder(system="Clever", grade_names=names)
        self.problems = self.builder.roster.problems
        self.problems.add("programs_not_kept")
        self.year = ""

    def table(self, name: str) -> RowSink:
        whole = name in ("orgs", "academicSessions")
        return self.builder.table(name, delta=self.delta and not whole)

    # EVERYTHING

    def read_all(self, is_live: bool) -> None:
        self._read_frame()
        families = self._read_users()
        for course in self.source.ask_all("courses"):
            self.table("courses").add(rows.course_row(course))
        for section in self.source.ask_all("sections"):
            self._add_section(section)
        if not is_live:
            self.problems.add("frozen", self.source.path("districts"))
            return
        for name in ("orgs", "academicSessions", *_PEOPLE, *_GROUPS):
            self.table(name)
            if families or name != "guardianFlags":
                self.builder.complete(name)

    def _read_frame(self) -> None:
        """Schools and terms: few, so they come whole even in a delta."""
        self.table("orgs").add(rows.district_row(self.district))
        for school in self.source.ask_all("schools"):
            self.table("orgs").add(rows.school_row(school))
        terms = [rows.term_row(term) for term in self.source.ask_all("terms")]
        years = list(rows.year_rows(terms))
        today = self.source.settings.as_of.isoformat()
        running = [year for year in years if year["endDate"] >= today]
        if current := min(running or years, key=lambda y: y["startDate"], default=None):
            self.year = current["sourcedId"]
        for row in [*years, *terms]:
            self.table("academicSessions").add(row)
        if self.delta:
            self.builder.complete("orgs")
            self.builder.complete("academicSessions")

    def _read_users(self) -> int:
        """Add all users; return how many are somebody's family."""
        families = 0
        for user in self.source.ask_all("users"):
            self._add_user(user)
            families += bool((user.get("roles") or {}).get("contact"))
        return families

    def _add_user(self, user: Row) -> bool:
        """Add a user's rows, if it has a role for us."""
        found = list(rows.user_rows(user, self.district["id"], self.source.options))
        for name, row in found:
            self.table(name).add(row)
        return bool(found)

    def _add_section(self, section: Row) -> set[str]:
        self.table("classes").add(rows.class_row(section, self.year))
        found = set()
        for row in rows.place_rows(section):
            self.table("enrollments").add(row)
            found.add(row["sourcedId"])
        return found

    # EVENTS

    def read_events(self, events: list[Row]) -> bool:
        """Take what has changed; false when it has to be read in full."""
        latest: dict[tuple[str, str], tuple[str, Row]] = {}
        places: dict[str, set[str]] = {}
        for event in events:
            kind, _, what = rows.text(event.get("type")).partition(".")
            object_ = (event.get("data") or {}).get("object") or {}
            if not object_.get("id"):
                return False
            latest[kind, object_["id"]] = what, object_
            if kind == "sections":
                before = _previous(event)
                if before is None and what == "updated":
                    return False
                places.setdefault(object_["id"], set()).update(
                    *(rows.people(before or {}, n) for n in ("students", "teachers")),
                    [t for t in [(before or {}).get("teacher")] if t],
                )
        deleted = [key for key, (what, _o) in latest.items() if what == "deleted"]
        if len(deleted) > _MOST_DELETED:
            return False
        self._read_frame()
        for name in (*_PEOPLE, *_GROUPS):
            self.table(name)
        for (kind, key), (what, object_) in latest.items():
            self._take(kind, key, what, object_, places.get(key, set()))
        return True

    def _take(
        self, kind: str, key: str, what: str, object_: Row, before: set[str]
    ) -> None:
        if kind == "users":
            user = self.source.ask_one(f"users/{key}") if what == "deleted" else object_
            self._take_user(key, user)
        elif kind == "sections":
            self._take_section(key, None if what == "deleted" else object_, before)
        elif kind == "courses":
            gone = {"sourcedId": key, "status": _GONE}
            row = gone if what == "deleted" else rows.course_row(object_)
            self.table("courses").add(row)

    def _take_user(self, key: str, user: Row | None) -> None:
        """A user as it is now: with all of its roles, so that others are over."""
        if not (user and self._add_user(user)):
            self.table("users").add({"sourcedId": key, "status": _GONE})

    def _take_section(self, key: str, section: Row | None, before: set[str]) -> None:
        if section is None:
            self.table("classes").add({"sourcedId": key, "status": _GONE})
            return
        kept = self._add_section(section)
        for user in before:
            place = rows.place_key(key, user)
            if place not in kept:
                self.table("enrollments").add({"sourcedId": place, "status": _GONE})


def _objects(payload: Any, place: str) -> list[Row]:
    """``{"data": [{"data": {…}, "uri": …}, …]}``

    :raise NetError: ``envelope_missing``
    """
    found = payload.get("data") if isinstance(payload, dict) else None
    if not isinstance(found, list):
        raise NetError.of("envelope_missing", place, key="data")
    objects = []
    for item in found:
        inner = item.get("data") if isinstance(item, dict) else None
        if not isinstance(inner, dict) or not inner.get("id"):
            raise NetError.of("envelope_missing", place, key="data.data")
        if "previous_attributes" in item:  # the specification puts it beside the data
            inner = {**inner, "previous_attributes": item["previous_attributes"]}
        objects.append(inner)
    return objects


def _next_of(payload: Mapping[str, Any]) -> str:
    return next(
        (
            rows.text(link.get("uri"))
            for link in payload.get("links") or ()
            if link.get("rel") == "next"
        ),
        "",
    )


def _previous(event: Row) -> Row | None:
    """``previous_attributes``: beside the data, or, in older documents, inside."""
    found = event.get("previous_attributes")
    if found is None:
        found = (event.get("data") or {}).get("previous_attributes")
    return found if isinstance(found, dict) else None
