"""The district as other CSV formats write it, and what they can carry of it."""

from collections import defaultdict

from odoo.addons.harvest_district.sis.canonical import join_id

from ..engine.rosters import write_csv
from .district import PAST_TERM, YEAR, Row, Tables, to_11

_FAMILY = ("parent", "guardian", "relative")
# Ids that a format does not carry are made from what it does.
_KEYS = {("enrollments", "sourcedId"), ("roles", "sourcedId")}
Files = dict[str, bytes]


def american(day: str) -> str:
    """``8/5/2026`` of an ISO date."""
    if not day:
        return ""
    year, month, number = day.split("-")
    return f"{int(month)}/{int(number)}/{year}"


def as_files(files: dict[str, list[Row]]) -> Files:
    """File name to bytes; columns in the order of their first mention."""
    return {
        f"{name}.csv": write_csv(_columns(rows), rows, restval="").encode()
        for name, rows in files.items()
    }


def _columns(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))


class District:
    """Look-ups in the district's tables."""

    def __init__(self, tables: Tables) -> None:
        self.tables = to_11(tables)
        self.rows = {
            table: {row["sourcedId"]: row for row in rows}
            for table, rows in self.tables.items()
        }
        self.roles = {u["sourcedId"]: u["role"] for u in self.tables["users"]}
        self.schools_of = {
            u["sourcedId"]: u["orgSourcedIds"].split(",") for u in self.tables["users"]
        }
        self.guardians = self._guardians()

    def _guardians(self) -> dict[str, list[str]]:
        """Adults of each student, whichever side states the link."""
        found: dict[str, list[str]] = defaultdict(list)
        for user in self.tables["users"]:
            for agent in filter(None, user.get("agentSourcedIds", "").split(",")):
                one, other = user["sourcedId"], agent
                student, adult = (
                    (one, other) if self.roles[one] == "student" else (other, one)
                )
                if adult not in found[student]:
                    found[student].append(adult)
        return found

    def people(self, *roles: str) -> list[Row]:
        return [u for u in self.tables["users"] if u["role"] in roles]

    def ssid(self, user: Row) -> str:
        return user["userIds"].rpartition(":")[2].strip("}")

    def term(self, group: Row) -> Row:
        """The one session that a section can name."""
        session = PAST_TERM if group["termSourcedIds"] == PAST_TERM else YEAR
        return self.rows["academicSessions"][session]


# WHAT IS CARRIED


def carried(district: District, gaps: frozenset[str], roles: tuple[str, ...]) -> Tables:
    """The district's 1.1 tables without what a format cannot say.

    Columns that are gaps are empty, other people are not there, memberships have
    their natural key, guardians are where the children are.
    """
    kept = {u["sourcedId"] for u in district.people(*roles, *_FAMILY)}
    tables = without(district.tables, gaps)
    tables["users"] = [u for u in tables["users"] if u["sourcedId"] in kept]
    for user in tables["users"]:
        if user["role"] in _FAMILY:
            user["orgSourcedIds"] = ",".join(_family_schools(district, user))
    tables["enrollments"] = [
        row | {"sourcedId": natural_key(row)}
        for row in tables["enrollments"]
        if row["userSourcedId"] in kept
    ]
    return tables


def without(tables: Tables, gaps: frozenset[str]) -> Tables:
    """Copies of the tables in which columns that are gaps are empty."""
    lost = {gap.partition(".")[::2] for gap in gaps} - _KEYS
    return {
        table: [
            {c: "" if (table, c) in lost else v for c, v in row.items()} for row in rows
        ]
        for table, rows in tables.items()
    }


def natural_key(row: Row) -> str:
    return join_id(row["classSourcedId"], row["userSourcedId"], row["role"])


def _family_schools(district: District, adult: Row) -> list[str]:
    children = [c for c, a in district.guardians.items() if adult["sourcedId"] in a]
    found = [school for c in children for school in district.schools_of[c]]
    return list(dict.fromkeys(found))


