"""PowerSchool through its own plugin (interop reference §2).

* The district installs our plugin (``powerschool_plugin``); page sizes are its settings
  there and the server's hard limit, so they are asked for first.
* Every list has a ``/count``. What does not add up is read again, and if it still does
  not, nothing is concluded from absence.
* Contacts come in bulk by the plugin's named query; where that is not installed or may
  not be asked, student by student.
* Ends are exclusive there and inclusive here. A contact's relation counts as it stands
  on the day of the pull.
* A legal alert is reported, not copied: its text may say anything.
* No deltas: the numbers behind ``$dataversion`` do not tell a deletion from a change.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..auth import ClientCredentials
from ..builder import RosterBuilder, RowSink
from ..errors import RosterError
from ..net import Auth, NetError
from ..profiles import get_profile
from ..source import Cursor, Pull, Source
from . import powerschool_rows as rows
from .powerschool_rows import Contact, Row
from .powerschool_values import (
    as_object,
    count_of,
    query_rows,
    rows_of,
    text,
)
from .reading import NOT_GIVEN

_TRIES = 3  # of a list that does not add up
_MOST_PAGES = 10_000
_STUDENT = (
    "alerts,contact_info,demographics,ethnicity_race,school_enrollment"  # expansions
)
_ACTIVE = "school_enrollment.enroll_status==A"


class PowerSchoolSource(Source):
    adapter = "powerschool"
    gaps = frozenset(
        {
            *("users.userMasterIdentifier", "users.pronouns"),
            *("users.preferredGivenName", "users.preferredFamilyName"),
            *("users.preferredMiddleName", "users.primaryOrgSourcedId"),
            *("courses.grades", "courses.orgSourcedId", "courses.schoolYearSourcedId"),
            *("courses.subjects", "classes.grades", "classes.subjects"),
            *("classes.location", "classes.classType", "enrollments.primary"),
            "guardianFlags.courtRestricted",
        }
    )

    def make_auth(self) -> Auth:
        settings = self.settings
        url = settings.token_url or self._url("/oauth/access_token")
        return ClientCredentials(url, settings.client_id, settings.secret)

    def steps(self) -> Iterator[tuple[str, Callable[[], int | None]]]:
        yield "settings", self._check_settings
        yield "token", lambda: self._metadata() and None
        yield "schools", lambda: self._count("/ws/v1/district/school")
        yield "people", lambda: self._try("student")
        yield "families", self._try_contacts
        yield "classes", lambda: self._try("section")

    def pull(self, cursor: Cursor | None = None) -> Pull:
        self._check_settings()
        before = self.net.requests_sent
        reading = _Reading(self)
        reading.read_all()
        roster = reading.builder.finish()
        return Pull(roster, None, False, self.net.requests_sent - before)

    # SETTINGS

    def _check_settings(self) -> None:
        for name in ("base_url", "client_id", "secret"):
            if not getattr(self.settings, name):
                raise RosterError.of("setting_missing", setting=name)

    @property
    def options(self) -> Mapping[str, Any]:
        profile = get_profile(self.adapter, self.settings.profile)
        return profile.options if profile else {}

    @property
    def start_year(self) -> int:
        day = self.settings.as_of
        return day.year - (day.month < 7)

    def is_selected(self, school: str) -> bool:
        return self.settings.schools is None or school in self.settings.schools

    def _url(self, path: str) -> str:
        return self.settings.base_url.rstrip("/") + path

    # ASKING

    def ask(self, path: str, **params: Any) -> Any:
        return self.net.get(self._url(path), params).json()

    def _metadata(self) -> Row:
        found = self.ask("/ws/v1/metadata")
        if not isinstance(found, Mapping) or "metadata" not in found:
            raise NetError.of("envelope_missing", "/ws/v1/metadata", key="metadata")
        return as_object(found["metadata"])

    def page_size(self, metadata: Row, kind: str) -> int:
        said = text(metadata.get(f"{kind}_max_page_size"))
        return int(said) if said.isdecimal() and int(said) else 100

    def _count(self, path: str, **params: Any) -> int:
        return count_of(self.ask(f"{path}/count", **params), f"{path}/count")

    def ask_pages(
        self, path: str, kind: str, size: int, **params: Any
    ) -> tuple[list[Row], int]:
        """All objects of a list, and how many were announced.

        ``q`` restricts the count as well. A list whose number changed while it was read
        is read again.
        """
        asked = {"q": params["q"]} if "q" in params else {}
        found: dict[str, Row] = {}
        total = self._count(path, **asked)
        for _try in range(_TRIES):
            found = self._read_pages(path, kind, size, total, params)
            before = total
            if total > size or len(found) != total:  # pages may have shifted
                total = self._count(path, **asked)
            if len(found) == total == before:
                break
        return list(found.values()), total

    def _read_pages(
        self, path: str, kind: str, size: int, total: int, params: Mapping
    ) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for page in range(1, _MOST_PAGES):
            if len(found) >= total:
                break
            answer = self.ask(path, page=page, pagesize=size, **params)
            new = rows_of(answer, path, f"{kind}s", kind)
            if not new:
                break
            found |= {text(row["id"]): row for row in new}
        return found

    def ask_query(self, name: str, size: int) -> list[Row] | None:
        """Rows of a named query; None when it is not installed or granted."""
        path = f"/ws/schema/query/{name}"
        found: list[Row] = []
        for page in range(1, _MOST_PAGES):
            answer = self.net.request(
                "POST",
                self._url(path),
                params={"page": page, "pagesize": size},
                json={},
                ok=(200, 400, *NOT_GIVEN),
            )
            if answer.status != 200:
                return None
            new = query_rows(answer.json(), path)
            if not new:
                break
            found += new
        total = self.net.request("POST", self._url(f"{path}/count"), json={}).json()
        return found if count_of(total, path) == len(found) else None

    def ask_contacts(self, student: str) -> list[Contact]:
        """One student's contacts; 204: there are none, 404: the student is gone."""
        path = f"/ws/contacts/student/{student}"
        answer = self.net.get(self._url(path), ok=(200, 204, 404))
        if answer.status != 200:
            return []
        return list(rows.contacts_of(student, answer.json()))

    # TRYING

    def schools(self, metadata: Row) -> tuple[list[Row], int]:
        size = self.page_size(metadata, "school")
        return self.ask_pages("/ws/v1/district/school", "school", size)

    def _try(self, kind: str) -> int:
        found, _total = self.schools(self._metadata())
        ids = [text(s["id"]) for s in found if self.is_selected(text(s["id"]))]
        return sum(self._count(f"/ws/v1/school/{school}/{kind}") for school in ids[:1])

    def _try_contacts(self) -> None:
        name = self.options["contacts_query"]
        answer = self.net.request(
            "POST",
            self._url(f"/ws/schema/query/{name}/count"),
            json={},
            ok=(200, 400, *NOT_GIVEN),
        )
        if answer.status != 200:  # without the query there is still the other way
            self.net.get(self._url("/ws/contacts/student/0"), ok=(200, 204, 404))


