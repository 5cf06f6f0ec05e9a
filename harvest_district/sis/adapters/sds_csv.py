"""Microsoft School Data Sync CSV: V1, and V2 and V2.1.

Sources: Microsoft's samples (O365-EDU-Tools @a7cb586, MIT), "Parent and Guardian Sync
File Format" and "SDS V2.1 CSV file format" on learn.microsoft.com. Every delivery is
the whole roster. V1 has no school year of its own: it comes from the sections' terms,
or from ``extra["school_year"]`` = ``{"start": ISO date, "end": ISO date}``. V1's dates
are as the district writes them: ``extra["date_format"]``, a key of
``dates.DATE_FORMATS``. Flags of users (meals, special education) are never read.
"""

from collections.abc import Mapping
from typing import Any

from .. import vocab
from ..builder import RowSink
from ..bundle import Bundle
from ..canonical import join_id
from ..csv_set import CsvSet
from ..dialects import SDS_V1, SDS_V2
from ..headered import Columns
from ..manifest import V11, V12
from ..problems import Problems
from ..profiles import get_profile
from ..roster import Roster
from ..source import Source
from ..values import parse_list
from .files import FileSource
from .flat import FlatRoster, join_list, new_builder, stated_year

# V1

_V1_PERSON = ("SIS ID", "School SIS ID", "First Name", "Last Name")
_V1_MORE = ("Username", "State ID", "Secondary Email", "Status", "Middle Name")
_V1_FILES = {
    "school": Columns(
        ("SIS ID", "Name"), ("School Number", "School NCES_ID", "State ID")
    ),
    "section": Columns(
        ("SIS ID", "School SIS ID", "Section Name"),
        (
            *("Section Number", "Term SIS ID", "Term Name", "Term StartDate"),
            *("Term EndDate", "Course SIS ID", "Course Name", "Course Number"),
            *("Course Subject", "Periods", "Status"),
        ),
    ),
    "student": Columns(
        _V1_PERSON,
        (*_V1_MORE, "Student Number", "Grade", "Birthdate"),
        ("Password",),
    ),
    "teacher": Columns(_V1_PERSON, (*_V1_MORE, "Teacher Number"), ("Password",)),
    "studentenrollment": Columns(("Section SIS ID", "SIS ID")),
    "teacherroster": Columns(("Section SIS ID", "SIS ID")),
    "user": Columns(("Email", "First Name", "Last Name"), ("Phone", "SIS ID")),
    "guardianrelationship": Columns(("SIS ID", "Email", "Role")),
}
_V1_REQUIRED = (
    *("school", "section", "student", "teacher", "studentenrollment"),
    "teacherroster",
)

# V2 and V2.1

_V2_FILES = {
    "orgs": Columns(("sourcedId", "name", "type"), ("parentSourcedId",)),
    "academicsessions": Columns(
        ("sourcedId", "title", "type", "schoolYear", "startDate", "endDate"),
        ("parentSourcedId",),
    ),
    "users": Columns(
        ("sourcedId", "givenName", "familyName"),
        (
            *("username", "email", "phone", "sms", "middleName", "userNumber"),
            *("activeDirectoryMatchId", "role", "orgSourcedIds", "grade"),
        ),
        ("password",),
    ),
    "roles": Columns(
        ("userSourcedId", "orgSourcedId", "role"),
        ("sessionSourcedId", "grade", "isPrimary", "roleStartDate", "roleEndDate"),
    ),
    "demographics": Columns(
        ("userSourcedId",),
        ("sex", "birthDate", "ethnicityCodes", "raceCodes"),
        ("birthCity", "birthState", "birthCountry"),
    ),
    "courses": Columns(
        ("sourcedId", "orgSourcedId", "title"),
        ("code", "schoolYearSourcedId", "subject", "grade"),
    ),
    "classes": Columns(
        ("sourcedId", "orgSourcedId", "title"),
        ("sessionSourcedIds", "courseSourcedId", "code"),
    ),
    "enrollments": Columns(("classSourcedId", "userSourcedId", "role")),
    "relationships": Columns(
        ("userSourcedId", "relationshipUserSourcedId", "relationshipRole")
    ),
}
_V2_REQUIRED = ("orgs", "users")
_V2_TABLES = (
    *("orgs", "academicSessions", "users", "roles", "demographics", "courses"),
    *("classes", "enrollments"),
)
_RACES = (
    *("americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican"),
    *("nativeHawaiianOrOtherPacificIslander", "white"),
)


