"""What a batch overwrites, and how it is put back.

While a batch is applied, ``Watch`` remembers the rows that it changes: as they were and
as the batch left them. To roll back is to write the former values where nobody has
changed them since; what a person changed is kept, and said.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from odoo.tools import SQL

from .links import MODELS

Values = dict[str, Any]


class Applied(NamedTuple):
    """An applied change as plain data; ``undo`` is None for what was just made."""

    id: int
    kind: str
    external_id: str
    action: str
    payload: Values
    undo: Values | None


class Watch:
    """The rows that a batch is about to change."""

    def __init__(self, env) -> None:
        self.env = env
        self._fields: dict[str, tuple[str, ...]] = {}
        self._was: dict[tuple[str, int], Values] = {}
        self._by_change: dict[int, list[tuple[str, int]]] = defaultdict(list)

    def add(
        self, model: str, fields: tuple[str, ...], rows: Iterable[tuple[int, int]]
    ) -> None:
        """Look at rows before they are written.

        :param rows: (change id, record id)
        """
        rows = list(rows)
        self._fields[model] = fields
        found = read_rows(self.env, model, fields, [row_id for _change, row_id in rows])
        self._was |= {(model, row_id): values for row_id, values in found.items()}
        for change_id, row_id in rows:
            if row_id in found:
                self._by_change[change_id].append((model, row_id))

    def collect(self) -> dict[int, list[Values]]:
        """Return ``{change id: [{model, id, was, wrote}]}``, only fields that differ.

        A row that was left as it is stays in the list: it was known before.
        """
        now: dict[tuple[str, int], Values] = {}
        for model, fields in self._fields.items():
            ids = [row_id for name, row_id in self._was if name == model]
            found = read_rows(self.env, model, fields, ids)
            now |= {(model, row_id): values for row_id, values in found.items()}
        return {
            change_id: [self._compare(key, now[key]) for key in keys]
            for change_id, keys in self._by_change.items()
        }

    def _compare(self, key: tuple[str, int], now: Values) -> Values:
        was = self._was[key]
        changed = [name for name, value in was.items() if now[name] != value]
        return {
            "model": key[0],
            "id": key[1],
            "was": {name: was[name] for name in changed},
            "wrote": {name: now[name] for name in changed},
        }


def read_rows(env, model: str, fields: Iterable[str], ids: list[int]) -> dict:
    """Return ``{id: {field: value as JSON}}`` of rows, whoever may see them.

    Read by one statement and without the cache: the ORM and SQL write the same rows.
    """
    if not ids:
        return {}
    table = env[model]
    table.flush_model()
    columns = SQL(", ").join(
        SQL("%s, %s", name, SQL.identifier(name)) for name in fields
    )
    return dict(
        env.execute_query(
            SQL(
                "SELECT id, jsonb_build_object(%s) FROM %s WHERE id = ANY(%s)",
                columns,
                SQL.identifier(table._table),
                ids,
            )
        )
    )


def roll_back(writer, changes: list[Applied]) -> dict[int, str]:
    """Take back changes that share kind and action.

    :return: ``{change id: what a person changed since}`` for what was kept
    """
    kept = _withdraw(writer, [change for change in changes if _made_new(change)])
    kept |= _put_back(writer, changes)
    writer.env.flush_all()
    writer.links.put_back(changes)
    return kept


def _made_new(change: Applied) -> bool:
    """Whether the run made the record, rather than taking over one that was here."""
    rows = (change.undo or {}).get("rows", ())
    known = any(row["model"] == MODELS[change.kind] for row in rows)
    return change.action == "create" and not known


def _withdraw(writer, changes: list[Applied]) -> dict[int, str]:
    """Archive what the run made, unless people rely on it by now."""
    model, kept = writer.env[writer.model], {}
    find = writer.links.find
    # a district office is the company: nothing was made
    made = [change for change in changes if find(writer.kind, change.external_id)]
    records = model.browse(find(writer.kind, change.external_id) for change in made)
    for change, record in zip(made, records, strict=True):
        if writer.must_stay(change, record):
            kept[change.id] = writer.env._("Kept: people rely on it by now.")
            records -= record
    if records:
        writer.withdraw(records)
    return kept


def _put_back(writer, changes: list[Applied]) -> dict[int, str]:
    """Write former values where nobody has changed them since."""
    rows = [
        (change, row)
        for change in changes
        for row in (change.undo or {}).get("rows", ())
        if row["was"]
    ]
    now = _read_now(writer.env, rows)
    same: dict[tuple[str, str], list[int]] = defaultdict(list)
    kept: dict[int, str] = {}
    for change, row in rows:
        values, others = _former(writer, row, now[row["model"], row["id"]])
        if others:
            kept[change.id] = _explain(writer.env, row["model"], others)
        if values:
            same[row["model"], json.dumps(values, sort_keys=True)].append(row["id"])
    for (model, text), ids in same.items():
        values = json.loads(text)
        writer.env[model].browse(ids).write(
            {name: False if value is None else value for name, value in values.items()}
        )
    return kept


def _read_now(env, rows) -> dict[tuple[str, int], Values]:
    fields: dict[str, set[str]] = defaultdict(set)
    ids: dict[str, list[int]] = defaultdict(list)
    for _change, row in rows:
        fields[row["model"]] |= row["was"].keys()
        ids[row["model"]].append(row["id"])
    return {
        (model, row_id): values
        for model in ids
        for row_id, values in read_rows(env, model, fields[model], ids[model]).items()
    }


def _former(writer, row: Values, now: Values) -> tuple[Values, list[str]]:
    """Return (values to write, fields that are kept)."""
    record = writer.env[row["model"]].browse(row["id"])
    owned = writer.owned(record)
    values, kept = {}, []
    for name, was in row["was"].items():
        if now[name] == was:
            continue
        if now[name] == row["wrote"][name] and name not in owned:
            values[name] = was
        else:
            kept.append(name)
    return values, kept


def _explain(env, model: str, names: list[str]) -> str:
    labels = (
        env[model]._fields[name]._description_string(env) for name in sorted(names)
    )
    return env._(
        "Kept, changed by a person since or for the child's safety: %s.",
        ", ".join(labels),
    )