def flat_sessions(district: District, tables: Tables, key) -> None:
    """Only the terms that sections name, one a section."""
    used = {}
    for group in tables["classes"]:
        term = district.term(district.rows["classes"][group["sourcedId"]])
        row = term | {"sourcedId": key(term), "type": "term", "parentSourcedId": ""}
        used[key(term)] = row
        group["termSourcedIds"] = key(term)
    tables["academicSessions"] = list(used.values())


# SCHOOL DATA SYNC V1


def to_sds_v1(district: District) -> Files:
    rows = district.rows
    schools = [o for o in district.tables["orgs"] if o["type"] == "school"]
    files: dict[str, list[Row]] = {
        "School": [
            {
                "SIS ID": o["sourcedId"],
                "Name": o["name"],
                "School Number": o["sourcedId"],
                "State ID": o["identifier"],
            }
            for o in schools
        ],
        "Section": [],
    }
    for group in district.tables["classes"]:
        term, course = (
            district.term(group),
            rows["courses"][group["courseSourcedId"]],
        )
        files["Section"].append(
            {
                "SIS ID": group["sourcedId"],
                "School SIS ID": group["schoolSourcedId"],
                "Section Name": group["title"],
                "Section Number": group["classCode"],
                "Term SIS ID": term["sourcedId"],
                "Term Name": term["title"],
                "Term StartDate": american(term["startDate"]),
                "Term EndDate": american(term["endDate"]),
                "Course SIS ID": course["sourcedId"],
                "Course Name": course["title"],
                "Course Number": course["courseCode"],
                "Periods": group["periods"],
                "Status": "Active",
            }
        )
    files |= _v1_people(district)
    for name, role in (("StudentEnrollment", "student"), ("TeacherRoster", "teacher")):
        files[name] = [
            {"Section SIS ID": e["classSourcedId"], "SIS ID": e["userSourcedId"]}
            for e in district.tables["enrollments"]
            if e["role"] == role
        ]
    return as_files(files)


def _v1_people(district: District) -> dict[str, list[Row]]:
    born = district.rows["demographics"]
    files: dict[str, list[Row]] = {"Student": [], "Teacher": []}
    for user in district.people("student", "teacher"):
        person = {
            "SIS ID": user["sourcedId"],
            "First Name": user["givenName"],
            "Last Name": user["familyName"],
            "Username": user["username"],
            "Password": "hunter2-do-not-keep",
            "Secondary Email": user["email"],
        }
        if user["role"] == "student":
            day = american(born[user["sourcedId"]]["birthDate"])
            person |= {"State ID": district.ssid(user), "Birthdate": day}
            person |= {"Student Number": user["identifier"], "Grade": user["grades"]}
        else:
            person["Teacher Number"] = user["identifier"]
        for school in district.schools_of[user["sourcedId"]]:
            files[user["role"].capitalize()].append({**person, "School SIS ID": school})
    files["user"] = [
        {
            "SIS ID": u["sourcedId"],
            "First Name": u["givenName"],
            "Last Name": u["familyName"],
            "Email": u["email"],
            "Phone": u["phone"],
        }
        for u in district.people(*_FAMILY)
    ]
    files["guardianrelationship"] = [
        {
            "SIS ID": student,
            "Email": district.rows["users"][adult]["email"],
            "Role": district.roles[adult].capitalize(),
        }
        for student, adults in district.guardians.items()
        for adult in adults
    ]
    return files


def expected_sds_v1(district: District, gaps: frozenset[str]) -> Tables:
    tables = carried(district, gaps, ("student", "teacher"))
    tables["orgs"] = [o for o in tables["orgs"] if o["type"] == "school"]
    flat_sessions(district, tables, lambda term: term["sourcedId"])
    for user in tables["users"]:
        if user["role"] in _FAMILY:
            user["username"] = ""
    return tables


# SCHOOL DATA SYNC V2.1


