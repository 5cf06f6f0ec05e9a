"""Insert many rows of one of our own models at once.

``create()`` works record by record (defaults, company checks, inverse fields); a roster
brings tens of thousands of small rows whose values a writer has made complete. What the
ORM promises still holds: columns are converted by their fields, Python constraints run
(once for the batch), stored computed fields that depend on the rows follow, and the
event log is told whose records came.
"""

from psycopg2.extras import Json

from odoo.tools import SQL

from odoo.addons.harvest_audit import recording

from ..staging import copy_rows


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
    records = model.browse(_copy(model, rows, constant))
    _announce(records, [*names, *constant])
    _log(records, rows, names)
    return records


def _copy(model, rows: list[dict], constant: dict) -> list[int]:
    """Send the rows by COPY, which takes half the time of INSERT; return their ids."""
    if "id" in rows[0]:
        ids = [row["id"] for row in rows]
        names = [name for name in rows[0] if name != "id"]
    else:
        ids, names = next_ids(model, len(rows)), list(rows[0])
    convert = [(name, model._fields[name].convert_to_column_insert) for name in names]
    tail = tuple(
        _to_text(model._fields[name].convert_to_column_insert(value, model))
        for name, value in constant.items()
    )
    # Made before they are sent: a value that is refused must not look like a broken
    # connection.
    lines = [
        (
            str(row_id),
            *(_to_text(to_column(row[name], model)) for name, to_column in convert),
            *tail,
        )
        for row_id, row in zip(ids, rows, strict=True)
    ]
    copy_rows(model.env.cr, model._table, ("id", *names, *constant), lines)
    return ids


def next_ids(model, count: int) -> list[int]:
    """Take ids from the sequence of a model's table."""
    return [
        number
        for (number,) in model.env.execute_query(
            SQL(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"
                " FROM generate_series(1, %s)",
                model._table,
                count,
            )
        )
    ]


def _to_text(value) -> str | None:
    """A column's value in the text format of COPY."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, Json):
        return value.dumps(value.adapted)
    return str(value)


def _log(records, rows: list[dict], names: list[str]) -> None:
    """Tell the event log whose records came, which ``create`` would have told."""
    if not hasattr(records, "_gr_audit_person"):
        return
    pairs = zip(records.ids, rows, strict=True)
    if records._name == "gr.student":
        students = {record_id: record_id for record_id, _row in pairs}
    else:
        students = {record_id: row.get("student_id") for record_id, row in pairs}
    recording.wrote(records.env, "create", records._name, names, students)


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
