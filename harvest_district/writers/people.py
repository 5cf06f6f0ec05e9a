"""Students, adults, and what ties them together."""

import re

from odoo import fields
from odoo.tools import SQL, email_normalize

from odoo.addons.harvest_audit import recording
from odoo.addons.harvest_base.models.gr_student import full_name

from ..sis import kinds
from .base import Writer, person_name, to_day
from .insert import next_ids

SSID = re.compile(r"\d{10}")
RELATIONS = {"parent": "parent", "guardian": "guardian", "relative": "relative"}
_LIMITS = "limits"  # a key of values that is no field: what the source forbids
SEXES = {"female": "female", "male": "male", "other": "other"}


class StudentWriter(Writer):
    kind = kinds.STUDENT
    many = True
    writes = (
        *("first_name", "middle_name", "last_name", "local_id", "ssid"),
        *("learner_type", "preferred_name", "pronouns", "active"),
    )

    def values(self, payload):
        ssid = payload["ssid"]
        return {
            "first_name": payload["given_name"] or False,
            "middle_name": payload["middle_name"] or False,
            "last_name": payload["family_name"] or False,
            "local_id": payload["identifier"] or False,
            "ssid": ssid if SSID.fullmatch(ssid) else False,
            "learner_type": "pupil",
            "company_id": self.company.id,
            # What the source does not send, people keep by hand.
            **{
                name: payload[sent]
                for name, sent in (
                    ("preferred_name", "preferred_given_name"),
                    ("pronouns", "pronouns"),
                )
                if payload[sent]
            },
        }

    def complete(self, rows):
        """School, grade and household follow with the enrollments and the family."""
        later = {"site_id": False, "grade": False, "household_id": False}
        blank = {"preferred_name": False, "pronouns": False}
        return [
            blank
            | row
            | later
            | {"name": full_name(row["first_name"], row["last_name"])}
            for row in rows
        ]

    def name_of(self, payload):
        return person_name(payload)


class AdultWriter(Writer):
    """A parent or an employee: a contact of the district.

    Contacts are inserted set-based too: these are private persons without a parent
    company, so what ``res.partner.create`` adds (address and company sync, enrichment)
    has nothing to do, and it is a third of the time of a first load.
    """

    kind = kinds.ADULT
    many = True
    writes = ("name", "ref", "email", "phone", "active")
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

    def complete(self, rows):
        """What Odoo computes for a private person without a user, known beforehand."""
        numbers = next_ids(self.env[self.model], len(rows))
        blank = {"email": False, "phone": False}
        return [
            blank
            | row
            | {
                "id": number,
                "commercial_partner_id": number,
                "complete_name": row["name"],
                "email_normalized": email_normalize(row.get("email"), strict=False),
                "partner_share": True,
            }
            for row, number in zip(rows, numbers, strict=True)
        ]

    def differences(self, record, values):
        """Who can log in keeps name and e-mail: a password is reset by e-mail."""
        changed = super().differences(record, values)
        owned = self.owned(record)
        return {name: value for name, value in changed.items() if name not in owned}

    def owned(self, record):
        return frozenset({"name", "email"} if record.user_ids else ())

    def archive(self, records):
        """A contact that a user, or somebody else's child, needs stays."""
        kept = records.filtered(self._is_needed)
        super().archive(records - kept)

    def _is_needed(self, adult):
        return bool(adult.user_ids or adult.gr_guardianship_ids)

    def must_stay(self, change, record):
        return self._is_needed(record)

    def name_of(self, payload):
        return person_name(payload)


class SiteRoleWriter(Writer):
    kind = kinds.SITE_ROLE
    many = True
    writes = (
        *("partner_id", "site_id", "role", "primary"),
        *("date_start", "date_end", "active"),
    )

    def values(self, payload):
        return {
            "partner_id": self.links.resolve(kinds.ADULT, payload["adult_id"]),
            "site_id": self.links.find(
                kinds.ORG, payload["org_id"]
            ),  # no site: district
            "company_id": self.company.id,
            "role": payload["role"],
            "primary": payload["primary"],
            "date_start": to_day(payload["date_start"]),
            "date_end": to_day(payload["date_end"]),
        }

    def name_of(self, payload):
        return self.links.record(kinds.ADULT, payload["adult_id"]).name or ""