def to_sds_v2(district: District, tables: Tables) -> Files:
    """From the 1.2 tables: V2.1 has roles of their own."""
    files: dict[str, list[Row]] = {
        "orgs": _only(tables["orgs"], "sourcedId name type parentSourcedId"),
        "academicSessions": _only(
            tables["academicSessions"],
            "sourcedId title type schoolYear startDate endDate",
        ),
        "users": _only(
            tables["users"],
            "sourcedId username givenName familyName email phone sms",
        ),
        "courses": [
            {
                "sourcedId": row["sourcedId"],
                "orgSourcedId": row["orgSourcedId"],
                "title": row["title"],
                "code": row["courseCode"],
                "schoolYearSourcedId": row["schoolYearSourcedId"],
                "grade": row["grades"],
            }
            for row in tables["courses"]
        ],
        "classes": [
            {
                "sourcedId": row["sourcedId"],
                "orgSourcedId": row["schoolSourcedId"],
                "title": row["title"],
                "sessionSourcedIds": row["termSourcedIds"],
                "courseSourcedId": row["courseSourcedId"],
            }
            for row in tables["classes"]
        ],
        "enrollments": _only(
            tables["enrollments"], "classSourcedId userSourcedId role"
        ),
        "userFlags": [{"userSourcedId": "5000000", "flag": "freeLunch"}],
        "relationships": [
            {
                "userSourcedId": student,
                "relationshipUserSourcedId": adult,
                "relationshipRole": district.roles[adult],
            }
            for student, adults in district.guardians.items()
            for adult in adults
        ],
    }
    for user in files["users"]:
        user["password"] = "hunter2-do-not-keep"
    files["roles"] = [
        {
            "userSourcedId": row["userSourcedId"],
            "orgSourcedId": row["orgSourcedId"],
            "role": row["role"],
            "grade": district.rows["users"][row["userSourcedId"]].get("grades", ""),
            "isPrimary": str(row["roleType"] == "primary").upper(),
        }
        for row in tables["roles"]
        if row["role"] not in _FAMILY
    ]
    files["demographics"] = [_v2_demographics(row) for row in tables["demographics"]]
    return as_files(files)


def _only(rows: list[Row], columns: str) -> list[Row]:
    return [{c: row.get(c, "") for c in columns.split()} for row in rows]


def _v2_demographics(row: Row) -> Row:
    hispanic = row["hispanicOrLatinoEthnicity"] == "true"
    named = ("sourcedId", "birthDate", "sex", "hispanicOrLatinoEthnicity")
    races = [c for c, v in row.items() if v == "true" and c not in named]
    return {
        "userSourcedId": row["sourcedId"],
        "sex": row["sex"],
        "birthDate": row["birthDate"],
        "birthCity": "Tegucigalpa",
        "ethnicityCodes": "hispanicOrLatinoEthnicity" if hispanic else "",
        "raceCodes": ",".join(races),
    }


def expected_sds_v2(district: District, whole: Tables, gaps: frozenset[str]) -> Tables:
    tables = without(whole, gaps)
    roles = [row for row in tables["roles"] if row["role"] not in _FAMILY]
    for user in district.people(*_FAMILY):
        roles += [
            {
                "userSourcedId": user["sourcedId"],
                "orgSourcedId": school,
                "role": user["role"],
                "roleType": "secondary",
            }
            for school in _family_schools(district, user)
        ]
    for row in roles:
        row["sourcedId"] = join_id(
            row["userSourcedId"], row["orgSourcedId"], row["role"]
        )
    tables["roles"] = roles
    tables["enrollments"] = [
        row | {"sourcedId": natural_key(row)} for row in tables["enrollments"]
    ]
    return tables


# CLEVER


