"""Bringing stored values under the key of today, some rows a transaction.

What is left to do is seen from the rows themselves, so a run that was cut off, or a
second one beside it, needs no notes of what it did. Rows that somebody else holds are
passed over; the next run has them.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from odoo.tools import SQL

from . import keyring
from .exceptions import SealError

_logger = logging.getLogger(__name__)

BATCH_ROWS = 500


@dataclass(frozen=True)
class Batch:
    """What a turn did.

    :ivar int last_id: go on after this one; 0: there was nothing more
    :ivar int changed: rows that were written
    """

    last_id: int
    changed: int


@dataclass(frozen=True)
class Store:
    """A place where sealed values are, and how they come under another key.

    ``gr.seal.key._get_stores`` lists them all: what is not there keeps its key from
    being retired.

    :ivar table: ``schema.table``
    :ivar count: returns how many values each key has sealed: ``{key id: number}``
    :ivar reseal: seals some values with the active key: ``(active, after) -> Batch``
    :ivar lockable: whether the application may lock the table against writers
    """

    table: str
    count: Callable[[], dict[str, int]]
    reseal: Callable[[str, int], Batch]
    lockable: bool = True


def column_stores(env) -> list[Store]:
    """Return a store for each sealed column of the database."""
    return [
        Store(
            f"public.{model._table}",
            partial(count_by_key, env, model, model._fields[name]),
            partial(reseal, env, model, model._fields[name]),
        )
        for model in map(env.__getitem__, sorted(env.registry))
        if model._auto and not model._abstract and not model._transient
        for name in model._get_sealed_columns()
    ]


def count_by_key(env, model, field) -> dict[str, int]:
    """Return how many values of a column each key has sealed."""
    column = SQL.identifier(field.name)
    return dict(
        env.execute_query(
            SQL(
                "SELECT split_part(%s, '|', 2), count(*) FROM %s"
                " WHERE %s IS NOT NULL GROUP BY 1",
                column,
                SQL.identifier(model._table),
                column,
            )
        )
    )


def find_sealed_with(env, key_id) -> list[str]:
    """Return the tables where any text is sealed with a key, whoever sealed it.

    Addons may seal by ``keyring`` alone, where there is no field; a key that was taken
    off the ring too early is lost for good, so everything readable is looked through.
    """
    columns = env.execute_query(
        SQL(
            "SELECT c.table_schema, c.table_name, array_agg(c.column_name::text)"
            " FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE t.table_type = 'BASE TABLE' AND c.data_type IN"
            " ('text', 'character varying') AND c.table_schema NOT IN"
            " ('pg_catalog', 'information_schema') AND has_column_privilege("
            "format('%%I.%%I', c.table_schema, c.table_name), c.column_name, 'SELECT')"
            " GROUP BY 1, 2"
        )
    )
    start = f"{keyring.VERSION}|{key_id}|%"
    return [
        f"{schema}.{table}"
        for schema, table, names in columns
        if env.execute_query(
            SQL(
                "SELECT 1 FROM %s WHERE %s LIMIT 1",
                SQL.identifier(schema, table),
                SQL(" OR ").join(
                    SQL("%s LIKE %s", SQL.identifier(name), start) for name in names
                ),
            )
        )
    ]


def seal_clear(env, model, field, after=0) -> Batch:
    """Seal values that are in clear, because their column was not sealed before."""
    column = SQL.identifier(field.name)
    is_clear = SQL("%s !~ %s", column, keyring.SEALED_PATTERN)
    rows = _take(env, model, column, is_clear, after)
    changed = [
        (row_id, field.seal(env, row_id, field._from_text(text)))
        for row_id, text in rows
    ]
    return _put(env, model, column, rows, changed)


def reseal(env, model, field, active, after=0) -> Batch:
    """Seal values of older keys with the active one; what cannot be opened stays."""
    column = SQL.identifier(field.name)
    rows = _take(
        env, model, column, SQL("split_part(%s, '|', 2) <> %s", column, active), after
    )
    changed = []
    for row_id, sealed in rows:
        with suppress(SealError):  # counted on the page of keys
            value = field.unseal(env, row_id, sealed)
            changed.append((row_id, field.seal(env, row_id, value)))
    return _put(env, model, column, rows, changed)


def _take(env, model, column, condition, after):
    return env.execute_query(
        SQL(
            "SELECT id, %s FROM %s WHERE id > %s AND %s"
            " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
            column,
            SQL.identifier(model._table),
            after,
            condition,
            BATCH_ROWS,
        )
    )


def _put(env, model, column, rows, changed) -> Batch:
    if changed:
        env.execute_query(
            SQL(
                "UPDATE %s AS t SET %s = v.sealed FROM (VALUES %s) AS v(id, sealed)"
                " WHERE t.id = v.id RETURNING t.id",
                SQL.identifier(model._table),
                column,
                SQL(", ").join(changed),
            )
        )
    return Batch(rows[-1][0] if rows else 0, len(changed))
