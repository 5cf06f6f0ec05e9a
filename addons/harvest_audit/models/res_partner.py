from odoo import models

from ..event import Person


class ResPartner(models.Model):
    """Only contacts of students are audited, of all contacts that there are."""

    _name = "res.partner"
    _inherit = ["res.partner", "gr.audited.mixin"]

    _gr_audit_keys = ("gr_is_student",)

    def _gr_audit_person(self, record_id):
        if self._gr_audit_cached("gr_is_student", record_id):
            return Person(ref=("gr_student", "partner_id", record_id))
        return None
