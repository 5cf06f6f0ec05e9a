"""Insert many rows of one of our own models at once.

``create()`` works record by record (defaults, company checks, inverse fields); a roster
brings tens of thousands of small rows whose values a writer has made complete. What the
ORM promises still holds: columns are converted by their fields, Python constraints run
(once for the batch), and stored computed fields that depend on the rows follow.
"""

from odoo.tools import SQL


def insert(model, rows: list[dict]):
    """Insert rows and return their records, in order.

    :param model: an empty recordset of a model of this suite without ``create`` hooks
    :param rows: values by field, the same fields in every row; stored computed fields
        that are not among them are computed
    """
    if not rows:
        return model
    env = model.env
    env.flush_all()
    names = list(rows[0])
    missing = [
        name
        for name, field in model._fields.items()
        if field.store and field.column_type and field.default and name not in names
    ]
    constant = model.default_get(missing)
    if model._log_access:
        now = env.cr.now()
        constant |= {"create_uid": env.uid, "write_uid": env.uid}
        constant |= {"create_date": now, "write_date": now}
    records = model.browse(
        row_id for (row_id,) in env.execute_query(_statement(model, rows, constant))
    )
    _announce(records, [*names, *constant])
    return records


def _statement(model, rows, constant) -> SQL:
    names = [*rows[0], *constant]
    convert = [model._fields[name].convert_to_column_insert for name in names]
    tail = list(constant.values())
    line = f"({', '.join(['%s'] * len(names))})"
    return SQL(
        f"INSERT INTO %s (%s) VALUES {', '.join([line] * len(rows))} RETURNING id",
        SQL.identifier(model._table),
        SQL(", ").join(map(SQL.identifier, names)),
        *(
            to_column(value, model)
            for row in rows
            for to_column, value in zip(convert, [*row.values(), *tail], strict=True)
        ),
    )


def _announce(records, names) -> None:
    """Tell the ORM: caches of the other side, stored fields, constraints."""
    env = records.env
    for name in names:
        for inverse in env.registry.field_inverses[records._fields[name]]:
            env[inverse.model_name].invalidate_model([inverse.name], flush=False)
    given = [records._fields[name] for name in names if records._fields[name].compute]
    with env.protecting(given, records):  # related fields came with the row
        records.modified(names, create=True)
    for name, field in records._fields.items():
        if field.store and field.compute and name not in names and field.column_type:
            env.add_to_compute(field, records)
    records._validate_fields(names)
