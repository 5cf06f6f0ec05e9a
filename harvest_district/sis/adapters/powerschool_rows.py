"""From PowerSchool objects to OneRoster rows.

Ids are the database's own (``DCID``), which do not change, with a prefix since each
table counts for itself. Staff is the person (``users_dcid``), not the person's entry at
one school. Of a student nothing is read that a roster does not need: no social security
number, no meal balance, no text of an alert.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from ..canonical import join_id
from .powerschool_values import (
    as_list,
    as_object,
    day,
    flag,
    last_day,
    nested,
    text,
)
from .reading import relation_of

Row = dict[str, Any]
_FLAG_RACES = (
    *("americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican"),
    *("nativeHawaiianOrOtherPacificIslander", "white"),
)
_SEXES = {"M": "male", "F": "female", "X": "other", "U": "unspecified"}
_HISPANIC = {"YES": True, "Y": True, "TRUE": True, "NO": False, "N": False}


def student_key(number: Any) -> str:
    return f"STU-{text(number)}"


def staff_key(number: Any) -> str:
    return f"STF-{text(number)}"


def contact_key(number: Any) -> str:
    return f"CON-{text(number)}"


def section_key(number: Any) -> str:
    return f"SEC-{text(number)}"


def course_key(number: Any) -> str:
    return f"CRS-{text(number)}"


def term_key(number: Any) -> str:
    return f"TRM-{text(number)}"


def year_key(start_year: str) -> str:
    return f"YEAR-{start_year}"


# SCHOOLS AND TERMS


def district_row(district: Row) -> Row:
    return {
        "sourcedId": "district",
        "name": text(district.get("name")) or "District",
        "type": "district",
        "identifier": text(district.get("district_number")),
    }


def school_row(school: Row) -> Row:
    return {
        "sourcedId": text(school["id"]),
        "name": text(school.get("name")),
        "type": "school",
        "identifier": text(school.get("state_province_id"))
        or text(school.get("school_number")),
        "parentSourcedId": "district",
    }


def term_rows(terms: Iterable[Row], first_year: int, kinds: Mapping) -> Iterator[Row]:
    """Terms of this school year and later ones; years long past are not needed."""
    for term in terms:
        start_year = text(term.get("start_year"))
        if start_year.isdecimal() and int(start_year) >= first_year:
            yield {
                "sourcedId": term_key(term["id"]),
                "title": text(term.get("name")),
                "type": kinds.get(text(term.get("portion")), "term"),
                "startDate": day(term.get("start_date")),
                "endDate": day(term.get("end_date")),
                "parentSourcedId": year_key(start_year),
                "schoolYear": str(int(start_year) + 1),
            }


def year_rows(terms: Iterable[Row]) -> Iterator[Row]:
    """One school year over the terms of all schools."""
    by_year: dict[str, list[Row]] = {}
    for term in terms:
        by_year.setdefault(term["schoolYear"], []).append(term)
    for ending, own in by_year.items():
        start_year = str(int(ending) - 1)
        yield {
            "sourcedId": year_key(start_year),
            "title": f"{start_year}-{ending}",
            "type": "schoolYear",
            "startDate": min(term["startDate"] for term in own),
            "endDate": max(term["endDate"] for term in own),
            "schoolYear": ending,
        }


# STUDENTS


def student_row(student: Row, agents: Iterable[str]) -> Row:
    name = as_object(student.get("name"))
    ssid = text(student.get("state_province_id"))
    return {
        "sourcedId": student_key(student["id"]),
        "username": text(student.get("student_username")),
        "userIds": f"{{SSID:{ssid}}}" if ssid else "",
        "givenName": text(name.get("first_name")),
        "middleName": text(name.get("middle_name")),
        "familyName": text(name.get("last_name")),
        "identifier": text(student.get("local_id")),
        "email": text(as_object(student.get("contact_info")).get("email")),
        "grades": text(enrollment_of(student).get("grade_level")),
        "agentSourcedIds": list(agents),
    }


def enrollment_of(student: Row) -> Row:
    return as_object(student.get("school_enrollment"))


def is_enrolled(student: Row) -> bool:
    """Active, and there for a day at least: who leaves on the day of entry never came.

    A pre-registered student is not at the school yet.
    """
    own = enrollment_of(student)
    entry, leaving = day(own.get("entry_date")), day(own.get("exit_date"))
    status = text(own.get("enroll_status")) or text(own.get("status_code"))
    return status in ("A", "0", "") and not (entry and leaving and leaving <= entry)


def student_role_row(student: Row, school: str) -> Row:
    own = enrollment_of(student)
    key = student_key(student["id"])
    return {
        "sourcedId": join_id(key, "student", school),
        "userSourcedId": key,
        "role": "student",
        "roleType": "primary",
        "orgSourcedId": school,
        "beginDate": day(own.get("entry_date")),
        "endDate": last_day(own.get("exit_date")),
    }


def demographics_row(student: Row, races: Mapping[str, str]) -> Row:
    facts = as_object(student.get("demographics"))
    origin = as_object(student.get("ethnicity_race"))
    found = {
        races.get(text(race.get(name)))
        for race in nested(origin.get("races"), "race")
        for name in ("federal_race_code_category", "district_race_code")
    } - {None}
    flags: Row = {name: name in found for name in _FLAG_RACES} if found else {}
    if found:
        flags["demographicRaceTwoOrMoreRaces"] = len(found) > 1
    return {
        "sourcedId": student_key(student["id"]),
        "birthDate": day(facts.get("birth_date")),
        "sex": _SEXES.get(text(facts.get("gender")).upper(), ""),
        "hispanicOrLatinoEthnicity": _HISPANIC.get(
            text(origin.get("federal_ethnicity")).upper()
        ),
        **flags,
    }


def has_legal_alert(student: Row, as_of: date) -> bool:
    """Whether a legal alert is in force; its text is not for us."""
    legal = as_object(as_object(student.get("alerts")).get("legal"))
    expires = day(legal.get("expires_date"))
    return bool(text(legal.get("description"))) and not (
        expires and expires < as_of.isoformat()
    )


# CONTACTS


class Contact(NamedTuple):
    """A contact of one student, with what held in which period.

    ``details``: relationship, custodial, livesWith, schoolPickup, receivesMail,
    startDate, endDate, active, as ``/ws/contacts`` names them
    """

    student: str
    number: str
    names: Row
    email: str
    phone: str
    sms: str
    priority: str
    restricted: bool  # may not see the student's data
    details: list[Row]


def contacts_of(student: str, answer: Any) -> Iterator[Contact]:
    """Contacts in an answer of ``/ws/contacts/student/{dcid}``."""
    for person in as_list(answer):
        if flag(person.get("active")) is False:
            continue
        phones = sorted(
            as_list(person.get("phones")),
            key=lambda p: (not flag(p.get("preferred")), text(p.get("sequence"))),
        )
        emails = sorted(
            as_list(person.get("emails")), key=lambda e: not flag(e.get("primary"))
        )
        for link in as_list(person.get("contactStudents")):
            if text(link.get("dcid")) == student:
                yield Contact(
                    student,
                    text(person["contactId"]),
                    {k: person.get(k) for k in ("firstName", "middleName", "lastName")},
                    text(as_object(emails).get("address")),
                    text(as_object(phones).get("phoneNumber")),
                    _first_sms(phones),
                    text(link.get("sequence")),
                    any(
                        flag(r.get("restricted"))
                        for r in as_list(link.get("restrictions"))
                    ),
                    as_list(link.get("studentDetails")),
                )


def _is_restricted(link: Row) -> bool:
    return any(flag(r.get("restricted")) for r in as_list(link.get("restrictions")))


def _first_sms(phones: Iterable[Row]) -> str:
    return next((text(p["phoneNumber"]) for p in phones if flag(p.get("sms"))), "")


def contacts_in(rows: Iterable[Row]) -> Iterator[Contact]:
    """Contacts in the rows of the plugin's query, one row a period."""
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        key = text(row.get("studentdcid")), text(row.get("contactid"))
        grouped.setdefault(key, []).append(row)
    for (student, number), own in grouped.items():
        first = own[0]
        names = {
            "firstName": first.get("firstname"),
            "middleName": first.get("middlename"),
            "lastName": first.get("lastname"),
        }
        yield Contact(
            student,
            number,
            names,
            text(first.get("email")),
            text(first.get("phone")),
            "",
            text(first.get("priority")),
            False,
            [_detail(row) for row in own],
        )


