from odoo import models

from ..event import Person


class GrGroupMember(models.Model):
    """A student in a group; who leads it is no student."""

    _name = "gr.group.member"
    _inherit = ["gr.group.member", "gr.audited.mixin"]

    _gr_audit_keys = ("student_id",)

    def _gr_audit_person(self, record_id):
        student = self._gr_audit_cached("student_id", record_id)
        # The district is not a column of this table; it is that of the student.
        return student and Person(student, ref=("gr_student", "id", student))
