"""Clever's CSV format as districts send it to Clever by SFTP (interop reference §5).

Every delivery is the whole roster: ``schools``, ``students``, ``teachers``,
``sections`` and ``enrollments``. A student has one row for each contact. Birth dates
and terms are as the district writes them: ``extra["date_format"]``. A section without a
term is in the school year of ``extra["school_year"]``, see ``flat``. Meals, special
education and disability are never read.
"""

import re

from .. import vocab
from ..bundle import Bundle
from ..canonical import join_id, text_hash
from ..csv_set import CsvSet
from ..dialects import CLEVER
from ..headered import Columns
from ..manifest import V11
from ..problems import Problems
from ..profiles import get_profile
from ..roster import Roster
from .files import FileSource
from .flat import FlatRoster

_MORE_TEACHERS = tuple(f"Teacher_{number}_id" for number in range(2, 11))
_FILES = {
    "schools": Columns(
        ("School_id", "School_name"), ("School_number", "State_id", "NCES_id")
    ),
    "students": Columns(
        ("School_id", "Student_id", "Last_name", "First_name"),
        (
            *("Student_number", "State_id", "Middle_name", "Grade", "Gender", "DOB"),
            *("Hispanic_Latino", "Student_email", "Username", "Contact_relationship"),
            *("Contact_type", "Contact_name", "Contact_phone", "Contact_phone_type"),
            *("Contact_email", "Contact_sis_id"),
        ),
        (
            *("Password", "Frl_status", "IEP_status", "Ell_status", "Race"),
            *("Unweighted_gpa", "Weighted_gpa"),
        ),
    ),
    "teachers": Columns(
        ("School_id", "Teacher_id", "First_name", "Last_name"),
        (
            *("Teacher_number", "Teacher_email", "Middle_name", "Username"),
            "State_teacher_id",
        ),
        ("Password",),
    ),
    "sections": Columns(
        ("School_id", "Section_id", "Teacher_id"),
        (
            *(*_MORE_TEACHERS, "Name", "Section_number", "Grade", "Course_name"),
            *("Course_number", "Period", "Subject", "Term_name", "Term_start"),
            "Term_end",
        ),
    ),
    "enrollments": Columns(("School_id", "Section_id", "Student_id")),
}


class CleverCsv(FileSource):
    """Clever's SFTP files, sent to us instead: the fall-back of Synergy districts."""

    adapter = "clever_csv"
    dialect = CLEVER

    def _read(self, bundle: Bundle, problems: Problems) -> Roster:
        files = CsvSet(bundle, self.settings.encoding, problems, _FILES, _FILES)
        return _Reader(self, files, V11).read()