class SdsCsv(FileSource):
    """School Data Sync files; the profile says of which version."""

    adapter = "sds_csv"

    @property
    def dialect(self) -> str:
        return SDS_V1 if self._options["format"] == 1 else SDS_V2

    @property
    def _options(self) -> Mapping[str, Any]:
        return get_profile(self.adapter, self.settings.profile).options

    def _read(self, bundle: Bundle, problems: Problems) -> Roster:
        encoding, options = self.settings.encoding, self._options
        if options["format"] == 1:
            files = CsvSet(bundle, encoding, problems, _V1_FILES, _V1_REQUIRED)
            return _V1(self, files, V11).read()
        files = CsvSet(bundle, encoding, problems, _V2_FILES, _V2_REQUIRED)
        return _V2(self, files, options).read()


class _V1(FlatRoster):
    """The eight files of V1; persons may have a row for each of their schools."""

    def read(self) -> Roster:
        self.read_schools()
        self.read_sections()
        self.read_people("student", vocab.STUDENT, "Student Number")
        self.read_people("teacher", "teacher", "Teacher Number")
        self.read_guardians()
        for name, role in (
            ("studentenrollment", vocab.STUDENT),
            ("teacherroster", "teacher"),
        ):
            for number, row in self.files.rows(name):
                self.add_enrollment(
                    name, number, row["Section SIS ID"], row["SIS ID"], role
                )
        return self.finish(
            {
                "orgs": ("school",),
                "academicSessions": ("section",),
                "courses": ("section",),
                "classes": ("section",),
                "users": ("student", "teacher", "user", "guardianrelationship"),
                "demographics": ("student",),
                "enrollments": ("studentenrollment", "teacherroster"),
            }
        )

    def read_schools(self) -> None:
        for number, row in self.files.rows("school"):
            known = (row.get(c, "") for c in ("State ID", "School Number"))
            self.table("orgs", "school").add(
                {
                    "sourcedId": row["SIS ID"],
                    "name": row["Name"],
                    "type": vocab.SCHOOL,
                    "identifier": next((n for n in known if _has_digit(n)), ""),
                },
                number,
            )

    def read_sections(self) -> None:
        for number, row in self.files.rows("section"):
            dates = [
                self.day(row.get(column, ""), "section", column)
                for column in ("Term StartDate", "Term EndDate")
            ]
            term = self.add_term(
                row.get("Term SIS ID", ""), row.get("Term Name", ""), *dates
            )
            school = row["School SIS ID"]
            course = self.add_course(
                row.get("Course SIS ID", ""),
                school,
                row.get("Course Name", ""),
                row.get("Course Number", ""),
                row.get("Course Subject", ""),
            )
            self.table("classes", "section").add(
                {
                    "sourcedId": row["SIS ID"],
                    "status": row.get("Status", ""),
                    "title": row["Section Name"],
                    "classCode": row.get("Section Number", ""),
                    "schoolSourcedId": school,
                    "courseSourcedId": course,
                    "termSourcedIds": term,
                    "periods": row.get("Periods", ""),
                },
                number,
            )

    def read_people(self, name: str, role: str, identifier: str) -> None:
        for number, row in self.files.rows(name):
            state_id = row.get("State ID", "")
            self.add_person(
                name,
                number,
                {
                    "sourcedId": row["SIS ID"],
                    "status": row.get("Status", ""),
                    "role": role,
                    "orgSourcedIds": row["School SIS ID"],
                    "givenName": row["First Name"],
                    "middleName": row.get("Middle Name", ""),
                    "familyName": row["Last Name"],
                    "username": row.get("Username", ""),
                    "email": row.get("Secondary Email", ""),
                    "identifier": row.get(identifier, ""),
                    "userIds": f"{{SSID:{state_id}}}" if state_id.isdecimal() else "",
                    "grades": row.get("Grade", ""),
                },
            )
            if row.get("Birthdate"):
                born = self.day(row["Birthdate"], name, "Birthdate")
                self.add_demographics(name, number, row["SIS ID"], birthDate=born)

    def read_guardians(self) -> None:
        """``user.csv`` and ``guardianrelationship.csv``: matched by address."""
        guardians = {
            row["Email"].lower(): (number, row)
            for number, row in self.files.rows("user")
            if row["Email"]
        }
        for _number, row in self.files.rows("guardianrelationship"):
            found = guardians.get(row["Email"].lower())
            role = row["Role"].lower()
            if role not in vocab.GUARDIAN_ROLES or not found:
                self.strangers += 1
                continue
            number, user = found
            self.add_guardian(
                "user",
                number,
                row["SIS ID"],
                role,
                sourcedId=user.get("SIS ID") or row["Email"].lower(),
                givenName=user["First Name"],
                familyName=user["Last Name"],
                email=user["Email"],
                phone=user.get("Phone", ""),
            )


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


