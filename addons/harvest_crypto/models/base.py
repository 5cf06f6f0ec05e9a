from odoo import models
from odoo.tools import SQL, ormcache

from ..exceptions import SealedFieldError
from ..fields import Sealed


class Base(models.AbstractModel):
    """What sealed fields need of every model."""

    _inherit = "base"

    @ormcache("self._name")
    def _get_sealed_columns(self):
        """Return the names of this model's sealed columns."""
        return tuple(
            name
            for name, field in self._fields.items()
            if isinstance(field, Sealed) and field.store
        )

    def _create(self, data_list):
        """Take the ids first: a value is sealed for the row that it is in.

        The sequence gives an id to one transaction only, as it does for the default
        of the column, so this is no other id than the row would have got.
        """
        names = self._get_sealed_columns()
        if any(data["stored"].get(name) for data in data_list for name in names):
            for data, record_id in zip(
                data_list, self._take_ids(len(data_list)), strict=True
            ):
                data["stored"]["id"] = record_id
        return super()._create(data_list)

    def _take_ids(self, count):
        """Return ids for new rows, for those who insert sealed values by SQL, too."""
        query = SQL(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id'))::int"
            " FROM generate_series(1, %s)",
            self._table,
            count,
        )
        return [record_id for (record_id,) in self.env.execute_query(query)]

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        self._refuse_sealed(field_name)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._refuse_sealed(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        self._refuse_sealed(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    def _refuse_sealed(self, expression):
        """Ciphertexts have no order, and no two are alike."""
        field = self._fields.get(expression.split(":")[0].split(".")[0])
        if isinstance(field, Sealed):
            raise SealedFieldError(
                self.env._(
                    "“%(field)s” is encrypted: records cannot be sorted, grouped or"
                    " summed up by it.",
                    field=field._label(self.env),
                )
            )
