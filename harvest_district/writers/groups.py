"""Courses, classes and who is in them."""

from datetime import timedelta

from ..sis import kinds
from .base import Writer


class CourseWriter(Writer):
    kind = kinds.COURSE

    def values(self, payload):
        return {
            "name": payload["title"],
            "code": payload["code"] or False,
            "kind": "course",
            "company_id": self.company.id,
            "site_id": self.links.find(kinds.ORG, payload["org_id"]),
            "school_year_id": self.links.find(kinds.SESSION, payload["session_id"]),
            "grades": ",".join(payload["grades"]) or False,
            "subject": ", ".join(payload["subjects"]) or False,
        }


class ClassWriter(Writer):
    kind = kinds.CLASS

    def values(self, payload):
        return {
            "name": payload["title"],
            "code": payload["code"] or False,
            "kind": "homeroom" if payload["type"] == "homeroom" else "class",
            "parent_id": self.links.find(kinds.COURSE, payload["course_id"]),
            "company_id": self.company.id,
            "site_id": self.links.resolve(kinds.ORG, payload["org_id"]),
            "school_year_id": self.links.school_year(payload["school_year"]),
            "date_start": payload["date_start"] or False,
            "date_end": payload["date_end"] or False,
            "grades": ",".join(payload["grades"]) or False,
            "subject": ", ".join(payload["subjects"]) or False,
            "location": payload["location"] or False,
        }


class MembershipWriter(Writer):
    kind = kinds.MEMBERSHIP

    def values(self, payload):
        person = self.links.resolve(payload["person_kind"], payload["person_id"])
        as_student = payload["person_kind"] == kinds.STUDENT
        return {
            "group_id": self.links.resolve(kinds.CLASS, payload["class_id"]),
            "student_id": person if as_student else False,
            "partner_id": False if as_student else person,
            "role": payload["role"],
            "primary": payload["primary"],
            "date_start": payload["date_start"] or False,
            "date_end": payload["date_end"] or False,
        }

    def archive(self, records):
        eve = self.run.as_of - timedelta(days=1)
        for record in records:
            ended = record.date_end and record.date_end <= eve
            begun = not record.date_start or record.date_start <= eve
            record.write(
                {"active": False, "date_end": record.date_end if ended or not begun else eve}
            )

    def name_of(self, payload):
        group = self.links.record(kinds.CLASS, payload["class_id"])
        person = self.links.record(payload["person_kind"], payload["person_id"])
        return f"{group.name or ''}: {person.name or ''}"
