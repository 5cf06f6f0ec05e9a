from odoo import models

from .. import recording
from ..event import Sight


class GrAuditedMixin(models.AbstractModel):
    """Records of which every look and every change is an event.

    ``_fetch_query`` is the one place where columns of records come from the database
    into the server's memory, by whatever way: a list, a form, an export, a page of the
    portal, an attribute in a report, with sudo or without. What it fetches is kept in
    memory and costs the request no query. Nothing that a client sends switches it off.
    """

    _name = "gr.audited.mixin"
    _inherit = ["gr.audited.change.mixin"]
    _description = "Audited Records"

    def _gr_audit_saw(self, names, action="read"):
        """Keep that these records' fields were looked at."""
        if not recording.records(self.env):
            return
        people = self._gr_audit_people()
        if people:
            sight = Sight(tuple(people), frozenset(names), people)
            recording.collector_of(self.env).saw(
                action, self._name, self.env.uid, sight
            )

    def _fetch_query(self, query, fields):
        fields = list(fields)
        names = [field.name for field in fields]
        if any(field.column_type and field.name != "id" for field in fields):
            keys = (self._fields[name] for name in self._gr_audit_keys)
            fields += [field for field in keys if field not in fields]
        fetched = super()._fetch_query(query, fields)
        fetched._gr_audit_saw(names)
        return fetched

    def _read_group(self, domain, groupby=(), aggregates=(), *args, **kwargs):
        rows = super()._read_group(domain, groupby, aggregates, *args, **kwargs)
        self._gr_audit_counted(rows, [*groupby, *aggregates])
        return rows

    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        results = super()._read_grouping_sets(domain, grouping_sets, aggregates, order)
        if any(results):
            names = [name for names in grouping_sets for name in names]
            self._gr_audit_counted(results, [*names, *aggregates])
        return results

    def _gr_audit_counted(self, rows, specs):
        """Keep that figures over these records were looked at: no ids, the fields."""
        if not rows or not recording.records(self.env):
            return
        names = {spec.partition(":")[0].partition(".")[0] for spec in specs}
        sight = Sight((), frozenset(names - {"__count"} or {"id"}), {})
        recording.collector_of(self.env).saw("read", self._name, self.env.uid, sight)

    def export_data(self, fields_to_export):
        collector = recording.collector_of(self.env)
        with collector.acting("export"):
            answer = super().export_data(fields_to_export)
            self._gr_audit_saw(name.partition("/")[0] for name in fields_to_export)
        return answer
