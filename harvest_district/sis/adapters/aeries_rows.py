"""From Aeries v5 objects to OneRoster rows.

Ids: numbers of Aeries are unique within their table only, so each has a prefix; a
section's number is unique within a school and a year. Aeries has **no stable id of a
contact**: ``SequenceNumber`` is renumbered and used again, and a court's limit must not
pass to whoever gets the number next. So a contact is known by its student and its first
name; two of one first name by the whole name. Who is corrected in it becomes a new
adult, and the old link stays to be seen if a court limits it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from unicodedata import normalize

from ..canonical import join_id
from .reading import find_word, iso_day, relation_of

Row = dict[str, Any]
_FLAG_RACES = (
    *("americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican"),
    *("nativeHawaiianOrOtherPacificIslander", "white"),
)


def text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def student_key(number: Any) -> str:
    return f"STU-{number}"


def staff_key(number: Any) -> str:
    return f"STF-{number}"


def class_key(year: str, school: Any, section: Any) -> str:
    return f"{year}-{school}-{section}"


def course_key(number: Any) -> str:
    return f"CRS-{text(number)}"


def term_key(year: str, school: Any, code: str) -> str:
    return f"{year}-{school}-{code}"


def year_key(year: str) -> str:
    return f"YEAR-{year}"


def old_names(row: Row) -> Row:
    """Names of versions before 5, which custom views still answer with."""
    for old, new in (("PermanentID", "StudentID"), ("Sex", "Gender")):
        if old in row and new not in row:
            row = {**row, new: row[old]}
    return row


class Codes:
    """What a profile and the connection say about codes."""

    def __init__(self, options: Mapping[str, Any], own: Mapping[str, str]) -> None:
        self.options = options
        self.own_relations = own
        self.labels: dict[str, str] = {}

    def is_active(self, row: Row) -> bool:
        return text(row.get("InactiveStatusCode")) in self.options["active_codes"]

    def relation(self, code: str) -> str:
        label = self.labels.get(code, "")
        return relation_of(self.options["relations"], self.own_relations, code, label)

    def staff_role(self, title: str) -> str:
        return find_word(self.options["staff_roles"], "role", title)


# SCHOOLS AND TERMS


def school_row(row: Row) -> Row:
    parts = (("StateCountyID", 2), ("StateDistrictID", 5), ("StateSchoolID", 7))
    digits = [text(row.get(name)).zfill(width) for name, width in parts]
    cds = "".join(digits)
    return {
        "sourcedId": str(row["SchoolCode"]),
        "name": text(row.get("Name")),
        "type": "school",
        "identifier": cds if cds.strip("0") else "",
    }


def term_rows(year: str, school: Any, terms: Iterable[Row], codes: Codes) -> list[Row]:
    kinds = codes.options["term_types"]
    return [
        {
            "sourcedId": term_key(year, school, text(term["TermCode"])),
            "title": text(term.get("TermDescription")) or text(term["TermCode"]),
            "type": kinds.get(text(term["TermCode"]), "term"),
            "startDate": iso_day(term.get("StartDate")),
            "endDate": iso_day(term.get("EndDate")),
            "parentSourcedId": year_key(year),
            "schoolYear": str(int(year) + 1),
        }
        for term in terms
        if term.get("StartDate") and term.get("EndDate")
    ]


def year_row(year: str, terms: Iterable[Row]) -> Row:
    terms = list(terms)
    return {
        "sourcedId": year_key(year),
        "title": f"{year}-{int(year) + 1}",
        "type": "schoolYear",
        "startDate": min(term["startDate"] for term in terms),
        "endDate": max(term["endDate"] for term in terms),
        "schoolYear": str(int(year) + 1),
    }


# STUDENTS


def student_rows(
    records: Iterable[Row], agents: Iterable[str], reporting: str, codes: Codes
) -> Iterator[tuple[str, Row]]:
    """One student of all its records, as (table, row).

    :param reporting: the school that reports the student; "" where there is only one
    """
    records = sorted(records, key=lambda r: (codes.is_active(r), _since(r)))
    newest = records[-1]
    key = student_key(newest["StudentID"])
    yield "users", _student(key, newest, agents, reporting)
    yield "demographics", _demographics(key, newest, codes)
    for school, record in {str(r["SchoolCode"]): r for r in records}.items():
        yield "roles", _student_role(key, school, record)


def is_placed(record: Row, codes: Codes) -> bool:
    """At the school, or left it on a known day; else only a name in a file."""
    return codes.is_active(record) or bool(record.get("SchoolLeaveDate"))


def _since(record: Row) -> str:
    return iso_day(record.get("SchoolEnterDate"))


def _student(key: str, record: Row, agents: Iterable[str], reporting: str) -> Row:
    ssid = text(record.get("StateStudentID"))
    return {
        "sourcedId": key,
        "username": record.get("NetworkLoginID"),
        "userIds": f"{{SSID:{ssid}}}" if ssid.strip("0") else "",
        "givenName": record.get("FirstName"),
        "middleName": record.get("MiddleName"),
        "familyName": record.get("LastName"),
        "preferredGivenName": record.get("FirstNameAlias"),
        "preferredMiddleName": record.get("MiddleNameAlias"),
        "preferredFamilyName": record.get("LastNameAlias"),
        "identifier": record["StudentID"],
        "email": record.get("StudentEmailAddress"),
        "grades": text(record.get("Grade")),
        "agentSourcedIds": list(agents),
        "primaryOrgSourcedId": reporting,
    }


def _student_role(key: str, school: str, record: Row) -> Row:
    return {
        "sourcedId": join_id(key, "student", school),
        "userSourcedId": key,
        "role": "student",
        "orgSourcedId": school,
        "beginDate": _since(record),
        "endDate": iso_day(record.get("SchoolLeaveDate")),
    }


def _demographics(key: str, record: Row, codes: Codes) -> Row:
    stated = [text(record.get(f"RaceCode{n}")) for n in range(1, 6)]
    races = {codes.options["races"].get(code[:1]) for code in stated if code} - {None}
    flags: Row = {name: name in races for name in _FLAG_RACES} if races else {}
    if races:
        flags["demographicRaceTwoOrMoreRaces"] = len(races) > 1
    return {
        "sourcedId": key,
        "birthDate": iso_day(record.get("Birthdate")),
        "sex": sex(text(record.get("Gender"))),
        "hispanicOrLatinoEthnicity": _yes_no(record.get("EthnicityCode")),
        **flags,
    }


def sex(code: str) -> str:
    """M and F; whatever else a district has (N, X, Z) is neither."""
    return {"": "", "M": "male", "F": "female"}.get(code.upper(), "other")


def _yes_no(value: Any) -> bool | None:
    return {"Y": True, "TRUE": True, "1": True, "N": False, "FALSE": False}.get(
        text(value).upper()
    )


# CONTACTS


def contact_rows(
    contacts: Iterable[Row], schools: Mapping[str, str], codes: Codes
) -> Iterator[tuple[str, str, Row]]:
    """(student number, table, row) of the contacts of any number of students.

    :param schools: student number to the school that their family is listed at
    """
    by_student: dict[str, list[Row]] = {}
    for contact in contacts:
        if text(contact.get("FirstName")) or text(contact.get("LastName")):
            by_student.setdefault(text(contact["StudentID"]), []).append(contact)
    for student, own in by_student.items():
        if student not in schools:
            continue
        for key, contact in _known_by_name(student, own).items():
            relation = codes.relation(text(contact.get("RelationshipToStudentCode")))
            school = schools[student]
            yield student, "users", _contact(key, contact)
            yield student, "roles", _contact_role(key, relation, school)
            flags = _flags(student_key(student), key, contact)
            yield student, "guardianFlags", flags | {"relation": relation}


def _known_by_name(student: str, contacts: list[Row]) -> dict[str, Row]:
    """Contacts by id; of several with one id the first in order."""
    firsts = Counter(_fold(contact.get("FirstName")) for contact in contacts)
    known: dict[str, Row] = {}
    for contact in sorted(contacts, key=_order):
        first, last = _fold(contact.get("FirstName")), _fold(contact.get("LastName"))
        name = f"{first}|{last}" if firsts[first] > 1 or not first else first
        digest = hashlib.blake2b(name.encode(), digest_size=6).hexdigest()
        known.setdefault(f"CON-{student}-{digest}", contact)
    return known


def _order(contact: Row) -> tuple[bool, int, int]:
    """Who is red-flagged first: of two rows of one person the stricter one counts."""
    order = [text(contact.get(name)) for name in ("ContactOrder", "SequenceNumber")]
    first, second = (int(n) if n.isdecimal() else 0 for n in order)
    return not _yes_no(contact.get("RedFlag")), first, second


def _fold(value: Any) -> str:
    """A name without accents, case and what is no letter."""
    plain = normalize("NFKD", text(value).casefold())
    return "".join(c for c in plain if c.isalnum())


def _contact(key: str, contact: Row) -> Row:
    return {
        "sourcedId": key,
        "givenName": contact.get("FirstName") or contact.get("LastName"),
        "middleName": contact.get("MiddleName"),
        "familyName": contact.get("LastName") or contact.get("FirstName"),
        "email": contact.get("EmailAddress"),
        "phone": contact.get("HomePhone") or contact.get("WorkPhone"),
        "sms": contact.get("CellPhone"),
    }


def _contact_role(key: str, relation: str, school: str) -> Row:
    return {
        "sourcedId": join_id(key, "family", school),
        "userSourcedId": key,
        "role": relation,
        "roleType": "primary",
        "orgSourcedId": school,
    }


def _flags(student: str, key: str, contact: Row) -> Row:
    """``RedFlag``: do not release the child to this person."""
    red = _yes_no(contact.get("RedFlag"))
    order = text(contact.get("ContactOrder"))
    return {
        "sourcedId": join_id(student, key),
        "studentSourcedId": student,
        "agentSourcedId": key,
        "livesWith": _yes_no(contact.get("LivesWithStudentIndicator")),
        "educationalRights": _yes_no(contact.get("EducationalRightsHolder")),
        "courtRestricted": red,
        "mayPickup": False if red else None,
        "priority": order if order.strip("0") else "",
    }


# STAFF, CLASSES


def staff_row(row: Row) -> Row:
    return {
        "sourcedId": staff_key(row["ID"]),
        "username": row.get("UserName"),
        "givenName": row.get("FirstName"),
        "middleName": row.get("MiddleName"),
        "familyName": row.get("LastName"),
        "identifier": row.get("HumanResourcesSystemID") or row["ID"],
        "email": row.get("EmailAddress"),
    }


def staff_role_row(number: Any, role: str, school: Any, primary: bool) -> Row:
    key = staff_key(number)
    return {
        "sourcedId": join_id(key, role, str(school)),
        "userSourcedId": key,
        "role": role,
        "roleType": "primary" if primary else "secondary",
        "orgSourcedId": str(school),
    }


def section_staff(section: Row, teachers: Mapping[str, Any]) -> dict[str, bool]:
    """Staff number to whether they lead: of the section, else of its teacher."""
    members = section.get("SectionStaffMembers") or []
    found = {
        text(member["StaffID"]): bool(member.get("IsPrimaryTeacher"))
        for member in members
        if not text(member.get("InactiveStatusCode"))
    }
    number = text(section.get("TeacherNumber") or section.get("TeacherNumber1"))
    if not found and number in teachers:
        found = {text(teachers[number]): True}
    return found


def course_row(row: Row) -> Row:
    return {
        "sourcedId": course_key(row["ID"]),
        "title": row.get("LongDescription") or row.get("Title"),
        "courseCode": row["ID"],
        "grades": _grades(row),
    }


def class_row(year: str, section: Row, title: str, terms: Iterable[str]) -> Row:
    """A section; one without a term of its own meets all year."""
    school, number = section["SchoolCode"], section["SectionNumber"]
    own = term_key(year, school, text(section.get("Semester")))
    return {
        "sourcedId": class_key(year, school, number),
        "title": f"{title} {number}".strip(),
        "classCode": number,
        "classType": "homeroom" if section.get("PrimaryClass") else "scheduled",
        "courseSourcedId": course_key(section["CourseID"]),
        "location": section.get("Room"),
        "schoolSourcedId": school,
        "termSourcedIds": own if own in terms else year_key(year),
        "grades": _grades(section),
        "periods": text(section.get("Period")),
    }


def _grades(row: Row) -> list[str]:
    try:
        low, high = int(row["LowGrade"]), int(row["HighGrade"])
    except (KeyError, TypeError, ValueError):
        return []
    return [str(grade) for grade in range(low, high + 1)][:20]


def place_row(year: str, row: Row) -> Row:
    """A student in a section."""
    key = class_key(year, row["SchoolCode"], row["SectionNumber"])
    student = student_key(row["StudentID"])
    return {
        "sourcedId": f"{key}-{student}",
        "classSourcedId": key,
        "schoolSourcedId": row["SchoolCode"],
        "userSourcedId": student,
        "role": "student",
        "beginDate": iso_day(row.get("DateStarted")),
        "endDate": iso_day(row.get("DateEnded")),
    }


def lead_row(year: str, section: Row, staff: str, leads: bool) -> Row:
    """A staff member of a section."""
    key = class_key(year, section["SchoolCode"], section["SectionNumber"])
    return {
        "sourcedId": f"{key}-{staff_key(staff)}",
        "classSourcedId": key,
        "schoolSourcedId": section["SchoolCode"],
        "userSourcedId": staff_key(staff),
        "role": "teacher",
        "primary": leads,
    }