def to_clever(district: District) -> Files:
    rows = district.rows
    files: dict[str, list[Row]] = {
        "schools": [
            {
                "School_id": o["sourcedId"],
                "School_name": o["name"],
                "School_number": o["sourcedId"],
                "State_id": o["identifier"],
            }
            for o in district.tables["orgs"]
            if o["type"] == "school"
        ],
        "students": [],
        "teachers": [],
        "sections": [],
    }
    for user in district.people("student"):
        files["students"] += _clever_student(district, user)
    for user in district.people("teacher"):
        files["teachers"].append(
            {
                "School_id": user["orgSourcedIds"],
                "Teacher_id": user["sourcedId"],
                "Teacher_number": user["identifier"],
                "Teacher_email": user["email"],
                "First_name": user["givenName"],
                "Last_name": user["familyName"],
                "Username": user["username"],
                "Password": "hunter2-do-not-keep",
            }
        )
    for group in district.tables["classes"]:
        term, course = district.term(group), rows["courses"][group["courseSourcedId"]]
        teachers = [
            e["userSourcedId"]
            for e in district.tables["enrollments"]
            if e["classSourcedId"] == group["sourcedId"] and e["role"] == "teacher"
        ]
        files["sections"].append(
            {
                "School_id": group["schoolSourcedId"],
                "Section_id": group["sourcedId"],
                "Teacher_id": teachers[0],
                "Name": group["title"],
                "Section_number": group["classCode"],
                "Grade": group["grades"],
                "Course_name": course["title"],
                "Course_number": course["courseCode"],
                "Period": group["periods"],
                "Term_name": term["title"],
                "Term_start": american(term["startDate"]),
                "Term_end": american(term["endDate"]),
            }
        )
    files["enrollments"] = [
        {
            "School_id": e["schoolSourcedId"],
            "Section_id": e["classSourcedId"],
            "Student_id": e["userSourcedId"],
        }
        for e in district.tables["enrollments"]
        if e["role"] == "student"
    ]
    return as_files(files)


def _clever_student(district: District, user: Row) -> list[Row]:
    """One row for each contact, and for each school."""
    about = district.rows["demographics"][user["sourcedId"]]
    person = {
        "Student_id": user["sourcedId"],
        "Student_number": user["identifier"],
        "State_id": district.ssid(user),
        "Last_name": user["familyName"],
        "First_name": user["givenName"],
        "Grade": user["grades"],
        "Gender": about["sex"][0].upper(),
        "DOB": american(about["birthDate"]),
        "Hispanic_Latino": "Y" if about["hispanicOrLatinoEthnicity"] == "true" else "N",
        "Student_email": user["email"],
        "Username": user["username"],
        "Frl_status": "Free",
    }
    contacts = [_contact(district, a) for a in district.guardians[user["sourcedId"]]]
    schools = district.schools_of[user["sourcedId"]]
    return [
        {"School_id": school, **person, **contact}
        for school in schools
        for contact in contacts or [{}]
    ]


def _contact(district: District, adult_id: str) -> Row:
    adult = district.rows["users"][adult_id]
    relationship, kind = {
        "parent": ("Parent", "Parent/Guardian"),
        "guardian": ("Other", "Parent/Guardian"),
        "relative": ("Grandparent", "Family"),
    }[adult["role"]]
    return {
        "Contact_relationship": relationship,
        "Contact_type": kind,
        "Contact_name": f"{adult['familyName']}, {adult['givenName']}",
        "Contact_phone": adult["phone"],
        "Contact_phone_type": "Cell",
        "Contact_email": adult["email"],
        "Contact_sis_id": adult_id,
    }


def expected_clever(district: District, gaps: frozenset[str]) -> Tables:
    tables = carried(district, gaps, ("student", "teacher"))
    tables["orgs"] = [o for o in tables["orgs"] if o["type"] == "school"]
    flat_sessions(
        district, tables, lambda term: join_id(term["title"], term["startDate"])
    )
    keys = {
        course["sourcedId"]: join_id(course["orgSourcedId"], course["courseCode"])
        for course in tables["courses"]
    }
    for course in tables["courses"]:
        course["sourcedId"] = keys[course["sourcedId"]]
    for group in tables["classes"]:
        group["courseSourcedId"] = keys[group["courseSourcedId"]]
    for user in tables["users"]:
        if user["role"] in _FAMILY:
            user["username"] = ""
    return tables