class _V2:
    """The files of V2 and V2.1, which are named almost as OneRoster's."""

    def __init__(
        self, source: Source, files: CsvSet, options: Mapping[str, Any]
    ) -> None:
        self.files = files
        self.builder = new_builder(source, files, V12 if "roles" in files else V11)
        self.year = stated_year(source)
        self.term = ""  # of classes that name none
        self.org_types = options["org_types"]
        self.role_names = options["roles"]
        self.agents: dict[str, list[str]] = {}  # of a student
        self.relations: dict[str, dict[str, str]] = {}  # guardian → student → role
        self.orgs_of: dict[str, list[str]] = {}
        self.grades: dict[str, list[str]] = {}

    def read(self) -> Roster:
        self.read_relationships()
        self.copy("orgs", "orgs", {"type": self.org_types})
        self.read_sessions()
        self.read_roles()
        self.read_users()
        self.add_guardian_roles()
        self.read_demographics()
        self.copy("courses", "courses", {}, code="courseCode", grade="grades")
        self.read_classes()
        self.read_enrollments()
        return self.finish()

    def table(self, name: str, file: str) -> RowSink:
        return self.builder.table(name, self.files.file_name(file), last_wins=False)

    def copy(self, name: str, table: str, values: dict | None = None, **names: str):
        """Take a file's rows as they are, but for other names and values."""
        if name not in self.files:
            return
        sink = self.table(table, name)
        for number, row in self.files.rows(name):
            cells = {names.get(column, column): v for column, v in row.items()}
            for column, known in (values or {}).items():
                cells[column] = known.get(cells[column].lower(), cells[column])
            sink.add(cells, number)

    def read_sessions(self) -> None:
        """The sessions, and the latest year for classes that name none."""
        sink = self.table("academicSessions", "academicsessions")
        latest = ""
        for number, row in self.files.rows("academicsessions"):
            sink.add(row, number)
            if row["type"] == vocab.SCHOOL_YEAR and row["endDate"] > latest:
                latest, self.term = row["endDate"], row["sourcedId"]
        if "academicsessions" not in self.files:
            year = self.year()
            sink.add(year)
            self.term = year["sourcedId"]

    def read_classes(self) -> None:
        if "classes" not in self.files:
            return
        sink = self.table("classes", "classes")
        for number, row in self.files.rows("classes"):
            sink.add(
                {
                    "sourcedId": row["sourcedId"],
                    "title": row["title"],
                    "classCode": row.get("code", ""),
                    "schoolSourcedId": row["orgSourcedId"],
                    "termSourcedIds": row.get("sessionSourcedIds") or self.term,
                    "courseSourcedId": row.get("courseSourcedId", ""),
                },
                number,
            )

    def role(self, text: str) -> str:
        return self.role_names.get(text.lower(), text)

    def read_relationships(self) -> None:
        strangers = 0
        for _number, row in self.files.rows("relationships"):
            student, adult = row["userSourcedId"], row["relationshipUserSourcedId"]
            role = row["relationshipRole"].lower()
            if role not in vocab.GUARDIAN_ROLES:
                strangers += 1
                continue
            self.agents.setdefault(student, []).append(adult)
            self.relations.setdefault(adult, {})[student] = role
        if strangers:
            self.files.problems.add(
                "relation_not_family",
                self.files.file_name("relationships"),
                count=strangers,
            )

    def read_roles(self) -> None:
        if "roles" not in self.files:
            return
        sink = self.table("roles", "roles")
        for number, row in self.files.rows("roles"):
            user, org = row["userSourcedId"], row["orgSourcedId"]
            role = self.role(row["role"])
            self.note_place(user, org, row.get("grade", ""))
            primary = row.get("isPrimary", "").lower() == "true"
            sink.add(
                {
                    "sourcedId": join_id(user, org, role),
                    "userSourcedId": user,
                    "orgSourcedId": org,
                    "role": role,
                    "roleType": "primary" if primary else "secondary",
                    "beginDate": row.get("roleStartDate", ""),
                    "endDate": row.get("roleEndDate", ""),
                },
                number,
            )

    def note_place(self, user: str, org: str, grade: str) -> None:
        self.orgs_of.setdefault(user, []).append(org)
        if grade:
            self.grades.setdefault(user, []).append(grade)

    def read_users(self) -> None:
        sink = self.table("users", "users")
        for number, row in self.files.rows("users"):
            user = row["sourcedId"]
            for org in parse_list(row.get("orgSourcedIds", "")):
                self.note_place(user, org, row.get("grade", ""))
            cells = {
                "sourcedId": user,
                "username": row.get("username", ""),
                "givenName": row["givenName"],
                "middleName": row.get("middleName", ""),
                "familyName": row["familyName"],
                "email": row.get("email", ""),
                "phone": row.get("phone", ""),
                "sms": row.get("sms", ""),
                "identifier": row.get("userNumber", ""),
                "grades": join_list(self.grades.get(user, ())),
                "agentSourcedIds": join_list(self.agents.get(user, ())),
            }
            if "roles" not in self.files:
                cells["role"] = self.role(row.get("role", ""))
                cells["orgSourcedIds"] = row.get("orgSourcedIds", "")
            sink.add(cells, number)

    def add_guardian_roles(self) -> None:
        """A guardian's role is at the schools of the children; no file says it."""
        if "roles" not in self.files:
            return
        sink = self.table("roles", "roles")
        for adult, children in self.relations.items():
            places = {
                (org, role)
                for student, role in children.items()
                for org in self.orgs_of.get(student, ())
            }
            for org, role in sorted(places):
                sink.add(
                    {
                        "sourcedId": join_id(adult, org, role),
                        "userSourcedId": adult,
                        "orgSourcedId": org,
                        "role": role,
                        "roleType": "secondary",
                    }
                )

    def read_demographics(self) -> None:
        if "demographics" not in self.files:
            return
        sink = self.table("demographics", "demographics")
        for number, row in self.files.rows("demographics"):
            races = parse_list(row.get("raceCodes", ""))
            cells = {
                "sourcedId": row["userSourcedId"],
                "sex": row.get("sex", ""),
                "birthDate": row.get("birthDate", ""),
            }
            if races:
                cells |= {race: str(race in races).lower() for race in _RACES}
                two = "demographicRaceTwoOrMoreRaces" in races
                cells["demographicRaceTwoOrMoreRaces"] = str(two).lower()
            if "ethnicityCodes" in row:
                hispanic = "hispanicOrLatinoEthnicity" in row["ethnicityCodes"]
                cells["hispanicOrLatinoEthnicity"] = str(hispanic).lower()
            sink.add(cells, number)

    def read_enrollments(self) -> None:
        if "enrollments" not in self.files:
            return
        sink = self.table("enrollments", "enrollments")
        for number, row in self.files.rows("enrollments"):
            group, user = row["classSourcedId"], row["userSourcedId"]
            role = self.role(row["role"]).lower()
            sink.add(
                {
                    "sourcedId": join_id(group, user, role),
                    "classSourcedId": group,
                    "userSourcedId": user,
                    "role": role,
                },
                number,
            )

    def finish(self) -> Roster:
        for table in _V2_TABLES:
            name = table.lower()
            if name in self.files and self.files.is_whole(name):
                self.builder.complete(table)
        return self.builder.finish()