class DemographicsWriter(Writer):
    """Birth date and sex go to the student, race and ethnicity to an own row."""

    kind = kinds.DEMOGRAPHICS
    many = True
    flags = (
        "hispanic", "american_indian", "asian", "black", "pacific_islander", "white",
        "two_or_more",
    )  # fmt: skip
    writes = ("student_id", *flags)
    of_student = ("birthdate", "gender")

    def values(self, payload):
        return {
            "student_id": self.links.resolve(kinds.STUDENT, payload["student_id"]),
            **{name: bool(payload[name]) for name in self.flags},
        }

    def find_existing(self, prepared):
        return self._existing_by(prepared, "student_id")

    def complete(self, rows):
        return [row | {"company_id": self.company.id} for row in rows]

    def finish(self, changes):
        """Set birth date and gender, in one statement; an empty one erases nothing."""
        if changes[0].action == "archive":
            return
        rows = [
            (
                self.links.resolve(kinds.STUDENT, change.payload["student_id"]),
                change.payload["birthdate"] or None,
                SEXES.get(change.payload["sex"]),
            )
            for change in changes
        ]
        ids = ((change.id, row[0]) for change, row in zip(changes, rows, strict=True))
        self.watch.add("gr.student", self.of_student, ids)
        written = self.env.execute_query(
            SQL(
                """
                UPDATE gr_student s
                   SET birthdate = COALESCE(d.birthdate, s.birthdate),
                       gender = COALESCE(d.gender, s.gender),
                       write_uid = %s, write_date = now() AT TIME ZONE 'UTC'
                  FROM (VALUES %s) AS d (id, birthdate, gender)
                 WHERE s.id = d.id
                   AND (s.birthdate IS DISTINCT FROM d.birthdate
                        OR s.gender IS DISTINCT FROM d.gender)
             RETURNING s.id
                """,
                self.env.uid,
                SQL(", ").join(
                    SQL("(%s, %s::date, %s::varchar)", *row) for row in rows
                ),
            )
        )
        self.env["gr.student"].invalidate_model([*self.of_student], flush=False)
        students = {student_id: student_id for (student_id,) in written}
        recording.wrote(self.env, "write", "gr.student", self.of_student, students)

    def archive(self, records):
        """Absence proves nothing about a person; the row stays with the student."""

    def restore_values(self, record):
        return {}

    def must_stay(self, change, record):
        """Whether a person has corrected a flag since."""
        return any(record[name] != bool(change.payload[name]) for name in self.flags)

    def withdraw(self, records):
        """A row without a flag says what no row says: nothing is known."""
        records.write(dict.fromkeys(self.flags, False))

    def name_of(self, payload):
        return self.links.record(kinds.STUDENT, payload["student_id"]).name or ""