def _detail(row: Row) -> Row:
    return {
        "relationship": row.get("relationship"),
        "custodial": row.get("custodial"),
        "livesWith": row.get("liveswith"),
        "schoolPickup": row.get("schoolpickup"),
        "receivesMail": row.get("receivesmail"),
        "startDate": row.get("startdate"),
        "endDate": row.get("enddate"),
        "active": row.get("active"),
    }


def detail_on(details: Iterable[Row], as_of: date) -> Row | None:
    """What holds on a day, else what comes next; None when all of it is over.

    Of several that hold at once, one that forbids to pick up counts.
    """
    today = as_of.isoformat()
    valid = [d for d in details if flag(d.get("active")) is not False]
    open_ones = [
        d
        for d in valid
        if not day(d.get("endDate")) or last_day(d.get("endDate")) >= today
    ]
    now = [d for d in open_ones if day(d.get("startDate")) <= today]
    if now:
        return min(now, key=lambda d: flag(d.get("schoolPickup")) is not False)
    return min(open_ones, key=lambda d: day(d.get("startDate")), default=None)


def contact_rows(
    contact: Contact, school: str, as_of: date, rules: Iterable, own: Mapping[str, str]
) -> Iterator[tuple[str, Row]]:
    """(table, row) of a contact whose relation is not over."""
    detail = detail_on(contact.details, as_of)
    if detail is None:
        return
    key, student = contact_key(contact.number), student_key(contact.student)
    relation = relation_of(rules, own, text(detail.get("relationship")))
    names = {name: text(value) for name, value in contact.names.items()}
    yield (
        "users",
        {
            "sourcedId": key,
            "givenName": names["firstName"] or names["lastName"],
            "middleName": names["middleName"],
            "familyName": names["lastName"] or names["firstName"],
            "email": contact.email,
            "phone": contact.phone,
            "sms": contact.sms,
        },
    )
    yield (
        "roles",
        {
            "sourcedId": join_id(key, relation, school),
            "userSourcedId": key,
            "role": relation,
            "roleType": "primary",
            "orgSourcedId": school,
        },
    )
    yield (
        "guardianFlags",
        {
            "sourcedId": join_id(student, key),
            "studentSourcedId": student,
            "agentSourcedId": key,
            "relation": relation,
            "custodial": flag(detail.get("custodial")),
            "livesWith": flag(detail.get("livesWith")),
            "mayPickup": flag(detail.get("schoolPickup")),
            "educationalRights": False if contact.restricted else None,
            "receivesMail": flag(detail.get("receivesMail")),
            "priority": contact.priority if contact.priority.strip("0") else "",
            "dateStart": day(detail.get("startDate")),
            "dateEnd": last_day(detail.get("endDate")),
        },
    )


