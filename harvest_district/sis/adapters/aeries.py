"""Aeries: its own interface, version 5 (interop reference §7).

* ``DatabaseYear`` is stated with every question, since Aeries silently answers for
  another year when it does not like the one asked. A year that is not open is refused,
  and so are terms that lie in another year.
* Students come by record numbers. A record that is deleted while we read shifts the
  others, so each page begins with the last record of the page before; a page that does
  not is read again from the start.
* Changes are asked for in the server's local time. The cursor is kept in UTC and an
  hour that the clock repeats in autumn is asked for twice.
* A delta brings students, families and places in classes. When staff, sections or
  courses have changed, everything is read: that is rare, and roles follow from all of
  them. A contact who was deleted stays an adult without a child until then.
* Programs (meals, special education, foster youth) are not asked for: they do not
  belong on rosters. Neither are birthplaces: the extended record is asked of students
  in two schools only, and of it the reporting school alone is read.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..auth import HeaderAuth
from ..errors import RosterError
from ..net import Auth, NetError
from ..profiles import get_profile
from ..source import Cursor, Pull, Source
from . import aeries_rows as rows
from .aeries_reading import Reading
from .aeries_rows import Row
from .reading import NOT_GIVEN, rows_in

_PAGE = 500  # records
_RESTARTS = 3  # of a list that changes while it is read
_DELTA_MOST = 2000  # records to ask for; above it a full pull is quicker
_STUDENT_AREAS = ("student", "contact", "enrollment", "class")


class AeriesSource(Source):
    adapter = "aeries"
    refused = 0  # HTTP status of the last thing that was not given
    gaps = frozenset(
        {
            *("orgs.parentSourcedId", "users.pronouns", "users.userMasterIdentifier"),
            *("courses.orgSourcedId", "courses.schoolYearSourcedId"),
            *("courses.subjects", "classes.subjects", "guardianFlags.custodial"),
            *("guardianFlags.receivesMail", "guardianFlags.dateStart"),
            "guardianFlags.dateEnd",
        }
    )

    def make_auth(self) -> Auth:
        return HeaderAuth("AERIES-CERT", self.settings.secret)

    def steps(self) -> Iterator[tuple[str, Callable[[], int | None]]]:
        yield "settings", self._check_settings
        yield "reach", lambda: self._ask_info() and None
        yield "year", lambda: self._open_year() and None
        yield "schools", lambda: len(self.schools())
        yield "people", lambda: self._try_list("students")
        yield "families", lambda: self._try_list("contacts")
        yield "classes", lambda: self._try_list("sections")

    def pull(self, cursor: Cursor | None = None) -> Pull:
        self._check_settings()
        before = self.net.requests_sent
        info = self._open_year()
        moment = self._server_time(info)
        reading = self._read_changes(info, cursor, moment)
        is_delta = reading is not None
        if reading is None:
            reading = Reading(self, delta=False)
            reading.read_all()
        roster = reading.builder.finish()
        new = {"at": moment.isoformat(), "year": self.year} if reading.whole else None
        return Pull(roster, new, is_delta, self.net.requests_sent - before)

    # SETTINGS AND THE YEAR

    def _check_settings(self) -> None:
        for name in ("base_url", "secret"):
            if not getattr(self.settings, name):
                raise RosterError.of("setting_missing", setting=name)

    @property
    def options(self) -> dict[str, Any]:
        profile = get_profile(self.adapter, self.settings.profile)
        return dict(profile.options) if profile else {}

    @property
    def year(self) -> str:
        """The starting year of the school year: set by hand, else by the day."""
        stated = str(self.settings.extra.get("database_year") or "")
        day = self.settings.as_of
        return stated or str(day.year - (day.month < 7))

    def _ask_info(self) -> Row:
        return rows_in(self.net.get(self._url("systeminfo"), self._params()))[0]

    def _open_year(self) -> Row:
        """:raise RosterError: ``wrong_year``"""
        info = self._ask_info()
        found = rows.text(info.get("DatabaseYear"))
        open_years = [rows.text(y) for y in info.get("AvailableDatabaseYears") or ()]
        if open_years and self.year not in open_years:
            raise RosterError.of(
                "wrong_year", "systeminfo", asked=self.year, found=found
            )
        return info

    def check_terms(self, place: str, terms: list[Row]) -> None:
        """Terms begin between July and June of the year that was asked.

        :raise RosterError: ``wrong_year``
        """
        first, last = f"{self.year}-06", f"{int(self.year) + 1}-07"
        for term in terms:
            if not first <= term["startDate"][:7] <= last:
                found = term["startDate"][:4]
                raise RosterError.of("wrong_year", place, asked=self.year, found=found)

    def _server_time(self, info: Row) -> datetime:
        """The server's own clock; in the hour that repeats, the earlier of the two."""
        text = rows.text(info.get("CurrentDateTime"))
        try:
            local = datetime.fromisoformat(text[:19])
        except ValueError:
            return self.now()
        return local.replace(tzinfo=self._zone(info)).astimezone(UTC)

    def _zone(self, info: Row) -> ZoneInfo:
        name = rows.text(info.get("LocalTimeZoneName"))
        return ZoneInfo(self.options["time_zones"].get(name, self.settings.time_zone))

    # ASKING

    def _url(self, path: str) -> str:
        root = self.settings.base_url.rstrip("/")
        for tail in ("/v5", "/api"):
            root = root.removesuffix(tail)
        return f"{root}/api/v5/{path}"

    def _params(self, **more: Any) -> dict[str, Any]:
        return {"DatabaseYear": self.year, **more}

    def ask(self, path: str) -> list[Row]:
        return [
            rows.old_names(row)
            for row in rows_in(self.net.get(self._url(path), self._params()))
        ]

    def ask_any(self, path: str) -> list[Row]:
        """Nothing when there is no such thing; not to be allowed is an error."""
        answer = self.net.get(self._url(path), self._params(), ok=(200, 404))
        found = rows_in(answer) if answer.status == 200 else []
        return [rows.old_names(row) for row in found]

    def ask_optional(self, path: str) -> list[Row] | None:
        """None when it is not offered or not granted; ``refused`` has the status."""
        answer = self.net.get(self._url(path), self._params(), ok=(200, *NOT_GIVEN))
        if answer.status in NOT_GIVEN:
            self.refused = answer.status
            return None
        return [rows.old_names(row) for row in rows_in(answer)]

    def schools(self) -> list[Row]:
        """Schools that are open; 0 is the district."""
        return [
            school
            for school in self.ask("schools")
            if rows.text(school["SchoolCode"]) != "0"
            and not rows.text(school.get("InactiveStatusCode"))
        ]

    def is_selected(self, school: Any) -> bool:
        return self.settings.schools is None or str(school) in self.settings.schools

    def _try_list(self, what: str) -> int:
        found = [s for s in self.schools() if self.is_selected(s["SchoolCode"])]
        if not found:
            return 0
        params = self._params(StartingRecord=1, EndingRecord=1)
        path = f"schools/{found[0]['SchoolCode']}/{what}"
        return len(rows_in(self.net.get(self._url(path), params)))

    def ask_pages(self, path: str) -> list[Row]:
        """All records of a list, though it may change while it is read.

        :raise NetError: ``page_unstable``
        """
        for _attempt in range(_RESTARTS):
            found = self._read_pages(path)
            if found is not None:
                return found
        raise NetError.of("page_unstable", path)

    def _read_pages(self, path: str) -> list[Row] | None:
        """None when a page did not begin with the end of the one before."""
        found: list[Row] = []
        while True:
            start = max(len(found), 1)
            params = self._params(StartingRecord=start, EndingRecord=start + _PAGE - 1)
            page = rows_in(self.net.get(self._url(path), params))
            if not found and len(page) > _PAGE:
                return [rows.old_names(row) for row in page]  # it knows no pages
            if found and page[:1] != found[-1:]:
                return None
            if len(page) <= (1 if found else 0):
                return [rows.old_names(row) for row in found]
            found += page[1:] if found else page

    # CHANGES

    def _read_changes(
        self, info: Row, cursor: Cursor | None, now: datetime
    ) -> Reading | None:
        """A delta, or None when everything has to be read."""
        if not cursor or cursor.get("year") != self.year or not cursor.get("at"):
            return None
        since = datetime.fromisoformat(cursor["at"])
        stamp = local_stamp(since, now, self.settings.overlap, self._zone(info))
        if self._changed_beyond_students(stamp):
            return None
        changes = {
            area: self.ask_optional(f"StudentDataChanges/{area}/{stamp}")
            for area in _STUDENT_AREAS
        }
        rosters = self.ask_optional(f"SectionRosterDataChanges/{stamp}")
        if rosters is None or any(found is None for found in changes.values()):
            return None
        touched = {row["StudentID"] for found in changes.values() for row in found}
        reading = Reading(self, delta=True)
        reading.read_schools()
        if len(touched) * len(reading.schools) > _DELTA_MOST:
            return None
        reading.read_changes(changes, rosters)
        return reading

    def _changed_beyond_students(self, stamp: str) -> bool:
        """Whether staff, sections or courses changed, or that cannot be asked."""
        return any(
            self.ask_optional(f"{what}DataChanges/{stamp}") != []
            for what in ("Staff", "Section", "Course")
        )


def local_stamp(since: datetime, now: datetime, overlap: int, zone: ZoneInfo) -> str:
    """``yyyy/M/d/H/m`` of a moment in the server's local time.

    When clocks were set back in between, times of the repeated hour lie before those of
    the cursor: ask from as much earlier.
    """
    start = (since - timedelta(minutes=overlap)).astimezone(zone)
    end = now.astimezone(zone)
    back = max((start.utcoffset() or timedelta()) - end.utcoffset(), timedelta())
    wall = start.replace(tzinfo=None) - back
    return f"{wall.year}/{wall.month}/{wall.day}/{wall.hour}/{wall.minute}"