class GuardianshipWriter(Writer):
    """The link; what a court or a person said about it is never loosened.

    A source may say more than that there is a link (``flags``). A new link takes all of
    it. On a link that is there, a permission that the source withholds is withdrawn and
    an earlier last day counts; a permission that it grants changes nothing, and what it
    does not say changes nothing either.
    """

    kind = kinds.GUARDIANSHIP
    many = True
    writes = (
        *("student_id", "partner_id", "may_pickup", "educational_rights"),
        *("court_limit", "court_date_end", "date_end"),
        *("active", "is_ended_by_source"),
    )
    only_new = frozenset(
        {
            *("may_pickup", "educational_rights", "relation", "court_limit"),
            *("lives_with", "receives_mail", "priority", "date_start", "date_end"),
        }
    )

    def values(self, payload):
        flags = payload.get("flags", {})
        relation = RELATIONS[payload["relation"]]
        responsible = relation != "relative"
        restricted = flags.get("court_restricted", False)
        return {
            "student_id": self.links.resolve(kinds.STUDENT, payload["student_id"]),
            "partner_id": self.links.resolve(kinds.ADULT, payload["adult_id"]),
            "relation": relation,
            # A relative picks up or signs only when the family has said so.
            "may_pickup": flags.get("may_pickup", responsible) and not restricted,
            "educational_rights": flags.get(
                "educational_rights", responsible and flags.get("custodial", True)
            ),
            "court_limit": "no_pickup" if restricted else "none",
            "lives_with": flags.get("lives_with", True),
            "receives_mail": flags.get("receives_mail", True),
            "priority": flags.get("priority", 1),
            "date_start": to_day(flags.get("date_start", "")),
            "date_end": to_day(flags.get("date_end", "")),
            _LIMITS: _limits(flags),
        }

    def differences(self, record, values):
        limits = values.get(_LIMITS, {})
        own = {name: value for name, value in values.items() if name != _LIMITS}
        return super().differences(record, own) | _tighter(record, limits)

    def find_existing(self, prepared):
        return self._existing_by(prepared, "student_id", "partner_id")

    def complete(self, rows):
        more = {"company_id": self.company.id, "court_date_end": False}
        told = self._told_before(rows)
        return [
            {name: value for name, value in row.items() if name != _LIMITS} | more | old
            for row, old in zip(rows, told, strict=True)
        ]

    def _told_before(self, rows) -> list[dict]:
        """What a child's links to an adult of the same name forbid, for new links.

        Systems give parents new ids, and the name is all that stays: nobody may pick up
        a child again because of that. A person can allow it.
        """
        links = self.env[self.model].with_context(active_test=False)
        known: dict = {}
        children = [row["student_id"] for row in rows]
        for link in links.search([("student_id", "in", children)]):
            key = link.student_id.id, _spoken(link.partner_id.name)
            known[key] = known.get(key, {}) | _forbidden(link)
        adults = self.env["res.partner"].browse(row["partner_id"] for row in rows)
        return [
            known.get((row["student_id"], _spoken(adult.name)), {})
            for row, adult in zip(rows, adults, strict=True)
        ]

    def archive(self, records):
        """An adult whom a court limits stays listed, so that the limit is seen."""
        records.filtered(
            lambda adult: adult.active and adult.court_limit == "none"
        ).write({"active": False, "is_ended_by_source": True})

    def restore_values(self, record):
        """What a person ended stays ended; only what the source ended comes back."""
        if record.is_ended_by_source:
            return {"active": True, "is_ended_by_source": False}
        return {}

    def owned(self, record):
        """A court limit in force is lifted by a person, not by the way, with a run."""
        if record._get_court_limit(fields.Date.context_today(record)) == "none":
            return frozenset()
        return frozenset({"court_limit", "court_date_end", "may_pickup"})

    def must_stay(self, change, record):
        """Whether a person has entered a court limit since: it has to be seen."""
        sent = self.values(change.payload)["court_limit"]
        return record.court_limit not in ("none", sent)

    def withdraw(self, records):
        """The source may bring such a link back; what a person ended stays ended."""
        records.filtered("active").write({"active": False, "is_ended_by_source": True})

    def name_of(self, payload):
        student = self.links.record(kinds.STUDENT, payload["student_id"])
        adult = self.links.record(kinds.ADULT, payload["adult_id"])
        return f"{student.name or ''} – {adult.name or ''}"


def _spoken(name) -> str:
    return " ".join((name or "").casefold().split())


def _forbidden(link) -> dict:
    """What a guardianship that is here forbids today, as values of another one."""
    ended = not link.active and not link.is_ended_by_source  # by a person
    values = {"may_pickup": False} if ended or not link.may_pickup else {}
    if not link.educational_rights:
        values["educational_rights"] = False
    limit = link._get_court_limit(fields.Date.context_today(link))
    if limit != "none":
        values |= {"court_limit": limit, "court_date_end": link.court_date_end}
    return values


def _limits(flags) -> dict:
    """What a source's flags forbid, as values of a guardianship."""
    limits = {
        name: False
        for name in ("may_pickup", "educational_rights")
        if flags.get(name) is False
    }
    if flags.get("court_restricted"):
        limits |= {"may_pickup": False, "court_limit": "no_pickup"}
    if flags.get("date_end"):
        limits["date_end"] = to_day(flags["date_end"])
    return limits


def _tighter(record, limits) -> dict:
    """Those limits that allow less than the record does today."""
    changed = {
        name: False
        for name in ("may_pickup", "educational_rights")
        if name in limits and record[name]
    }
    last = limits.get("date_end")
    if last and (not record.date_end or last < record.date_end):
        # A last day before the first one is no period: the link is simply over.
        changed["date_end"] = max(last, record.date_start or last)
    if "court_limit" in limits:
        today = fields.Date.context_today(record)
        if record._get_court_limit(today) == "none":
            changed |= {"court_limit": limits["court_limit"], "court_date_end": False}
    return changed
