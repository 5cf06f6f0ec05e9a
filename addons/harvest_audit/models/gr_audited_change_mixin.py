from datetime import date, datetime

from odoo import api, models

from .. import recording
from ..const import VALUE_LENGTH
from ..event import Sight


class GrAuditedChangeMixin(models.AbstractModel):
    """Records of which every change is an event, with the old and the new values.

    The event is queued in the transaction of the change: both are there, or neither.
    """

    _name = "gr.audited.change.mixin"
    _description = "Audited Changes"

    # Fields that tell whom a record is about, fetched along with any other column.
    _gr_audit_keys = ()

    def _gr_audit_person(self, record_id):
        """Whom a record is about, from the cache.

        :rtype: Person | None: None when it is nobody's record
        """
        raise NotImplementedError

    def _gr_audit_people(self):
        """Whom these records are about: ``{id: Person}``, without the others."""
        return {
            record_id: person
            for record_id in self._ids
            if isinstance(record_id, int)
            and (person := self._gr_audit_person(record_id)) is not None
        }

    def _gr_audit_cached(self, name, record_id):
        return self._fields[name]._get_cache(self.env).get(record_id) or None

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if recording.records(self.env):
            values = {
                record.id: {name: [None, _plain(value)] for name, value in vals.items()}
                for record, vals in zip(records, vals_list, strict=True)
            }
            names = {name for vals in vals_list for name in vals}
            records._gr_audit_changed("create", names, values)
        return records

    def write(self, vals):
        if not vals or not recording.records(self.env):
            return super().write(vals)
        old = self._gr_audit_fetch(vals)
        people = self._gr_audit_people()
        result = super().write(vals)
        new = {name: _plain(value) for name, value in vals.items()}
        values = {
            record_id: {name: [old[record_id].get(name), new[name]] for name in new}
            for record_id in people
        }
        self._gr_audit_changed("write", vals, values, people)
        return result

    def unlink(self):
        if not self or not recording.records(self.env):
            return super().unlink()
        self._gr_audit_fetch(())
        people = self._gr_audit_people()
        result = super().unlink()
        self._gr_audit_changed("unlink", (), {}, people)
        return result

    def _gr_audit_fetch(self, names):
        """Columns before a change: ``{id: {name: value}}``; one query at most."""
        columns = [
            field
            for name in names
            if (field := self._fields.get(name)) and field.store and field.column_type
        ]
        asked = [*self._gr_audit_keys, *(f.name for f in columns if f.type != "binary")]
        records = self.browse(id_ for id_ in self._ids if isinstance(id_, int))
        with recording.collector_of(self.env).silent():
            # sudo: what is changed is written down, whatever the user may read
            records.sudo().fetch(asked)
        return {
            record_id: {
                field.name: _plain(field._get_cache(self.env).get(record_id))
                for field in columns
            }
            for record_id in records._ids
        }

    def _gr_audit_changed(self, action, names, values, people=None):
        """Queue a change with this transaction.

        :param dict values: ``{record id: {field: [old, new]}}``
        :param people: as they were before, for a change that they do not survive
        """
        people = self._gr_audit_people() if people is None else people
        if people:
            sight = Sight(tuple(people), frozenset(names), people)
            recording.changed(self.env, action, self._name, sight, values)


def _plain(value):
    """A value as JSON holds it; files and commands only show that they changed."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str):
        return value[:VALUE_LENGTH]
    return "…"
