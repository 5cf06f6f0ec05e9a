"""Whether a record was changed or deleted, whichever way: by a digest of its row."""

from odoo.tools import SQL


class Watch:
    """Remembers the rows of all records of a world, and says which are not the same."""

    def __init__(self, env, world):
        self._cr = env.cr
        self._query = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s, id, md5(t::text) FROM %s t WHERE id = ANY(%s)",
                name,
                SQL.identifier(env[name]._table),
                [res_id for _place, res_id, _kind in records],
            )
            for name, records in world.records.items()
            if env[name]._auto and env[name]._table
        )
        self._rows = self._read()

    def _read(self):
        self._cr.execute(self._query)
        return {(name, res_id): digest for name, res_id, digest in self._cr.fetchall()}

    def changed(self) -> set[tuple[str, int]]:
        """Return (model, id) of what changed or went since this was asked last."""
        before, self._rows = self._rows, self._read()
        return {key for key, digest in before.items() if self._rows.get(key) != digest}
