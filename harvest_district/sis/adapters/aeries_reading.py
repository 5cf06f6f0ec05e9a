"""One reading of an Aeries system into a roster: everything, or what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..builder import RosterBuilder, RowSink
from . import aeries_rows as rows
from .aeries_rows import Row

if TYPE_CHECKING:
    from .aeries import AeriesSource

_PEOPLE = ("users", "roles", "demographics")
_CLASSES = ("classes", "enrollments")
_GONE = "tobedeleted"


class Reading:
    """Asks, translates, and vouches for what came whole."""

    def __init__(self, source: AeriesSource, *, delta: bool) -> None:
        settings = source.settings
        self.source = source
        self.delta = delta
        own = {str(k): str(v) for k, v in settings.extra.get("relations", {}).items()}
        self.codes = rows.Codes(source.options, own)
        names = {**source.options["grade_names"], **settings.grade_names}
        self.builder = RosterBuilder(system="Aeries", grade_names=names)
        self.builder.roster.problems.add("programs_not_kept")
        self.whole = True  # families and classes came too: deltas can follow
        self.terms: set[str] = set()
        self.schools: list[str] = []

    def table(self, name: str) -> RowSink:
        whole = name in ("orgs", "academicSessions")
        return self.builder.table(name, delta=self.delta and not whole)

    def _miss(self, path: str) -> None:
        """What is known of it stays as it is, and no delta can follow."""
        self.whole = False
        status = self.source.refused
        self.builder.roster.problems.add("resource_missing", path, status=status)

    # EVERYTHING

    def read_all(self) -> None:
        self.read_schools()
        self.read_labels()
        students = self._read_records()
        families = self._read_contacts(students)
        for records in students.values():
            self._add_student(records, families.get(str(records[0]["StudentID"]), ()))
        teachers = self._read_teachers()
        leads = self._read_classes(teachers)
        self._read_staff(teachers, leads)
        for name in _PEOPLE:
            self.builder.complete(name)

    def read_schools(self) -> None:
        """Schools and terms: few rows, so they always come whole."""
        sessions: list[Row] = []
        for school in self.source.schools():
            self.table("orgs").add(rows.school_row(school))
            code = str(school["SchoolCode"])
            if self.source.is_selected(code):
                self.schools.append(code)
                place = f"schools/{code}/terms"
                found = self.source.ask(place)
                terms = rows.term_rows(self.source.year, code, found, self.codes)
                self.source.check_terms(place, terms)
                sessions += terms
        if sessions:
            sessions.append(rows.year_row(self.source.year, sessions))
        for row in sessions:
            self.terms.add(row["sourcedId"])
            self.table("academicSessions").add(row)
        self.table("academicSessions")
        for name in ("orgs", "academicSessions"):
            self.builder.complete(name)

    def read_labels(self) -> None:
        """What the district's relationship codes are called, where one may ask."""
        for row in self.source.ask_optional("codes/CON/CD") or ():
            self.codes.labels[rows.text(row.get("Code"))] = rows.text(
                row.get("Description")
            )

    def _read_records(self) -> dict[str, list[Row]]:
        """Records by student of all schools; a student may have several."""
        found: dict[str, list[Row]] = {}
        for school in self.schools:
            for record in self.source.ask_pages(f"schools/{school}/students"):
                if rows.is_placed(record, self.codes):
                    found.setdefault(str(record["StudentID"]), []).append(record)
        return found

    def _read_contacts(self, students: Mapping[str, list[Row]]) -> dict[str, list[str]]:
        """Ids of contacts by student."""
        contacts: dict[tuple, Row] = {}
        whole = True
        self.table("guardianFlags")
        for school in self.schools:
            path = f"schools/{school}/contacts"
            found = self.source.ask_optional(path)
            if found is None:
                whole = False
                self._miss(path)
            for row in found or ():
                contacts[str(row["StudentID"]), row.get("SequenceNumber")] = row
        if whole:
            self.builder.complete("guardianFlags")
        return self._add_contacts(contacts.values(), students)

    def _add_contacts(
        self, contacts: Iterable[Row], students: Mapping[str, list[Row]]
    ) -> dict[str, list[str]]:
        agents: dict[str, list[str]] = {}
        homes = {
            student: min(str(record["SchoolCode"]) for record in records)
            for student, records in students.items()
        }
        for student, name, row in rows.contact_rows(contacts, homes, self.codes):
            if name == "users":
                agents.setdefault(student, []).append(row["sourcedId"])
            self.table(name).add(row)
        return agents

    def _add_student(self, records: list[Row], agents: Iterable[str]) -> None:
        reporting = self._reporting_school(records)
        for name, row in rows.student_rows(records, agents, reporting, self.codes):
            self.table(name).add(row)

    def _reporting_school(self, records: list[Row]) -> str:
        """Which of several schools reports the student; "" where there is one."""
        schools = {str(r["SchoolCode"]) for r in records if self.codes.is_active(r)}
        if len(schools) < 2:
            return ""
        for school in sorted(schools):
            path = f"schools/{school}/students/{records[0]['StudentID']}/extended"
            for row in self.source.ask_optional(path) or ():
                if (found := rows.text(row.get("ReportingSchoolCode"))) in schools:
                    return found
        return ""

    # CLASSES AND STAFF

    def _read_teachers(self) -> dict[str, dict[str, Any]]:
        """Staff by number of a school's teacher; flex schools have none."""
        found: dict[str, dict[str, Any]] = {}
        for school in self.schools:
            teachers = self.source.ask_optional(f"schools/{school}/teachers") or ()
            found[school] = {
                rows.text(row["TeacherNumber"]): row["StaffID1"]
                for row in teachers
                if rows.text(row.get("StaffID1")).strip("0")
                and not rows.text(row.get("InactiveStatusCode"))
            }
        return found

    def _read_classes(self, teachers: Mapping[str, Mapping]) -> set[tuple[str, str]]:
        """Add courses, classes and places; return (staff, school) of who teaches."""
        titles = self._read_courses()
        leads: set[tuple[str, str]] = set()
        whole = True
        for name in _CLASSES:
            self.table(name)
        for school in self.schools:
            sections = self.source.ask_optional(f"schools/{school}/sections")
            places = self.source.ask_optional(f"schools/{school}/classes")
            if sections is None or places is None:
                whole = False
                self._miss(f"schools/{school}/sections")
            for section in sections or ():
                leads |= self._add_section(section, titles, teachers[school])
            self._add_places(places or ())
        for name in _CLASSES if whole else ():
            self.builder.complete(name)
        return leads

    def _read_courses(self) -> dict[str, str]:
        found = self.source.ask_optional("courses")
        self.table("courses")
        titles = {}
        for course in found or ():
            if not rows.text(course.get("InactiveStatusCode")):
                row = rows.course_row(course)
                titles[row["sourcedId"]] = rows.text(row["title"])
                self.table("courses").add(row)
        if found is not None:
            self.builder.complete("courses")
        return titles

    def _add_section(
        self, section: Row, titles: Mapping[str, str], teachers: Mapping[str, Any]
    ) -> set[tuple[str, str]]:
        if rows.text(section.get("InactiveStatusCode")):
            return set()
        year, school = self.source.year, str(section["SchoolCode"])
        title = titles.get(rows.course_key(section["CourseID"]), "")
        self.table("classes").add(rows.class_row(year, section, title, self.terms))
        staff = rows.section_staff(section, teachers)
        for number, leads in staff.items():
            self.table("enrollments").add(rows.lead_row(year, section, number, leads))
        return {(number, school) for number in staff}

    def _add_places(self, places: Iterable[Row]) -> None:
        """A student's places; the last one of several in a section counts."""
        for place in sorted(places, key=lambda p: rows.text(p.get("DateStarted"))):
            if rows.text(place.get("SectionNumber")).strip("0"):
                self.table("enrollments").add(rows.place_row(self.source.year, place))

    def _read_staff(
        self, teachers: Mapping[str, Mapping], leads: set[tuple[str, str]]
    ) -> None:
        """Staff who teach, or whose title says what they are; nobody else is needed."""
        teaching = leads | {
            (rows.text(number), school)
            for school, own in teachers.items()
            for number in own.values()
        }
        roles: dict[str, dict[str, str]] = {}
        for number, school in sorted(teaching):
            roles.setdefault(number, {})[school] = "teacher"
        for person in self.source.ask("staff"):
            number = rows.text(person["ID"])
            home = rows.text(person.get("PrimaryAeriesSchool"))
            title = self.codes.staff_role(rows.text(person.get("Title")))
            own = roles.get(number, {})
            if title and home in self.schools:
                own = {**own, home: title}
            if own and self.codes.is_active(person):
                self._add_staff(person, own, home)

    def _add_staff(self, person: Row, roles: Mapping[str, str], home: str) -> None:
        self.table("users").add(rows.staff_row(person))
        for school, role in roles.items():
            primary = school == home or len(roles) == 1
            row = rows.staff_role_row(person["ID"], role, school, primary)
            self.table("roles").add(row)

    # CHANGES

    def read_changes(
        self, changes: Mapping[str, list[Row]], rosters: list[Row]
    ) -> None:
        """Read again, one by one, the students whom a list of changes names.

        After ``read_schools``.

        :param changes: (StudentID, SchoolCode) rows by area
        :param rosters: sections whose class list changed
        """
        self.read_labels()
        for name in (*_PEOPLE, "guardianFlags", "enrollments"):
            self.table(name)
        for student in sorted(
            {str(r["StudentID"]) for c in changes.values() for r in c}
        ):
            self._read_student(student)
        for row in changes["class"]:
            if str(row["SchoolCode"]) in self.schools:
                self._read_places(row, rosters)

    def _read_student(self, student: str) -> None:
        """Ask every school: a student may have records at several."""
        records = [
            record
            for school in self.schools
            for record in self._records_at(school, student)
        ]
        if not records:
            key = rows.student_key(student)
            self.table("users").add({"sourcedId": key, "status": _GONE})
            return
        home = min(str(record["SchoolCode"]) for record in records)
        contacts = self.source.ask_any(f"schools/{home}/contacts/{student}")
        agents = self._add_contacts(contacts, {student: records})
        self._add_student(records, agents.get(student, ()))

    def _records_at(self, school: str, student: str) -> list[Row]:
        found = self.source.ask_optional(f"schools/{school}/students/{student}") or ()
        return [
            record
            for record in found
            if rows.is_placed(record, self.codes)
            and str(record["SchoolCode"]) == school
        ]

    def _read_places(self, change: Row, rosters: list[Row]) -> None:
        """A student's places now; a changed section without the student lost it."""
        school, student = str(change["SchoolCode"]), change["StudentID"]
        places = self.source.ask_any(f"schools/{school}/classes/{student}")
        self._add_places(places)
        now = {rows.text(place["SectionNumber"]) for place in places}
        for row in rosters:
            number = rows.text(row["SectionNumber"])
            if str(row["SchoolCode"]) == school and number not in now:
                lost = {**change, "SectionNumber": number}
                key = rows.place_row(self.source.year, lost)["sourcedId"]
                self.table("enrollments").add({"sourcedId": key, "status": _GONE})
