"""Put an invented district (``fixtures``) into the models, a set at a time.

``DistrictLoader.load`` lists what is created and in which order; below it, one method
a model turns a fixture's row into the values of a record.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from odoo.fields import Command

from .const import QUIET_LOAD, WEEKDAYS
from .fixtures import Dataset
from .fixtures.names import RACES

BATCH = 1000  # records a create call
SPANISH = ("es_US", "es_419")  # the first that Odoo has is the families' Spanish
PLANTED = "__harvest_demo__"  # "module" of the external ids of planted people
TIME_ZONE = "America/Los_Angeles"
Values = dict[str, Any]

# Fields that a fixture's row and a record call by the same name.
SITE = (
    "name", "code", "has_program", "closing_rule", "street", "city", "zip", "phone",
    "email", "cds_code", "nces_code",
)  # fmt: skip
ADULT = ("name", "email", "phone", "street", "city", "zip")
STUDENT = (
    "first_name", "middle_name", "last_name", "preferred_name", "local_id", "ssid",
    "birthdate", "gender",
)  # fmt: skip
GUARDIANSHIP = (
    "relation", "custody", "lives_with", "may_pickup", "court_limit",
    "educational_rights", "receives_mail", "emergency_contact", "priority",
)  # fmt: skip
REGISTRATION = (
    "state", "date_request", "date_start", "date_end", "priority", "needs_transport",
    "signed_at", "signed_name", "signature_method",
)  # fmt: skip


class DistrictLoader:
    """Loads one data set into one company; ``ids`` maps keys to database ids."""

    def __init__(self, env, company, dataset: Dataset) -> None:
        self.env = env(
            su=True,  # a demo is loaded by the launcher, before anybody has a role
            context=dict(env.context, allowed_company_ids=company.ids, **QUIET_LOAD),
        )
        self.company = company.with_env(self.env)
        self.dataset = dataset
        self.ids: dict[str, int] = {}
        self._languages = self._ids_by_code("gr.language")
        self._funding = self._ids_by_code("gr.funding.source")
        self._titles = {role.adult_key: role.title for role in dataset.roles}
        self._place = {
            "state_id": self.env.ref("base.state_us_5").id,  # California
            "country_id": self.env.ref("base.us").id,
        }
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        self._spanish = next((code for code in SPANISH if code in installed), "en_US")

    def load(self) -> dict[str, int]:
        """Create everything in the order in which rows need each other.

        :return: ``{key of a fixture's row: database id}``
        """
        data, frame = self.dataset, self.dataset.frame
        self.company.write(self._district())
        self.company.partner_id.tz = TIME_ZONE
        self._create("gr.site", data.sites, self._site)
        self._create("gr.school.year", [frame.year], self._year)
        self._create("gr.day", data.days, self._day)
        self._create("res.partner", data.adults, self._adult)
        self._create("gr.student", data.students, self._student)
        self._create("gr.student.demographics", data.students, self._demographics)
        self._create("gr.student.flag", data.flags, self._flag)
        self._create("gr.student.enrollment", data.enrollments, self._enrollment)
        self._create("gr.guardianship", data.guardianships, self._guardianship)
        self._create("gr.site.role", data.roles, self._role)
        self._create("gr.group", frame.courses, self._group)
        self._create("gr.group", data.groups, self._group)
        self._create("gr.group.member", data.members, self._member)
        self._create("gr.program", frame.programs, self._program)
        self._create("gr.program.enrollment", data.registrations, self._registration)
        self._name_planted()
        self.env.flush_all()
        return self.ids

    def _create(
        self, model: str, rows: Sequence[Any], values: Callable[[Any], Values]
    ) -> None:
        """Create the rows in batches; the first record of a key gives it its id."""
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            records = self.env[model].create([values(row) for row in batch])
            for row, record in zip(batch, records, strict=True):
                self.ids.setdefault(_key(row), record.id)

    def _ids_by_code(self, model: str) -> dict[str, int]:
        return {record.code: record.id for record in self.env[model].search([])}

    def _name_planted(self) -> None:
        """Give planted people external ids, e.g. ``…student_twins_1``.

        So that a test, a guide or a trainer finds them with ``env.ref``.
        """
        rows = []
        for name, case in self.dataset.cases.items():
            for model, word, keys in (
                ("gr.student", "student", case.students),
                ("res.partner", "adult", case.adults),
            ):
                rows += [
                    {
                        "module": PLANTED,
                        "name": f"{word}_{name}_{number}",
                        "model": model,
                        "res_id": self.ids[key],
                        "noupdate": True,
                    }
                    for number, key in enumerate(keys, 1)
                ]
        self.env["ir.model.data"].create(rows)

    # ------------------------------------------------------------
    # DISTRICT, SITES, CALENDAR
    # ------------------------------------------------------------

    def _district(self) -> Values:
        district = self.dataset.frame.district
        city, zip_code = district.cities[0]
        return self._place | {
            "name": district.name,
            "gr_nces_code": district.nces_code,
            "gr_cds_code": district.cds_code,
            "gr_county": district.county,
            "gr_sis": district.sis,
            "gr_jurisdiction": "US-CA",
            "gr_employer_kind": "public_lea",
            "email": f"office@{district.domain}",
            "street": "1 District Way",
            "city": city,
            "zip": zip_code,
        }

    def _site(self, row) -> Values:
        return _copy(row, *SITE) | {
            "company_id": self.company.id,
            "grade_from": row.grades[0],
            "grade_to": row.grades[-1],
            "tz": TIME_ZONE,
            "state_id": self._place["state_id"],
        }

    def _year(self, row) -> Values:
        return _copy(row, "name", "code", "date_start", "date_end") | {
            "company_id": self.company.id
        }

    def _day(self, row) -> Values:
        return _copy(row, "date", "day_type", "note") | {
            "school_year_id": self._year_id,
            "site_id": self.ids.get(row.site_key),
            # A day with a note is an exception that a person entered.
            "pattern_type": not row.note and row.day_type,
        }

    @property
    def _year_id(self) -> int:
        return self.ids[_key(self.dataset.frame.year)]

    # ------------------------------------------------------------
    # PEOPLE
    # ------------------------------------------------------------

    def _adult(self, row) -> Values:
        return (
            self._place
            | _copy(row, *ADULT)
            | {
                "function": self._titles.get(row.key),
                "lang": self._spanish if row.language == "es" else "en_US",
                "tz": TIME_ZONE,
                "company_id": self.company.id,
            }
        )

    def _student(self, row) -> Values:
        return _copy(row, *STUDENT) | {
            "company_id": self.company.id,
            "home_language_id": self._languages[row.language],
        }

    def _demographics(self, row) -> Values:
        return {race: race in row.races for race in RACES} | {
            "student_id": self.ids[row.key],
            "hispanic": row.hispanic,
            "two_or_more": len(row.races) > 1,
        }

    def _flag(self, row) -> Values:
        names = ("kind", "note", "severity", "instructions", "date_start")
        return _copy(row, *names) | {"student_id": self.ids[row.student_key]}

    def _enrollment(self, row) -> Values:
        names = ("grade", "date_start", "date_end", "primary", "exit_reason")
        return _copy(row, *names) | {
            "student_id": self.ids[row.student_key],
            "site_id": self.ids[row.site_key],
            "school_year_id": self._year_id,
        }

    def _guardianship(self, row) -> Values:
        return _copy(row, *GUARDIANSHIP) | {
            "student_id": self.ids[row.student_key],
            "partner_id": self.ids[row.adult_key],
            "language_id": self._languages[row.language],
        }

    def _role(self, row) -> Values:
        return {
            "partner_id": self.ids[row.adult_key],
            "site_id": self.ids.get(row.site_key),
            "company_id": self.company.id,
            "role": row.role,
            "date_start": self.dataset.frame.year.date_start,
        }

    # ------------------------------------------------------------
    # GROUPS AND PROGRAMS
    # ------------------------------------------------------------

    def _group(self, row) -> Values:
        return _copy(row, "name", "code", "kind", "subject") | {
            "company_id": self.company.id,
            "site_id": self.ids.get(row.site_key),
            "parent_id": self.ids.get(row.parent_key),
            "school_year_id": self._year_id,
            "grades": ",".join(row.grades),
        }

    def _member(self, row) -> Values:
        return _copy(row, "role", "primary", "date_start", "date_end") | {
            "group_id": self.ids[row.group_key],
            "student_id": self.ids.get(row.student_key),
            "partner_id": self.ids.get(row.adult_key),
        }

    def _program(self, row) -> Values:
        names = ("name", "code", "date_start", "date_end", "capacity")
        sites = [self.ids[key] for key in row.site_keys]
        funding = [self._funding[code] for code in row.funding]
        return _copy(row, *names) | {
            "company_id": self.company.id,
            "school_year_id": self._year_id,
            "site_ids": [Command.set(sites)],
            "funding_ids": [Command.set(funding)],
            "state": "running",
        }

    def _registration(self, row) -> Values:
        return _copy(row, *REGISTRATION) | {
            "student_id": self.ids[row.student_key],
            "program_id": self.ids[row.program_key],
            "site_id": self.ids[row.site_key],
            **dict(zip(WEEKDAYS, row.days, strict=True)),
            "signed_by_id": self.ids.get(row.signed_by),
        }


def _copy(row: Any, *names: str) -> Values:
    """Return the fields that a row and a record call by the same name."""
    return {name: getattr(row, name) for name in names}


def _key(row: Any) -> str:
    """Return the key of a row; days and school years have none of their own."""
    if hasattr(row, "key"):
        return row.key
    moment: date = getattr(row, "date", None) or row.date_start
    return f"{type(row).__name__}-{moment}-{getattr(row, 'site_key', '')}"
