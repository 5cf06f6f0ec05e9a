"""From Clever v3 objects to OneRoster rows.

A user has one id and any number of roles; each role at a school is a row of its own.
Of a student nothing is read that does not belong on a roster: no meal status, special
education, language program, disability or address.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..canonical import join_id
from .reading import find_word, iso_day, us_day

Row = dict[str, Any]
_RACES = (
    *("americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican"),
    *("nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces"),
)
_SEXES = {"M": "male", "F": "female", "X": "other"}
_YES_NO = {"Y": True, "N": False}
_CLOSEST = ("parent", "guardian", "relative")


def text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def day(value: Any) -> str:
    """An ISO date of ``M/D/YYYY``, of a moment, or of itself."""
    return us_day(iso_day(value))


def year_key(ending: str) -> str:
    return f"YEAR-{ending}"


# ORGS AND TERMS


def district_row(district: Row) -> Row:
    return {
        "sourcedId": district["id"],
        "name": text(district.get("name")),
        "type": "district",
        "identifier": text(district.get("nces_id")),
    }


def school_row(school: Row) -> Row:
    return {
        "sourcedId": school["id"],
        "name": text(school.get("name")),
        "type": "school",
        "identifier": text(school.get("state_id")) or text(school.get("school_number")),
        "parentSourcedId": school.get("district"),
    }


def term_row(term: Row) -> Row:
    """The school year is told by the months: one that ends by July began before."""
    start, end = day(term.get("start_date")), day(term.get("end_date"))
    ending = str(int(end[:4]) + (end[5:7] > "07")) if end[:4].isdecimal() else ""
    return {
        "sourcedId": term["id"],
        "title": text(term.get("name")) or "Term",
        "type": "term",
        "startDate": start,
        "endDate": end,
        "parentSourcedId": year_key(ending),
        "schoolYear": ending,
    }


def year_rows(terms: Iterable[Row]) -> Iterator[Row]:
    by_year: dict[str, list[Row]] = {}
    for term in terms:
        if term["schoolYear"] and term["startDate"]:
            by_year.setdefault(term["schoolYear"], []).append(term)
    for ending, own in by_year.items():
        first = min(term["startDate"] for term in own)
        last = max(term["endDate"] for term in own)
        yield {
            "sourcedId": year_key(ending),
            "title": f"{int(ending) - 1}-{ending}",
            "type": "schoolYear",
            "startDate": first,
            "endDate": last,
            "schoolYear": ending,
        }


# USERS


def user_rows(
    user: Row, district: str, options: Mapping[str, Any]
) -> Iterator[tuple[str, Row]]:
    """(table, row) of a user in every role; nothing of one without a role for us."""
    roles = {name: role for name, role in (user.get("roles") or {}).items() if role}
    found = list(_role_rows(user, roles, district, options))
    if not found:
        return
    student, contact = roles.get("student") or {}, roles.get("contact") or {}
    links = links_of(contact, options)
    yield "users", _user(user, roles, student, contact, [*links])
    if student:
        yield "demographics", _demographics(user["id"], student, options["races"])
    for row in found:
        yield "roles", row
    for child, (relation, priority) in links.items():
        yield (
            "guardianFlags",
            {
                "sourcedId": join_id(child, user["id"]),
                "studentSourcedId": child,
                "agentSourcedId": user["id"],
                "relation": relation,
                "priority": priority,
            },
        )


def _user(user: Row, roles: Row, student: Row, contact: Row, children: list) -> Row:
    name = user.get("name") or {}
    preferred = student.get("preferred_name") or {}
    staff = roles.get("teacher") or roles.get("staff") or {}
    number = student.get("student_number") or student.get("sis_id")
    employee = staff.get("teacher_number") or staff.get("staff_id")
    state_id = text(student.get("state_id"))
    credentials = (student or staff).get("credentials") or {}
    phone = text(contact.get("phone"))
    is_cell = contact.get("phone_type") == "Cell"
    return {
        "sourcedId": user["id"],
        "username": text(credentials.get("district_username")),
        "userIds": f"{{SSID:{state_id}}}" if state_id else "",
        "givenName": text(name.get("first")),
        "middleName": text(name.get("middle")),
        "familyName": text(name.get("last")),
        "preferredGivenName": text(preferred.get("first")),
        "preferredMiddleName": text(preferred.get("middle")),
        "preferredFamilyName": text(preferred.get("last")),
        "identifier": text(number or employee or staff.get("sis_id")),
        "email": text(user.get("email")),
        "phone": phone,
        "sms": phone if is_cell else "",
        "grades": text(student.get("grade")),
        "agentSourcedIds": children,
        "primaryOrgSourcedId": text(student.get("school")),
    }


def _role_rows(
    user: Row, roles: Row, district: str, options: Mapping[str, Any]
) -> Iterator[Row]:
    key = user["id"]
    if student := roles.get("student"):
        yield from _student_roles(key, student)
    if teacher := roles.get("teacher"):
        for school in schools_of(teacher):
            yield _role_row(key, "teacher", school, school == teacher.get("school"))
    if staff := roles.get("staff"):
        name = find_word(options["staff_roles"], "role", text(staff.get("title")))
        for school in schools_of(staff) if name else ():
            yield _role_row(key, name, school, False)
    if roles.get("district_admin"):
        yield _role_row(key, "districtAdministrator", district, False)
    links = links_of(roles.get("contact") or {}, options)
    if links:
        closest = min((link[0] for link in links.values()), key=_CLOSEST.index)
        yield _role_row(key, closest, district, False)


def schools_of(role: Row) -> list[str]:
    """The schools of a role, its own school first."""
    own = [role["school"]] if role.get("school") else []
    return list(dict.fromkeys([*own, *(role.get("schools") or ())]))


def _role_row(user: str, role: str, org: str, primary: bool) -> Row:
    return {
        "sourcedId": join_id(user, role, org),
        "userSourcedId": user,
        "role": role,
        "roleType": "primary" if primary else "secondary",
        "orgSourcedId": org,
    }


def _student_roles(user: str, student: Row) -> Iterator[Row]:
    """A role at each school, with the dates of the latest enrollment there."""
    dates: dict[str, Row] = {}
    for period in student.get("enrollments") or ():
        dates[period.get("school")] = period
    for school in schools_of(student):
        period = dates.get(school, {})
        yield _role_row(user, "student", school, school == student.get("school")) | {
            "beginDate": day(period.get("start_date")),
            "endDate": day(period.get("end_date")),
        }


def links_of(
    contact: Row, options: Mapping[str, Any]
) -> dict[str, tuple[str, int | None]]:
    """Student to relation and order, of those whom a contact is family of.

    Several entries for one child are usual, of mixed types; the closest counts.
    """
    found: dict[str, tuple[str, int | None]] = {}
    for entry in contact.get("student_relationships") or ():
        relationship = text(entry.get("relationship")).lower()
        kind = text(entry.get("type")).lower()
        relation = options["relations"].get(relationship)
        if not relation and relationship != "self":
            relation = options["types"].get(kind)
        if not relation or not entry.get("student"):
            continue
        order = options["priorities"].get(kind)
        old = found.get(entry["student"])
        if old:
            relation = min(relation, old[0], key=_CLOSEST.index)
            order = min(filter(None, (order, old[1])), default=None)
        found[entry["student"]] = relation, order
    return found


def _demographics(user: str, student: Row, races: Mapping[str, list[str]]) -> Row:
    found = races.get(text(student.get("race")).lower())
    return {
        "sourcedId": user,
        "birthDate": day(student.get("dob")),
        "sex": _SEXES.get(text(student.get("gender")).upper(), ""),
        "hispanicOrLatinoEthnicity": _YES_NO.get(
            text(student.get("hispanic_ethnicity")).upper()
        ),
        **({name: name in found for name in _RACES} if found else {}),
    }


# COURSES AND SECTIONS


def course_row(course: Row) -> Row:
    return {
        "sourcedId": course["id"],
        "title": text(course.get("name")) or text(course.get("number")) or "Course",
        "courseCode": text(course.get("number")),
    }


def class_row(section: Row, year: str) -> Row:
    """:param year: the session of a section that has no term"""
    subject = text(section.get("subject"))
    is_home = subject.startswith("homeroom")
    return {
        "sourcedId": section["id"],
        "title": text(section.get("name")) or text(section.get("section_number")),
        "classCode": text(section.get("section_number")),
        "classType": "homeroom" if is_home else "scheduled",
        "courseSourcedId": section.get("course"),
        "schoolSourcedId": section.get("school"),
        "termSourcedIds": section.get("term_id") or year,
        "grades": text(section.get("grade")),
        "subjects": "" if is_home else subject,
        "periods": text(section.get("period")),
    }


def place_key(section: str, user: str) -> str:
    return join_id(section, user)


def place_rows(section: Row) -> Iterator[Row]:
    """Teachers and students; there may be none of either."""
    lead = section.get("teacher")
    teachers = dict.fromkeys([*([lead] if lead else []), *people(section, "teachers")])
    for user in teachers:
        yield _place(section, user, "teacher") | {"primary": user == lead}
    for user in dict.fromkeys(people(section, "students")):
        if user not in teachers:
            yield _place(section, user, "student")


def people(section: Row, name: str) -> list[str]:
    return [user for user in section.get(name) or () if user]


def _place(section: Row, user: str, role: str) -> Row:
    return {
        "sourcedId": place_key(section["id"], user),
        "classSourcedId": section["id"],
        "schoolSourcedId": section.get("school"),
        "userSourcedId": user,
        "role": role,
    }
