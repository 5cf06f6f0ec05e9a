from odoo import models

from ..event import Person


class GrStudent(models.Model):
    _name = "gr.student"
    _inherit = ["gr.student", "gr.audited.mixin"]

    _gr_audit_keys = ("company_id",)

    def _gr_audit_person(self, record_id):
        company = self._gr_audit_cached("company_id", record_id)
        ref = None if company else (self._table, "id", record_id)
        return Person(record_id, company, ref)
