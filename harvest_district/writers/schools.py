"""Schools, and who goes to them."""

from datetime import timedelta

from ..sis import kinds, vocab
from .base import Writer, to_day


class OrgWriter(Writer):
    """A school becomes a site; the district and its offices are the company."""

    kind = kinds.ORG
    writes = ("name", "code", "active")

    def values(self, payload):
        return {
            "name": payload["name"],
            "code": payload["identifier"] or False,
            "company_id": self.company.id,
        }

    def apply(self, changes):
        schools = [change for change in changes if self._is_school(change)]
        others = [change for change in changes if not self._is_school(change)]
        if schools:
            super().apply(schools)
        if others:
            self.links.save(others, [self.company] * len(others))

    def _is_school(self, change):
        if change.payload:
            return change.payload["type"] == vocab.SCHOOL
        return bool(self.links.find(self.kind, change.external_id))

    def find_existing(self, prepared):
        """A site with the district's own school number is that school."""
        codes = [values["code"] for values in prepared if values["code"]]
        sites = self.env["gr.site"].search(
            [("company_id", "=", self.company.id), ("code", "in", codes)]
        )
        by_code = {site.code: site for site in sites}
        return {
            place: by_code[values["code"]]
            for place, values in enumerate(prepared)
            if values["code"] in by_code
        }


class SchoolEnrollmentWriter(Writer):
    """A student at a school. It ends; it is never taken back."""

    kind = kinds.SCHOOL_ENROLLMENT
    many = True
    writes = (
        *("student_id", "site_id", "school_year_id", "grade", "primary"),
        *("date_start", "date_end", "exit_reason", "active"),
    )

    def values(self, payload):
        return {
            "student_id": self.links.resolve(kinds.STUDENT, payload["student_id"]),
            "site_id": self.links.open_site(payload["org_id"]),
            "school_year_id": self.links.school_year(payload["school_year"]),
            "grade": payload["grade"] or False,
            "date_start": to_day(payload["date_start"]) or self.run.as_of,
            "date_end": to_day(payload["date_end"]),
            "primary": payload["primary"],
            "exit_reason": False,
        }

    def find_existing(self, prepared):
        """One person may have two entries, or a line that people made."""
        return self._existing_by(prepared, "student_id", "site_id", "school_year_id")

    def redirect(self, change, record, values):
        """A line that ended when its site merged is continued at the other site.

        One of two entries of a child may end before the other: the later end counts.
        """
        if record.exit_reason == "merged":
            there = self.env[self.model].search(
                [
                    ("student_id", "=", record.student_id.id),
                    ("site_id", "=", values["site_id"]),
                ],
                limit=1,
            )
            if not there:
                return record, {}
            return there, {k: v for k, v in values.items() if k != "date_start"}
        if self._goes_on(change, record, values["date_end"]):
            return record, {k: v for k, v in values.items() if k != "date_end"}
        return record, values

    def _update(self, changes, restore):
        self._entries = self.links.find_entries(self.kind, self._linked(changes))
        return super()._update(changes, restore)

    def _goes_on(self, change, record, end):
        """Whether another entry says that this line ends later than this one says."""
        return end and any(
            entry.external_id != change.external_id
            and entry.goes_on(end + timedelta(days=1))
            for entry in self._entries.get(record.id, ())
        )

    def complete(self, rows):
        return [row | {"company_id": self.company.id} for row in rows]

    def archive(self, records):
        eve = self.run.as_of - timedelta(days=1)
        for record in records:
            if record.date_start > eve:  # it never began
                record.active = False
            elif not record.date_end or record.date_end > eve:
                record.write({"date_end": eve, "exit_reason": "absent"})

    def name_of(self, payload):
        student = self.links.record(kinds.STUDENT, payload["student_id"])
        site = self.links.record(kinds.ORG, payload["org_id"])
        grade = payload["grade"]
        return ", ".join(filter(None, (student.name, site.name, grade)))