class _Reading:
    """One reading of everything into a roster."""

    def __init__(self, source: PowerSchoolSource) -> None:
        settings = source.settings
        self.source = source
        self.as_of = settings.as_of
        self.options = source.options
        self.own_relations = dict(settings.extra.get("relations", {}))
        names = {**self.options["grade_names"], **settings.grade_names}
        self.builder = RosterBuilder(system="PowerSchool", grade_names=names)
        self.problems = self.builder.roster.problems
        self.metadata = source._metadata()
        self.schools: list[str] = []
        self.short: set[str] = set()  # tables of which rows are missing

    def table(self, name: str) -> RowSink:
        return self.builder.table(name)

    def pages(self, path: str, kind: str, tables: str, **params: Any) -> list[Row]:
        """A list; tables that stand on it are not complete when rows are missing."""
        size = self.source.page_size(self.metadata, kind)
        found, total = self.source.ask_pages(path, kind, size, **params)
        if len(found) != total:
            self.short |= set(tables.split())
            self.problems.add("count_mismatch", path, found=len(found), announced=total)
        return found

    def read_all(self) -> None:
        self._read_schools()
        self._read_terms()
        students = self._read_students()
        self._read_families(students)
        staff = self._read_staff()
        self._read_classes(staff, students)
        for name in (
            *("orgs", "academicSessions", "users", "roles", "guardianFlags"),
            *("demographics", "courses", "classes", "enrollments"),
        ):
            self.table(name)
            if name not in self.short:
                self.builder.complete(name)

    # SCHOOLS AND TERMS

    def _read_schools(self) -> None:
        district = as_object(as_object(self.source.ask("/ws/v1/district")))
        inner = as_object(district.get("district", district))
        self.table("orgs").add(rows.district_row(inner))
        for school in self.pages("/ws/v1/district/school", "school", "orgs"):
            self.table("orgs").add(rows.school_row(school))
            if self.source.is_selected(text(school["id"])):
                self.schools.append(text(school["id"]))

    def _read_terms(self) -> None:
        first, kinds = self.source.start_year, self.options["term_types"]
        terms: list[Row] = []
        for school in self.schools:
            path = f"/ws/v1/school/{school}/term"
            found = self.pages(path, "term", "academicSessions classes enrollments")
            terms += rows.term_rows(found, first, kinds)
        self.terms = {term["sourcedId"] for term in terms}
        for row in [*rows.year_rows(terms), *terms]:
            self.table("academicSessions").add(row)

    # PEOPLE

    def _read_students(self) -> dict[str, list[tuple[str, Row]]]:
        """(school, student) by DCID; who is enrolled at two schools comes twice."""
        found: dict[str, list[tuple[str, Row]]] = {}
        tables = "users roles demographics"
        for school in self.schools:
            path = f"/ws/v1/school/{school}/student"
            for student in self.pages(
                path, "student", tables, expansions=_STUDENT, q=_ACTIVE
            ):
                if rows.is_enrolled(student):
                    own = found.setdefault(text(student["id"]), [])
                    own.append((school, student))
        return found

    def _read_families(self, students: Mapping[str, list[tuple[str, Row]]]) -> None:
        size = self.source.page_size(self.metadata, "schema_table_query")
        bulk = self.source.ask_query(self.options["contacts_query"], size)
        by_student: dict[str, list[Contact]] = {}
        for contact in rows.contacts_in(bulk or ()):
            by_student.setdefault(contact.student, []).append(contact)
        self.table("guardianFlags")
        open_way = True
        for number, entries in students.items():
            if bulk is None and open_way:
                open_way = self._ask_family(number, by_student)
            agents = self._add_family(by_student.get(number, ()), entries[0][0])
            self._add_student(entries, agents)

    def _ask_family(self, number: str, found: dict[str, list[Contact]]) -> bool:
        """False when nobody's contacts may be asked."""
        try:
            found[number] = self.source.ask_contacts(number)
        except NetError as error:
            if error.code not in ("net_forbidden", "net_not_offered"):
                raise
            self.short.add("guardianFlags")
            status = error.problem.params.get("status")
            self.problems.add("resource_missing", "/ws/contacts", status=status)
            return False
        return True

    def _add_family(self, contacts: Iterable[Contact], school: str) -> list[str]:
        agents = []
        for contact in contacts:
            for name, row in rows.contact_rows(
                contact,
                school,
                self.as_of,
                self.options["relations"],
                self.own_relations,
            ):
                self.table(name).add(row)
                if name == "users":
                    agents.append(row["sourcedId"])
        return agents

    def _add_student(
        self, entries: list[tuple[str, Row]], agents: Iterable[str]
    ) -> None:
        _school, student = entries[0]
        place = int(text(student["id"]))
        self.table("users").add(rows.student_row(student, agents), place)
        races = self.options["races"]
        self.table("demographics").add(rows.demographics_row(student, races), place)
        if rows.has_legal_alert(student, self.as_of):
            self.problems.add("legal_alert", "/ws/v1/student", place, "alerts")
        for school, own in entries:
            self.table("roles").add(rows.student_role_row(own, school))

    # STAFF AND CLASSES

    def _read_staff(self) -> dict[str, dict[str, Row]]:
        """Staff by school and by their entry there (SCHOOLSTAFF.DCID)."""
        return {
            school: {
                text(person["id"]): person
                for person in self.pages(
                    f"/ws/v1/school/{school}/staff",
                    "staff",
                    "users roles",
                    expansions="emails,school_affiliations",
                )
                if text(person.get("users_dcid"))
            }
            for school in self.schools
        }

    def _read_classes(
        self, staff: Mapping[str, Mapping[str, Row]], students: Mapping[str, Any]
    ) -> None:
        for school in self.schools:
            titles = self._read_courses(school)
            teaching: set[str] = set()
            path = f"/ws/v1/school/{school}/section"
            for section in self.pages(path, "section", "classes enrollments"):
                if rows.term_key(section.get("term_id")) in self.terms:
                    self._add_section(school, section, titles, staff[school], students)
                    teaching.add(text(section.get("staff_id")))
            self._add_staff(school, staff[school], teaching)

    def _read_courses(self, school: str) -> dict[str, str]:
        titles = {}
        for course in self.pages(f"/ws/v1/school/{school}/course", "course", "courses"):
            row = rows.course_row(course)
            titles[row["sourcedId"]] = row["title"]
            self.table("courses").add(row)
        return titles

    def _add_section(
        self,
        school: str,
        section: Row,
        titles: Mapping[str, str],
        staff: Mapping[str, Row],
        students: Mapping[str, Any],
    ) -> None:
        title = titles.get(rows.course_key(section["course_id"]), "")
        self.table("classes").add(rows.class_row(section, title))
        if teacher := staff.get(text(section.get("staff_id"))):
            number = text(teacher["users_dcid"])
            self.table("enrollments").add(rows.lead_row(section, number))
        path = f"/ws/v1/section/{text(section['id'])}/section_enrollment"
        for place in self.pages(path, "section_enrollment", "enrollments"):
            row = rows.place_row(place, school)
            # who left the district keeps places in the classes of this year
            if row and text(place["student_id"]) in students:
                self.table("enrollments").add(row)

    def _add_staff(
        self, school: str, staff: Mapping[str, Row], teaching: set[str]
    ) -> None:
        for number, person in staff.items():
            kinds = self.options["staff_roles"]
            roles = rows.staff_roles(person, school, number in teaching, kinds)
            if roles:
                self.table("users").add(rows.staff_row(person))
            for role in sorted(roles):
                self.table("roles").add(rows.staff_role_row(person, role, school))
