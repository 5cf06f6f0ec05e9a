"""Students, adults, and what ties them together."""

import re

from ..sis import kinds
from .base import Writer, person_name

SSID = re.compile(r"\d{10}")
RELATIONS = {"parent": "parent", "guardian": "guardian", "relative": "relative"}
SEXES = {"female": "female", "male": "male", "other": "other"}


class StudentWriter(Writer):
    kind = kinds.STUDENT

    def values(self, payload):
        ssid = payload["ssid"]
        return {
            "first_name": payload["given_name"] or False,
            "middle_name": payload["middle_name"] or False,
            "last_name": payload["family_name"] or False,
            "preferred_name": payload["preferred_given_name"] or False,
            "pronouns": payload["pronouns"] or False,
            "local_id": payload["identifier"] or False,
            "ssid": ssid if SSID.fullmatch(ssid) else False,
            "learner_type": "pupil",
            "company_id": self.company.id,
        }

    def name_of(self, payload):
        return person_name(payload)


class AdultWriter(Writer):
    """A parent or an employee: a contact of the district."""

    kind = kinds.ADULT
    only_new = frozenset({"company_id"})

    def values(self, payload):
        values = {
            "name": person_name(payload) or payload["username"] or payload["id"],
            "ref": payload["identifier"] or False,
            "company_id": self.company.id,
        }
        # What the source does not send, people keep by hand.
        if payload["email"]:
            values["email"] = payload["email"]
        if payload["phone"] or payload["sms"]:
            values["phone"] = payload["phone"] or payload["sms"]
        return values

    def archive(self, records):
        """A contact that a user, or somebody else's child, needs stays."""
        kept = records.filtered(
            lambda adult: adult.user_ids or adult.gr_guardianship_ids
        )
        super().archive(records - kept)

    def name_of(self, payload):
        return person_name(payload)


class SiteRoleWriter(Writer):
    kind = kinds.SITE_ROLE

    def values(self, payload):
        return {
            "partner_id": self.links.resolve(kinds.ADULT, payload["adult_id"]),
            "site_id": self.links.find(kinds.ORG, payload["org_id"]),  # no site: district
            "company_id": self.company.id,
            "role": payload["role"],
            "primary": payload["primary"],
            "date_start": payload["date_start"] or False,
            "date_end": payload["date_end"] or False,
        }

    def name_of(self, payload):
        return self.links.record(kinds.ADULT, payload["adult_id"]).name or ""


class DemographicsWriter(Writer):
    """Birth date and sex go to the student, race and ethnicity to a row of their own."""

    kind = kinds.DEMOGRAPHICS
    flags = (
        "hispanic", "american_indian", "asian", "black", "pacific_islander", "white",
        "two_or_more",
    )  # fmt: skip

    def values(self, payload):
        return {
            "student_id": self.links.resolve(kinds.STUDENT, payload["student_id"]),
            **{name: bool(payload[name]) for name in self.flags},
        }

    def find_existing(self, payload, values):
        return self.env[self.model].search([("student_id", "=", values["student_id"])])

    def apply(self, changes):
        super().apply(changes)
        if changes[0].action != "archive":
            for change in changes:
                self._write_student(change.payload)

    def _write_student(self, payload):
        student = self.links.record(kinds.STUDENT, payload["student_id"])
        values = {"gender": SEXES.get(payload["sex"], False)}
        if payload["birthdate"]:
            values["birthdate"] = payload["birthdate"]
        self._write(student, values)

    def archive(self, records):
        """Absence proves nothing about a person; the row stays with the student."""

    def restored_values(self):
        return {}

    def name_of(self, payload):
        return self.links.record(kinds.STUDENT, payload["student_id"]).name or ""


class GuardianshipWriter(Writer):
    """The link; what a court or a person said about it is never overwritten."""

    kind = kinds.GUARDIANSHIP
    only_new = frozenset({"may_pickup", "educational_rights", "relation"})

    def values(self, payload):
        relation = RELATIONS[payload["relation"]]
        responsible = relation != "relative"
        return {
            "student_id": self.links.resolve(kinds.STUDENT, payload["student_id"]),
            "partner_id": self.links.resolve(kinds.ADULT, payload["adult_id"]),
            "relation": relation,
            # A relative picks up or signs only when the family has said so.
            "may_pickup": responsible,
            "educational_rights": responsible,
        }

    def find_existing(self, payload, values):
        return self.env[self.model].search(
            [
                ("student_id", "=", values["student_id"]),
                ("partner_id", "=", values["partner_id"]),
            ]
        )

    def archive(self, records):
        """An adult whom a court limits stays listed, so that the limit is seen."""
        super().archive(records.filtered(lambda adult: adult.court_limit == "none"))

    def name_of(self, payload):
        student = self.links.record(kinds.STUDENT, payload["student_id"])
        adult = self.links.record(kinds.ADULT, payload["adult_id"])
        return f"{student.name or ''} – {adult.name or ''}"