# STAFF AND CLASSES


def staff_row(person: Row) -> Row:
    name = as_object(person.get("name"))
    emails = as_object(person.get("emails"))
    return {
        "sourcedId": staff_key(person["users_dcid"]),
        "username": text(person.get("teacher_username"))
        or text(person.get("admin_username")),
        "givenName": text(name.get("first_name")),
        "middleName": text(name.get("middle_name")),
        "familyName": text(name.get("last_name")),
        "identifier": text(person.get("local_id")),
        "email": text(emails.get("work_email")),
    }


def staff_roles(
    person: Row, school: str, teaches: bool, kinds: Mapping[str, str]
) -> set[str]:
    """What a person does at a school; nothing when only an account is known."""
    links = nested(person.get("school_affiliations"), "school_affiliation")
    here = [link for link in links if text(link.get("school_id")) == school]
    found = {kinds.get(text(link.get("type")), "") for link in here} - {""}
    for own in nested(person.get("school_counselors"), "school_counselor"):
        if text(own.get("school_id")) == school and flag(own.get("counselor")):
            found.add("counselor")
    return found | ({"teacher"} if teaches else set())


def staff_role_row(person: Row, role: str, school: str) -> Row:
    key = staff_key(person["users_dcid"])
    return {
        "sourcedId": join_id(key, role, school),
        "userSourcedId": key,
        "role": role,
        "roleType": "primary",
        "orgSourcedId": school,
    }


def course_row(course: Row) -> Row:
    return {
        "sourcedId": course_key(course["id"]),
        "title": text(course.get("course_name")),
        "courseCode": text(course.get("course_number")),
    }


def class_row(section: Row, title: str) -> Row:
    number = text(section.get("section_number"))
    return {
        "sourcedId": section_key(section["id"]),
        "title": f"{title} {number}".strip(),
        "classCode": number,
        "courseSourcedId": course_key(section["course_id"]),
        "schoolSourcedId": text(section["school_id"]),
        "termSourcedIds": term_key(section["term_id"]),
        "periods": text(section.get("expression")),
    }


def lead_row(section: Row, users_dcid: str) -> Row:
    key = section_key(section["id"])
    return {
        "sourcedId": f"{key}-{staff_key(users_dcid)}",
        "classSourcedId": key,
        "schoolSourcedId": text(section["school_id"]),
        "userSourcedId": staff_key(users_dcid),
        "role": "teacher",
        "primary": True,
    }


def place_row(place: Row, school: str) -> Row | None:
    """A student in a section; None when it was dropped before it began."""
    entry, leaving = day(place.get("entry_date")), day(place.get("exit_date"))
    if entry and leaving and leaving <= entry:
        return None
    if flag(place.get("dropped")) and not leaving:
        return None
    return {
        "sourcedId": f"CC-{text(place['id'])}",
        "classSourcedId": section_key(place["section_id"]),
        "schoolSourcedId": school,
        "userSourcedId": student_key(place["student_id"]),
        "role": "student",
        "beginDate": entry,
        "endDate": last_day(place.get("exit_date")),
    }
