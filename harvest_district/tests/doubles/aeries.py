"""A server that speaks Aeries v5 for the invented district (interop reference §7).

As documented: the certificate in a header, ``DatabaseYear`` silently replaced when it
is not one of the years, students by record number, contacts and classes of a school or
a student, data changes in local time, ``{"Message": …}`` with errors.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from .district import FALL, PAST_YEAR, SPRING, YEAR, Row, Tables
from .server import answer_json

CERTIFICATE = "c0ffee" * 5 + "42"
_GRADES = {"PK": -2, "TK": -1, "KG": 0}
_RACES = {
    "americanIndianOrAlaskaNative": "100",
    "asian": "201",
    "blackOrAfricanAmerican": "600",
    "nativeHawaiianOrOtherPacificIslander": "301",
    "white": "700",
}
_RELATIONS = {"parent": "MO", "guardian": "LG", "relative": "GM"}
_LABELS = {"MO": "Mother", "LG": "Legal Guardian", "GM": "Grandmother"}
_TITLES = {
    "teacher": "Teacher",
    "principal": "School Principal",
    "counselor": "Counselor",
    "aide": "Instructional Aide",
}
# What else a school has; nothing that a roster needs.
_MORE_OF_A_SCHOOL = (
    *("RegionCode", "StateCharterNumber", "CharterStatusCode", "FederalTaxID"),
    "FederalInformationProcessingStandardsCode",
    "QualityRatingAndImprovementSystemParticipationCode",
    *("AccreditationStatusCode", "SchoolWebsite", "OrganizationCategoryCode"),
    *("SchoolCategoryCode", "LocalEducationAgencyTypeCode", "TitleIPartACode"),
    *("NSLPStatusCode", "NCESSchoolID", "CollegeBoardSchoolCode"),
    *("CampusEnrollmentTypeCode", "PreKSchoolTypeCode", "ShortName"),
    "EarlyCollegeHighSchoolIndicator",
    "ScienceTechnologyEngineeringAndMathematicsIndicator",
    *("PathwaysInTechnologyIndicator", "UsingSectionStaffInMasterSchedule"),
    *("UsingSectionStaffInScheduling", "Address", "AddressCity", "AddressState"),
    *("AddressZipCode", "AddressZipExt", "DoNotReport", "LowGradeLevel"),
    *("HighGradeLevel", "PrincipalName", "PrincipalEmailAddress"),
    *("AttendancePeriod", "Tracks", "ScheduleType", "SessionType", "PhoneNumber"),
    *("AttendanceType", "AttendanceReporting", "ScheduleBasis"),
)
_SCHOOL = "/schools/<int:school>"
_CHANGES = "/<int:y>/<int:m>/<int:d>/<int:hour>/<int:minute>"
_ROUTES = (
    ("/systeminfo", "system_info"),
    ("/schools", "schools"),
    (_SCHOOL, "school"),
    (f"{_SCHOOL}/terms", "terms"),
    (f"{_SCHOOL}/students", "students"),
    (f"{_SCHOOL}/students/<int:student>", "student"),
    (f"{_SCHOOL}/students/<int:student>/extended", "extended"),
    (f"{_SCHOOL}/contacts", "contacts"),
    (f"{_SCHOOL}/contacts/<int:student>", "contacts"),
    (f"{_SCHOOL}/classes", "classes"),
    (f"{_SCHOOL}/classes/<int:student>", "classes"),
    (f"{_SCHOOL}/sections", "sections"),
    (f"{_SCHOOL}/teachers", "teachers"),
    ("/staff", "staff"),
    ("/courses", "courses"),
    ("/codes/<table>/<field>", "codes"),
    (f"/StudentDataChanges/<area>{_CHANGES}", "student_changes"),
    (f"/<what>DataChanges{_CHANGES}", "changes"),
)


class Aeries:
    """The app; ``tables`` may be changed while it runs, then ``touch`` says what.

    ``clock``
        the server's own local time, naive as Aeries prints it.
    """

    def __init__(self, tables: Tables, clock: datetime | None = None) -> None:
        self.tables = tables
        self.clock = clock or datetime(2026, 9, 15, 6, 0)
        self.zone = "Pacific Standard Time"
        self.years = ["2026", "2025"]
        self.default_year = "2026"
        self.old_names = False
        self._log: list[tuple[str, datetime, Row]] = []
        self._map = Map(
            [Rule(f"/aeries/api/v5{rule}", endpoint=name) for rule, name in _ROUTES],
            strict_slashes=False,
        )

    def touch(self, area: str, school: str, number: str) -> None:
        """Note a change now: of a student's area, Section, SectionRoster, Staff …"""
        key = "StudentID" if area.islower() else "SectionNumber"
        row = {key: int(number), "SchoolCode": int(school)}
        self._log.append((area, self.clock, row))

    def __call__(self, request: Request) -> Response:
        try:
            endpoint, values = self._map.bind_to_environ(request.environ).match()
            if endpoint != "system_info" and not self._may(request):
                return answer_json({"Message": "Invalid certificate"}, 401)
            asked = request.args.get("DatabaseYear", "")
            year = asked if asked in self.years else self.default_year
            found = getattr(self, f"_{endpoint}")(request, year, **values)
            return answer_json(self._named(found))
        except HTTPException as error:
            return answer_json({"Message": error.description}, error.code or 500)

    def _may(self, request: Request) -> bool:
        return request.headers.get("AERIES-CERT") == CERTIFICATE

    def _named(self, found: Any) -> Any:
        if not self.old_names or not isinstance(found, list):
            return found
        old = {"StudentID": "PermanentID", "Gender": "Sex"}
        return [{old.get(k, k): v for k, v in row.items()} for row in found]

    # SYSTEM AND SCHOOLS

    def _system_info(self, request: Request, year: str) -> Row:
        return {
            "AeriesVersion": "9.26.3.18",
            "DatabaseYear": year,
            "AvailableDatabaseYears": self.years,
            "LocalTimeZoneName": self.zone,
            "CurrentDateTime": self.clock.isoformat() + ".1234567",
        }

    def _schools(self, request: Request, year: str) -> list[Row]:
        open_ones = [
            self._one_school(org, year)
            for org in self.tables["orgs"]
            if org["type"] == "school"
        ]
        closed = {"SchoolCode": 999, "Name": "Closed", "InactiveStatusCode": "I"}
        return [*open_ones, {**open_ones[0], **closed}]

    def _one_school(self, org: Row, year: str) -> Row:
        cds = org["identifier"]
        return {
            "SchoolCode": int(org["sourcedId"]),
            "Name": org["name"],
            "InactiveStatusCode": "",
            "StateCountyID": int(cds[:2]),
            "StateDistrictID": int(cds[2:7]),
            "StateSchoolID": int(cds[7:]),
            "Terms": self._term_list(year),
            **dict.fromkeys(_MORE_OF_A_SCHOOL, ""),
        }

    def _school(self, request: Request, year: str, school: int) -> Row:
        found = [s for s in self._schools(request, year) if s["SchoolCode"] == school]
        if not found:
            raise NotFound("School not found")
        return found[0]

    def _terms(self, request: Request, year: str, school: int) -> list[Row]:
        self._school(request, year, school)
        return self._term_list(year)

    def _term_list(self, year: str) -> list[Row]:
        sessions = {s["sourcedId"]: s for s in self.tables["academicSessions"]}
        codes = {"F": FALL, "S": SPRING, "Y": YEAR}
        if year != "2026":
            codes = {"Y": PAST_YEAR}
        return [
            {
                "TermCode": code,
                "TermDescription": sessions[session]["title"],
                "StartDate": _moment(sessions[session]["startDate"]),
                "EndDate": _moment(sessions[session]["endDate"]),
                "FirstHalfEndDate": None,
                "SecondHalfStartDate": None,
                "TrackTerms": [],
            }
            for code, session in codes.items()
        ]

    # STUDENTS AND CONTACTS

    def _records(self, school: int) -> Iterator[Row]:
        users = {user["sourcedId"]: user for user in self.tables["users"]}
        for role in self.tables["roles"]:
            if role["role"] == "student" and int(role["orgSourcedId"]) == school:
                yield self._record(users[role["userSourcedId"]], role)

    def _record(self, user: Row, role: Row) -> Row:
        facts: Row = {}
        for row in self.tables["demographics"]:
            if row["sourcedId"] == user["sourcedId"]:
                facts = row
        races = [code for race, code in _RACES.items() if facts.get(race) == "true"]
        return {
            "StudentID": int(user["sourcedId"]),
            "SchoolCode": int(role["orgSourcedId"]),
            "StudentNumber": int(user["sourcedId"]) % 10_000,
            "StateStudentID": user["userIds"].split("SSID:")[1].rstrip("}"),
            "FirstName": user["givenName"],
            "MiddleName": user.get("middleName", ""),
            "LastName": user["familyName"],
            "FirstNameAlias": user.get("preferredGivenName", ""),
            "NetworkLoginID": user["username"],
            "StudentEmailAddress": user.get("email", ""),
            "Grade": _grade(user["grades"]),
            "Gender": {"female": "F", "male": "M"}.get(facts.get("sex", ""), ""),
            "Birthdate": _moment(facts.get("birthDate", "")),
            "EthnicityCode": {"true": "Y", "false": "N"}.get(
                facts.get("hispanicOrLatinoEthnicity", ""), ""
            ),
            **{f"RaceCode{n}": code for n, code in enumerate([*races, "", ""], 1)},
            "SchoolEnterDate": _moment(role.get("beginDate", "")),
            "SchoolLeaveDate": _moment(role.get("endDate", "")),
            "InactiveStatusCode": "I" if role.get("endDate") else "",
            "BirthCity": "Tegucigalpa",
            "SocialSecurityNumber": "078-05-1120",
        }

    def _students(self, request: Request, year: str, school: int) -> list[Row]:
        first = int(request.args.get("StartingRecord", 1))
        last = int(request.args.get("EndingRecord", 1_000_000))
        return list(self._records(school))[first - 1 : last]

    def _student(
        self, request: Request, year: str, school: int, student: int
    ) -> list[Row]:
        return [r for r in self._records(school) if r["StudentID"] == student]

    def _extended(
        self, request: Request, year: str, school: int, student: int
    ) -> list[Row]:
        user = next(u for u in self.tables["users"] if u["sourcedId"] == str(student))
        return [
            {
                "StudentID": student,
                "SchoolCode": school,
                "ReportingSchoolCode": int(user.get("primaryOrgSourcedId") or school),
                "BirthCity": "Tegucigalpa",
            }
        ]

    def _contacts(
        self, request: Request, year: str, school: int, student: int = 0
    ) -> list[Row]:
        here = {r["StudentID"] for r in self._records(school)}
        wanted = here & {student} if student else here
        return [
            contact
            for user in self.tables["users"]
            if int(user["sourcedId"]) in wanted
            for contact in self._contacts_of(user)
        ]

    def _contacts_of(self, student: Row) -> Iterator[Row]:
        key = student["sourcedId"]
        own = student.get("agentSourcedIds", "").split(",")
        flags = {
            row["agentSourcedId"]: row
            for row in self.tables.get("guardianFlags", ())
            if row["studentSourcedId"] == key
        }
        adults = [
            user
            for user in self.tables["users"]
            if user["sourcedId"] in own
            or key in user.get("agentSourcedIds", "").split(",")
        ]
        for number, adult in enumerate(adults, 1):
            yield self._contact(key, number, adult, flags.get(adult["sourcedId"], {}))

    def _contact(self, student: str, number: int, adult: Row, flags: Row) -> Row:
        relation = next(
            role["role"]
            for role in self.tables["roles"]
            if role["userSourcedId"] == adult["sourcedId"]
        )
        return {
            "StudentID": int(student),
            "SequenceNumber": number,
            "ContactOrder": int(flags.get("priority", number)),
            "RelationshipToStudentCode": _RELATIONS[relation],
            "FirstName": adult["givenName"],
            "LastName": adult["familyName"],
            "EmailAddress": adult.get("email", ""),
            "HomePhone": adult.get("phone", ""),
            "CellPhone": adult.get("sms", ""),
            "LivesWithStudentIndicator": flags.get("livesWith", ""),
            "EducationalRightsHolder": flags.get("educationalRights", ""),
            "RedFlag": flags.get("courtRestricted") == "true",
            "PortalAccountID": 0,
        }

    def _codes(self, request: Request, year: str, table: str, field: str) -> list[Row]:
        if (table, field) != ("CON", "CD"):
            raise NotFound("Code table not found")
        return [{"Code": c, "Description": label} for c, label in _LABELS.items()]

    # STAFF AND CLASSES

    def _staff_roles(self) -> Iterator[tuple[Row, Row]]:
        users = {user["sourcedId"]: user for user in self.tables["users"]}
        for role in self.tables["roles"]:
            if role["role"] in _TITLES:
                yield users[role["userSourcedId"]], role

    def _staff(self, request: Request, year: str) -> list[Row]:
        cook = {"ID": 1, "FirstName": "Rosa", "LastName": "Cocinera", "Title": "Cook"}
        return [
            {
                "ID": int(user["sourcedId"]),
                "FirstName": user["givenName"],
                "LastName": user["familyName"],
                "UserName": user["username"],
                "EmailAddress": user["email"],
                "HumanResourcesSystemID": user["identifier"],
                "Title": _TITLES[role["role"]],
                "PrimaryAeriesSchool": int(role["orgSourcedId"]),
                "InactiveStatusCode": "",
                "BirthYear": 1980,
            }
            for user, role in self._staff_roles()
        ] + [{**cook, "InactiveStatusCode": "", "PrimaryAeriesSchool": 101}]

    def _teachers(self, request: Request, year: str, school: int) -> list[Row]:
        return [
            {
                "SchoolCode": school,
                "TeacherNumber": number,
                "StaffID1": int(user["sourcedId"]),
                "InactiveStatusCode": "",
            }
            for number, (user, role) in enumerate(self._staff_roles(), 1)
            if role["role"] == "teacher" and int(role["orgSourcedId"]) == school
        ]

    def _courses(self, request: Request, year: str) -> list[Row]:
        return [
            {
                "ID": course["sourcedId"],
                "Title": course["title"][:15],
                "LongDescription": course["title"],
                "LowGrade": -1,
                "HighGrade": 0,
                "InactiveStatusCode": "",
            }
            for course in self.tables["courses"]
        ]

    def _classes_of(self, year: str, school: int) -> list[Row]:
        past = {s["sourcedId"] for s in self.tables["academicSessions"]} - {
            s["sourcedId"]
            for s in self.tables["academicSessions"]
            if s["schoolYear"] == str(int(year) + 1)
        }
        return [
            group
            for group in self.tables["classes"]
            if int(group["schoolSourcedId"]) == school
            and not past & set(group["termSourcedIds"].split(","))
        ]

    def _sections(self, request: Request, year: str, school: int) -> list[Row]:
        return [
            {
                "SchoolCode": school,
                "SectionNumber": int(group["sourcedId"]),
                "Period": group["periods"],
                "Semester": {FALL: "F", SPRING: "S"}.get(group["termSourcedIds"], "Y"),
                "CourseID": group["courseSourcedId"],
                "SectionStaffMembers": self._members(group),
                "Room": group["location"],
                "LowGrade": 0,
                "HighGrade": 1,
                "InactiveStatusCode": "",
                "PrimaryClass": group["classType"] == "homeroom",
            }
            for group in self._classes_of(year, school)
        ]

    def _members(self, group: Row) -> list[Row]:
        return [
            {
                "StaffID": int(row["userSourcedId"]),
                "IsPrimaryTeacher": row["primary"] == "true",
                "InactiveStatusCode": "",
            }
            for row in self.tables["enrollments"]
            if row["classSourcedId"] == group["sourcedId"] and row["role"] == "teacher"
        ]

    def _classes(
        self, request: Request, year: str, school: int, student: int = 0
    ) -> list[Row]:
        groups = {group["sourcedId"] for group in self._classes_of(year, school)}
        return [
            {
                "StudentID": int(row["userSourcedId"]),
                "SchoolCode": school,
                "SequenceNumber": number,
                "SectionNumber": int(row["classSourcedId"]),
                "DateStarted": _moment(row["beginDate"]),
                "DateEnded": _moment(row["endDate"]),
            }
            for number, row in enumerate(self.tables["enrollments"], 1)
            if row["classSourcedId"] in groups
            and row["role"] == "student"
            and (not student or int(row["userSourcedId"]) == student)
        ]

    # CHANGES

    def _student_changes(
        self, request: Request, year: str, area: str, **when: int
    ) -> list[Row]:
        return self._changes_of(area, **when)

    def _changes_of(
        self, area: str, y: int, m: int, d: int, hour: int, minute: int
    ) -> list[Row]:
        since = datetime(y, m, d, hour, minute)
        return [row for what, at, row in self._log if what == area and at >= since]

    def _changes(
        self, request: Request, year: str, what: str, **when: int
    ) -> list[Row]:
        return self._changes_of(what, **when)


def _moment(day: str) -> str | None:
    return f"{day}T00:00:00" if day else None


def _grade(code: str) -> int:
    return _GRADES[code] if code in _GRADES else int(code)