class _Reader(FlatRoster):
    def read(self) -> Roster:
        options = get_profile(CleverCsv.adapter, "").options
        self.relations, self.types = options["relations"], options["types"]
        self.read_schools()
        self.read_students()
        self.read_teachers()
        self.read_sections()
        for number, row in self.files.rows("enrollments"):
            self.add_enrollment(
                "enrollments",
                number,
                row["Section_id"],
                row["Student_id"],
                vocab.STUDENT,
            )
        return self.finish(
            {
                "orgs": ("schools",),
                "academicSessions": ("sections",),
                "courses": ("sections",),
                "classes": ("sections",),
                "users": ("students", "teachers"),
                "demographics": ("students",),
                "enrollments": ("enrollments", "sections"),
            }
        )

    def read_schools(self) -> None:
        for number, row in self.files.rows("schools"):
            self.table("orgs", "schools").add(
                {
                    "sourcedId": row["School_id"],
                    "name": row["School_name"],
                    "type": vocab.SCHOOL,
                    "identifier": row.get("State_id") or row.get("School_number", ""),
                },
                number,
            )

    def read_students(self) -> None:
        for number, row in self.files.rows("students"):
            student, state_id = row["Student_id"], row.get("State_id", "")
            self.add_person(
                "students",
                number,
                {
                    "sourcedId": student,
                    "role": vocab.STUDENT,
                    "orgSourcedIds": row["School_id"],
                    "givenName": row["First_name"],
                    "middleName": row.get("Middle_name", ""),
                    "familyName": row["Last_name"],
                    "username": row.get("Username", ""),
                    "email": row.get("Student_email", ""),
                    "identifier": row.get("Student_number", ""),
                    "userIds": f"{{SSID:{state_id}}}" if state_id.isdecimal() else "",
                    "grades": row.get("Grade", ""),
                },
            )
            self.add_demographics(
                "students",
                number,
                student,
                birthDate=self.day(row.get("DOB", ""), "students", "DOB"),
                sex=row.get("Gender", ""),
                hispanicOrLatinoEthnicity=row.get("Hispanic_Latino", ""),
            )
            if row.get("Contact_name"):
                self.read_contact(number, row)

    def read_contact(self, number: int, row: dict[str, str]) -> None:
        role = self.relations.get(row.get("Contact_relationship", "").lower())
        role = role or self.types.get(row.get("Contact_type", "").lower())
        if not role:
            self.strangers += 1
            return
        given, family = split_name(row["Contact_name"])
        email, phone = row.get("Contact_email", ""), row.get("Contact_phone", "")
        is_mobile = row.get("Contact_phone_type", "").lower() == "cell"
        anonymous = join_id(row["Student_id"], text_hash(row["Contact_name"])[:12])
        self.add_guardian(
            "students",
            number,
            row["Student_id"],
            role,
            sourcedId=row.get("Contact_sis_id") or email.lower() or anonymous,
            givenName=given,
            familyName=family,
            email=email,
            phone=phone,
            sms=phone if is_mobile else "",
        )

    def read_teachers(self) -> None:
        for number, row in self.files.rows("teachers"):
            self.add_person(
                "teachers",
                number,
                {
                    "sourcedId": row["Teacher_id"],
                    "role": "teacher",
                    "orgSourcedIds": row["School_id"],
                    "givenName": row["First_name"],
                    "middleName": row.get("Middle_name", ""),
                    "familyName": row["Last_name"],
                    "username": row.get("Username", ""),
                    "email": row.get("Teacher_email", ""),
                    "identifier": row.get("Teacher_number", ""),
                },
            )

    def read_sections(self) -> None:
        for number, row in self.files.rows("sections"):
            school, section = row["School_id"], row["Section_id"]
            start, end = (
                self.day(row.get(column, ""), "sections", column)
                for column in ("Term_start", "Term_end")
            )
            code = row.get("Course_number", "")
            subject = row.get("Subject", "")
            title = row.get("Course_name", "")
            self.table("classes", "sections").add(
                {
                    "sourcedId": section,
                    "title": row.get("Name") or title or section,
                    "classCode": row.get("Section_number", ""),
                    "schoolSourcedId": school,
                    "courseSourcedId": self.add_course(
                        "", school, title, code, subject
                    ),
                    "termSourcedIds": self.add_term(
                        "", row.get("Term_name", ""), start, end
                    ),
                    "grades": row.get("Grade", ""),
                    "subjects": subject,
                    "periods": row.get("Period", ""),
                },
                number,
            )
            self.add_teachers(number, section, row)

    def add_teachers(self, number: int, section: str, row: dict[str, str]) -> None:
        """The first teacher is the primary one."""
        listed = [row["Teacher_id"], *(row.get(c, "") for c in _MORE_TEACHERS)]
        for index, teacher in enumerate(dict.fromkeys(filter(None, listed))):
            primary = "false" if index else "true"
            self.add_enrollment(
                "sections", number, section, teacher, "teacher", primary=primary
            )


def split_name(name: str) -> tuple[str, str]:
    """Given and family name of ``Family, Given`` or ``Given Family``."""
    if "," in name:
        family, _comma, given = name.partition(",")
    else:
        given, _space, family = name.partition(" ")
    return re.sub(r"\s+", " ", given).strip(), re.sub(r"\s+", " ", family).strip()
