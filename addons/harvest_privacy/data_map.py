"""The data map: every stored field about a person, and what it is kept for.

``data_map_models.csv`` has one line a model (purpose, retention class, source),
``data_map_fields.csv`` one a field (category). Both are reviewed by people; the build
fails when a field is not in them. Plain Python: it is given field descriptions.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
# Records that are a person, or that stand for one.
PERSONS = frozenset(
    {"gr.student", "gr.guardianship", "hr.employee", "res.partner", "res.users"}
)
# They hold facts about people without a link that the database knows of.
ALSO = frozenset(
    {
        "gr.external.ref",  # (model, id) of a record
        "gr.oneroster.object",  # what is published, as JSON
        "gr.sync.change",  # what an import changed
        "gr.webhook.delivery",  # what was sent
        "gr.webhook.event",  # what was received
    }
)
BOOKKEEPING = frozenset(
    {
        "id",
        "create_uid",
        "create_date",
        "write_uid",
        "write_date",
        "message_ids",  # of mail's model; harvest_base only narrows who finds them
    }
)

CATEGORIES = {
    "identity": "Name and identifiers",
    "contact": "Address, telephone, e-mail",
    "demographic": "Birth date, gender, language, race and ethnicity",
    "health": "Health and accommodations",
    "family": "Family, custody and court papers",
    "status": "Foster, homeless and meal status",
    "enrollment": "Schools, programs, groups and places",
    "learning": "Courses, progress, work, results",
    "staff": "Employment, clearances, roles",
    "document": "Documents, pictures, signatures",
    "decision": "Consents, requests, disclosures",
    "access": "Accounts, sign-ins, keys, traces of use",
    "free_text": "Free text",
    "link": "Which person or record it belongs to",
    "technical": "Dates, states and settings of the record",
}
# 5 CCR 430-438 and 16020-16027; what each means in days is the retention rules'.
RETENTION = {
    "permanent": "Mandatory permanent (5 CCR 432(b)(1))",
    "interim": "Mandatory interim (5 CCR 432(b)(2), 437)",
    "permitted": "Permitted (5 CCR 432(b)(3), 437)",
    "audit": "Audit basis, district's class 3 (5 CCR 16025)",
    "personnel": "Personnel (district's class 1, payroll rules)",
    "security": "Security log (district's policy)",
    "in_use": "While it is used",
}


class Field(NamedTuple):
    """A stored field as the registry describes it.

    :param comodel: the model that it points to, or an empty text
    :param is_ours: whether an addon of the suite brought it
    """

    model: str
    name: str
    comodel: str
    is_ours: bool


class ModelLine(NamedTuple):
    model: str
    purpose: str
    retention: str
    source: str


@cache
def model_lines() -> Mapping[str, ModelLine]:
    return {line["model"]: ModelLine(**line) for line in _read("data_map_models.csv")}


@cache
def field_lines() -> Mapping[tuple[str, str], str]:
    """``{(model, field): category}``."""
    lines = _read("data_map_fields.csv")
    return {(line["model"], line["field"]): line["category"] for line in lines}


def about_persons(fields: Iterable[Field]) -> Iterator[Field]:
    """Yield the fields that need a line.

    All of a model of ours that points to a person, and what the suite adds to a model
    that is one.
    """
    fields = [field for field in fields if field.name not in BOOKKEEPING]
    pointing = {
        field.model for field in fields if field.is_ours and field.comodel in PERSONS
    }
    for field in fields:
        if field.is_ours and field.model in pointing | PERSONS | ALSO:
            yield field


def _read(name: str) -> Iterator[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)
