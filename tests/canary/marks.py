"""Marks ("canaries"): texts that tell, wherever they turn up, whose they are."""

import re
from dataclasses import dataclass

MARK = re.compile(r"CNRY(\d{6})", re.IGNORECASE)
LENGTH = 10  # characters of a mark; shorter columns carry none

# Texts that code reads as a name of something else: a mark there breaks the record
# instead of marking it.
STRUCTURAL = {
    "accent",
    "action_ref",
    "channel",
    "channel_type",
    "company_registry_placeholder",
    "cover_properties",
    "domain",
    "filter_domain",
    "gr_jurisdiction",
    "hotkey",
    "json_value",
    "lang",
    "method_name",
    "mimetype",
    "model",
    "model_name",
    "parent_path",
    "res_model",
    "resource_ref",
    "store_fname",
    "tz",
    "type",
    "url",
    "user_domain",
    "website_url",
}
SEALED = ("sealed", "secret", "private")  # what only a key opens: no text to mark

VISITOR = ("website.visitor", "access_token")  # the number of a contact, as a text

STAFF = "staff"  # of the place and those who work there
FAMILY = "family"  # of a child, and for the child's family
CHILD = "child"  # about a child, for staff only


@dataclass(frozen=True)
class Origin:
    """Where a mark was planted."""

    place: str
    model: str
    res_id: int
    field: str
    kind: str  # STAFF, FAMILY or CHILD


class Marks:
    """Issues marks and finds them again in any answer."""

    def __init__(self):
        self._origins: list[Origin] = []
        self._by_model: dict[str, list[tuple[str, Origin]]] = {}

    def issue(self, origin: Origin) -> str:
        mark = f"CNRY{len(self._origins):06}"
        self._origins.append(origin)
        self._by_model.setdefault(origin.model, []).append((mark, origin))
        return mark

    def find(self, answer) -> set[Origin]:
        """Return the origins of the marks in ``answer``, of any type."""
        text = answer if isinstance(answer, str) else repr(answer)
        if not MARK.search(text):
            return set()
        return {
            self._origins[number]
            for number in map(int, MARK.findall(text))
            if number < len(self._origins)
        }

    def of_model(self, model: str) -> list[tuple[str, Origin]]:
        """Return (mark, origin) of the records of ``model``."""
        return self._by_model.get(model, [])

    def __len__(self):
        return len(self._origins)


def is_markable(field) -> bool:
    """Whether ``field`` is a text that a person or a system fills in."""
    return bool(
        field.store
        and field.type in ("char", "text", "html")
        and field.column_type
        and not field.compute
        and not field.related
        and not field.inherited
        and not field.company_dependent
        and field.name not in STRUCTURAL
        and (field.model_name, field.name) != VISITOR
        and not any(word in field.name for word in SEALED)
        and (getattr(field, "size", None) or LENGTH) >= LENGTH
    )


def plant(record, origin_of, marks: Marks) -> None:
    """Put a mark into every text of ``record``, by SQL: no rule of form in the way.

    What is derived from those texts (names, searches) is then derived again.

    :param origin_of: ``field name -> Origin``
    """
    names = [name for name, field in record._fields.items() if is_markable(field)]
    if not names or not record._auto or not record._table:
        return
    env = record.env
    env.flush_all()
    planted = [name for name in names if _plant_one(record, name, origin_of, marks)]
    env.invalidate_all()
    record.modified(planted)
    env.flush_all()


def _plant_one(record, name, origin_of, marks):
    from psycopg2 import Error

    from odoo.tools import SQL

    field = record._fields[name]
    mark = marks.issue(origin_of(name))
    value = f"{mark}@canary.example" if "email" in name else mark
    translated = bool(field.translate)
    try:
        with record.env.cr.savepoint(flush=False):
            record.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(record._table),
                    SQL.identifier(name),
                    SQL("jsonb_build_object('en_US', %s::text)", value)
                    if translated
                    else value,
                    record.id,
                )
            )
    except Error:  # a constraint on the form of this text: it stays as it was
        return False
    return True
