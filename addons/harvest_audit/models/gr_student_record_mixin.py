from odoo import models

from ..event import Person


class GrStudentRecordMixin(models.AbstractModel):
    _name = "gr.student.record.mixin"
    _inherit = ["gr.student.record.mixin", "gr.audited.mixin"]

    _gr_audit_keys = ("student_id", "company_id")

    def _gr_audit_person(self, record_id):
        student = self._gr_audit_cached("student_id", record_id)
        company = self._gr_audit_cached("company_id", record_id)
        ref = None if student and company else (self._table, "id", record_id)
        return Person(student, company, ref)
