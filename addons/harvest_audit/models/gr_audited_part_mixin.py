from odoo import models

from ..event import Person


class GrAuditedPartMixin(models.AbstractModel):
    """Audited records with ``student_id`` and a stored ``company_id``.

    What is about nobody in particular (``student_id`` is empty) is audited, too: a list
    of a district system names children whom we do not know yet.
    """

    _name = "gr.audited.part.mixin"
    _inherit = ["gr.audited.mixin"]
    _description = "Audited Records of a Student"

    _gr_audit_keys = ("student_id", "company_id")

    def _gr_audit_person(self, record_id):
        student = self._gr_audit_cached("student_id", record_id)
        company = self._gr_audit_cached("company_id", record_id)
        known = company and (student or not self._fields["student_id"].required)
        ref = None if known else self._gr_audit_ref(record_id)
        return Person(student, company, ref)

    def _gr_audit_ref(self, record_id):
        """Where to look up whom a record is about: table, column, value."""
        return (self._table, "id", record_id)
