"""Courses, classes and who is in them."""

from datetime import timedelta

from ..sis import kinds
from .base import Writer, to_day


class CourseWriter(Writer):
    kind = kinds.COURSE
    many = True
    writes = (
        *("name", "code", "kind", "site_id", "school_year_id"),
        *("grades", "subject", "active"),
    )

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
    many = True
    writes = (
        *("name", "code", "kind", "parent_id", "site_id", "school_year_id"),
        *("date_start", "date_end", "grades", "subject", "location", "active"),
    )

    def values(self, payload):
        return {
            "name": payload["title"],
            "code": payload["code"] or False,
            "kind": "homeroom" if payload["type"] == "homeroom" else "class",
            "parent_id": self.links.find(kinds.COURSE, payload["course_id"]),
            "company_id": self.company.id,
            "site_id": self.links.open_site(payload["org_id"]),
            "school_year_id": self.links.school_year(payload["school_year"]),
            "date_start": to_day(payload["date_start"]),
            "date_end": to_day(payload["date_end"]),
            "grades": ",".join(payload["grades"]) or False,
            "subject": ", ".join(payload["subjects"]) or False,
            "location": payload["location"] or False,
        }


class MembershipWriter(Writer):
    kind = kinds.MEMBERSHIP
    many = True
    writes = (
        *("group_id", "student_id", "partner_id", "role", "primary"),
        *("date_start", "date_end", "active"),
    )

    def values(self, payload):
        person = self.links.resolve(payload["person_kind"], payload["person_id"])
        as_student = payload["person_kind"] == kinds.STUDENT
        return {
            "group_id": self.links.resolve(kinds.CLASS, payload["class_id"]),
            "student_id": person if as_student else False,
            "partner_id": False if as_student else person,
            "role": payload["role"],
            "primary": payload["primary"],
            "date_start": to_day(payload["date_start"]),
            "date_end": to_day(payload["date_end"]),
        }

    def complete(self, rows):
        groups = self.env["gr.group"].browse({row["group_id"] for row in rows})
        sites = {group.id: group.site_id.id for group in groups}
        return [row | {"site_id": sites[row["group_id"]]} for row in rows]

    def archive(self, records):
        eve = self.run.as_of - timedelta(days=1)
        for record in records:
            ended = record.date_end and record.date_end <= eve
            begun = not record.date_start or record.date_start <= eve
            record.write(
                {
                    "active": False,
                    "date_end": record.date_end if ended or not begun else eve,
                }
            )

    def name_of(self, payload):
        group = self.links.record(kinds.CLASS, payload["class_id"])
        person = self.links.record(payload["person_kind"], payload["person_id"])
        return f"{group.name or ''}: {person.name or ''}"
