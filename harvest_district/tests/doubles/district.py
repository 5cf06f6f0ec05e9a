"""One invented district, as OneRoster 1.2 tables, that every double serves.

Ids are digits, so that systems which number everything can use them as they are. What
is in it on purpose: names with ñ and ’, state ids, student numbers with leading zeros,
guardians of several children and children of several guardians, a link that only the
guardian's side states, a student in two schools, one without any class, one who left a
class, an aide, a counselor and a principal who teach nothing, a class over two terms,
and a past school year.
"""

from collections.abc import Iterator

Row = dict[str, str]
Tables = dict[str, list[Row]]

DISTRICT = "1"
YEAR, FALL, SPRING = "2700", "2701", "2702"
PAST_YEAR, PAST_TERM = "2600", "2601"
_SCHOOLS = ("Ocotillo Elementary", "Cañon Verde School", "Palo Verde Middle")
_GIVEN = ("Itzel", "Mateo", "Nuñez-Rae", "Zoë", "D\u2019Angelo", "Ana María", "Liam")
_FAMILY = ("Peña", "O\u2019Rourke", "García López", "Yazzie", "Nguyen", "Muñoz")
_GRADES = ("TK", "KG", "01", "02", "03", "04", "05", "06", "07", "08")
_RACES = (
    *("americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican"),
    *("nativeHawaiianOrOtherPacificIslander", "white"),
)
_PER_CLASS = 20


def make_district(schools: int = 3, students: int = 12) -> Tables:
    """The district; its first ids do not depend on its size.

    :param students: per school, at least 4
    """
    return _Maker(schools, students).make()


def school_ids(tables: Tables) -> list[str]:
    return [org["sourcedId"] for org in tables["orgs"] if org["type"] == "school"]


def people_of(tables: Tables, school: str, role: str = "student") -> set[str]:
    """Ids of those who have a role at a school."""
    return {
        row["userSourcedId"]
        for row in tables["roles"]
        if row["orgSourcedId"] == school and row["role"] == role
    }


def empty_school(tables: Tables, school: str) -> Tables:
    """The district as if one school's students had vanished (a wrong year was set)."""
    elsewhere = {
        row["userSourcedId"] for row in tables["roles"] if row["orgSourcedId"] != school
    }
    gone = people_of(tables, school) - elsewhere
    lost = {
        row["sourcedId"]
        for row in tables["enrollments"]
        if row["schoolSourcedId"] == school and row["role"] == "student"
    }
    return {
        **tables,
        "users": [u for u in _unlinked(tables, gone) if u["sourcedId"] not in gone],
        "roles": [
            row
            for row in tables["roles"]
            if row["userSourcedId"] not in gone
            and (row["role"], row["orgSourcedId"]) != ("student", school)
        ],
        "demographics": [
            row for row in tables["demographics"] if row["sourcedId"] not in gone
        ],
        "enrollments": [
            row for row in tables["enrollments"] if row["sourcedId"] not in lost
        ],
    }


def _unlinked(tables: Tables, gone: set[str]) -> Iterator[Row]:
    for user in tables["users"]:
        agents = [a for a in user.get("agentSourcedIds", "").split(",") if a]
        kept = ",".join(agent for agent in agents if agent not in gone)
        yield {**user, "agentSourcedIds": kept}


# What 1.1 calls the roles that it does not have (interop reference §14.4).
_ROLES_11 = dict.fromkeys(
    ("counselor", "principal", "siteAdministrator"), "administrator"
)
_ONLY_12 = (
    *("userMasterIdentifier", "preferredGivenName", "preferredMiddleName"),
    *("preferredFamilyName", "primaryOrgSourcedId", "pronouns"),
)


def to_11(tables: Tables) -> Tables:
    """The district as OneRoster 1.1 says it: one role a user, at several orgs."""
    roles: dict[str, list[Row]] = {}
    for row in sorted(tables["roles"], key=lambda row: row["roleType"]):
        roles.setdefault(row["userSourcedId"], []).append(row)
    users = []
    for user in tables["users"]:
        own = roles.get(user["sourcedId"], [])
        first = own[0]["role"] if own else ""
        users.append(
            {name: value for name, value in user.items() if name not in _ONLY_12}
            | {
                "role": _ROLES_11.get(first, first),
                "orgSourcedIds": ",".join(row["orgSourcedId"] for row in own),
            }
        )
    others = {name: rows for name, rows in tables.items() if name != "roles"}
    return {**others, "users": users}


class _Maker:
    def __init__(self, schools: int, students: int) -> None:
        self._schools = [str(101 + number) for number in range(schools)]
        self._students = students
        self._tables: Tables = {
            name: []
            for name in (
                *("orgs", "academicSessions", "users", "roles", "demographics"),
                *("courses", "classes", "enrollments"),
            )
        }

    def make(self) -> Tables:
        self._add_orgs()
        self._add_sessions()
        for number, school in enumerate(self._schools):
            self._add_staff(number, school)
            self._add_classes(number, school)
            for index in range(self._students):
                self._add_student(number, school, index)
        self._add_two_schools()
        return self._tables

    def _add(self, table: str, **values: str) -> Row:
        self._tables[table].append(values)
        return values

    def _add_orgs(self) -> None:
        self._add(
            "orgs",
            sourcedId=DISTRICT,
            name="Piñon Ridge Unified School District",
            type="district",
            identifier="3399999",
        )
        for number, school in enumerate(self._schools):
            name = _SCHOOLS[number % 3] + (f" {number // 3 + 1}" if number > 2 else "")
            self._add(
                "orgs",
                sourcedId=school,
                name=name,
                type="school",
                identifier=f"33999990{100 + number:06}",
                parentSourcedId=DISTRICT,
            )

    def _add_sessions(self) -> None:
        for code, title, kind, start, end, parent, year in (
            (PAST_YEAR, "2025-2026", "schoolYear", "2025-08-13", "2026-06-04", "", 26),
            (PAST_TERM, "Year", "term", "2025-08-13", "2026-06-04", PAST_YEAR, 26),
            (YEAR, "2026-2027", "schoolYear", "2026-08-12", "2027-06-03", "", 27),
            (FALL, "Fall", "term", "2026-08-12", "2026-12-18", YEAR, 27),
            (SPRING, "Spring", "term", "2027-01-04", "2027-06-03", YEAR, 27),
        ):
            self._add(
                "academicSessions",
                sourcedId=code,
                title=title,
                type=kind,
                startDate=start,
                endDate=end,
                parentSourcedId=parent,
                schoolYear=f"20{year}",
            )

    def _add_user(self, user_id: str, number: int, **values: str) -> Row:
        return self._add(
            "users",
            sourcedId=user_id,
            enabledUser="true",
            username=f"u{user_id}",
            givenName=_GIVEN[number % len(_GIVEN)],
            familyName=_FAMILY[number % len(_FAMILY)],
            **values,
        )

    def _add_role(self, user_id: str, role: str, school: str, primary: bool) -> None:
        self._add(
            "roles",
            sourcedId=f"{user_id}-{role}-{school}",
            userSourcedId=user_id,
            roleType="primary" if primary else "secondary",
            role=role,
            orgSourcedId=school,
        )

    def _add_staff(self, number: int, school: str) -> None:
        roles = ["teacher"] * self._class_count()
        roles += [("principal", "counselor", "aide")[number % 3], "teacher"]
        for index, role in enumerate(roles):
            staff = self._staff_id(number, index)
            self._add_user(
                staff,
                int(staff),
                identifier=f"E{staff}",
                email=f"staff{staff}@example.org",
            )
            self._add_role(staff, role, school, True)

    def _class_count(self) -> int:
        return -(-self._students // _PER_CLASS)

    def _staff_id(self, number: int, index: int) -> str:
        return str(3_000_000 + number * 10_000 + index)

    def _class_id(self, number: int, index: int) -> str:
        return str(2_000_000 + number * 10_000 + index)

    def _add_classes(self, number: int, school: str) -> None:
        """Homerooms, one class over both terms, and one of the year before."""
        for course, title in (("1", "Homeroom"), ("2", "Science"), ("3", "Music")):
            self._add(
                "courses",
                sourcedId=f"{4000 + number}{course}",
                title=title,
                schoolYearSourcedId=PAST_YEAR if course == "3" else YEAR,
                courseCode=f"{title[:3].upper()}{course}",
                grades="TK,KG",
                orgSourcedId=school,
            )
        count = self._class_count()
        for index in range(count + 2):
            course = "1" if index < count else "2" if index == count else "3"
            terms = {"1": f"{FALL},{SPRING}", "2": f"{FALL},{SPRING}", "3": PAST_TERM}
            group = self._add(
                "classes",
                sourcedId=self._class_id(number, index),
                title=f"Room {index + 1}",
                courseSourcedId=f"{4000 + number}{course}",
                classCode=f"{school}-{index + 1}",
                classType="homeroom" if course == "1" else "scheduled",
                location=f"B{index + 1}",
                schoolSourcedId=school,
                termSourcedIds=terms[course],
                grades="KG,01",
                periods="1",
            )
            teacher = self._staff_id(number, min(index, count + 1))
            if index >= count:
                teacher = self._staff_id(number, count + 1)
            self._enroll(group, teacher, "teacher")

    def _enroll(self, group: Row, user_id: str, role: str, **values: str) -> None:
        dates = {
            PAST_TERM: ("2025-08-13", "2026-06-04"),
        }.get(group["termSourcedIds"], ("2026-08-12", "2027-06-03"))
        self._add(
            "enrollments",
            sourcedId=str(6_000_000 + len(self._tables["enrollments"])),
            classSourcedId=group["sourcedId"],
            schoolSourcedId=group["schoolSourcedId"],
            userSourcedId=user_id,
            role=role,
            primary="true" if role == "teacher" else "false",
            beginDate=values.get("beginDate", dates[0]),
            endDate=values.get("endDate", dates[1]),
        )

    def _group(self, number: int, index: int) -> Row:
        wanted = self._class_id(number, index)
        return next(
            row
            for row in reversed(self._tables["classes"])
            if row["sourcedId"] == wanted
        )

    def _add_student(self, number: int, school: str, index: int) -> None:
        code = number * 100_000 + index
        student = str(5_000_000 + code)
        values = {
            "identifier": f"00{code:06}",
            "userIds": f"{{LocalID:00{code:06}}},{{SSID:{9_100_000_000 + code}}}",
            "grades": _GRADES[index % len(_GRADES)],
            "agentSourcedIds": ",".join(self._add_guardians(number, school, index)),
            "email": f"s{code}@students.example.org",
        }
        if index == 1:
            values |= {"preferredGivenName": "Lupe", "pronouns": "she/her/hers"}
        self._add_user(student, code, **values)
        self._add_role(student, "student", school, True)
        self._add_demographics(student, code)
        if index != 2:  # the third has a school and no class
            self._add_places(number, index, student)

    def _add_places(self, number: int, index: int, student: str) -> None:
        count = self._class_count()
        self._enroll(self._group(number, index // _PER_CLASS), student, "student")
        if index % 3 == 0:
            left = {"endDate": "2026-10-02"} if index == 3 else {}
            self._enroll(self._group(number, count), student, "student", **left)
        if index % 4 == 0:
            self._enroll(self._group(number, count + 1), student, "student")

    def _add_guardians(self, number: int, school: str, index: int) -> list[str]:
        """Two siblings share a parent; every fourth child has a grandparent too.

        The second sibling's link is stated by the parent alone (hazard 24).
        """
        family = index // 2
        parent = str(8_000_000 + number * 100_000 + family)
        child = str(5_000_000 + number * 100_000 + index)
        if index % 2:
            self._tables["users"][self._parent_at]["agentSourcedIds"] += f",{child}"
            return []
        self._parent_at = len(self._tables["users"])
        role = "guardian" if family % 3 == 2 else "parent"
        self._add_guardian(parent, family, role, school, child)
        if index % 4:
            return [parent]
        relative = str(80_000_000 + number * 100_000 + family)
        self._add_guardian(relative, family + 1, "relative", school, "")
        return [parent, relative]

    def _add_guardian(
        self, user_id: str, number: int, role: str, school: str, child: str
    ) -> None:
        self._add_user(
            user_id,
            number,
            email=f"family{user_id}@example.com",
            phone=f"760-555-{int(user_id) % 10_000:04}",
            sms=f"760-555-{int(user_id) % 10_000:04}",
            agentSourcedIds=child,
        )
        self._add_role(user_id, role, school, True)

    def _add_demographics(self, student: str, code: int) -> None:
        flags = {race: str(code % 5 == i).lower() for i, race in enumerate(_RACES)}
        self._add(
            "demographics",
            sourcedId=student,
            birthDate=f"{2014 + code % 7}-{code % 12 + 1:02}-{code % 28 + 1:02}",
            sex=("female", "male")[code % 2],
            **flags,
            demographicRaceTwoOrMoreRaces="false",
            hispanicOrLatinoEthnicity=str(code % 3 == 0).lower(),
        )

    def _add_two_schools(self) -> None:
        """The first school's first student is also at the second school."""
        if len(self._schools) < 2:
            return
        student = "5000000"
        self._add_role(student, "student", self._schools[1], False)
        self._enroll(self._group(1, 0), student, "student")
        row = next(r for r in self._tables["users"] if r["sourcedId"] == student)
        row["primaryOrgSourcedId"] = self._schools[0]
