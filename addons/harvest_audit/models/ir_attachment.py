from odoo import models

from .. import recording


class IrAttachment(models.Model):
    """Only files that hang on a student's record are audited."""

    _name = "ir.attachment"
    _inherit = ["ir.attachment", "gr.audited.mixin"]

    _gr_audit_keys = ("res_model", "res_id")

    def _gr_audit_person(self, record_id):
        name = self._gr_audit_cached("res_model", record_id)
        owner = self._gr_audit_cached("res_id", record_id)
        model = self.env.get(name) if name and owner else None
        if model is None or name == self._name or not hasattr(model, "_gr_audit_keys"):
            return None
        person = model._gr_audit_person(owner)
        if person or name != "res.partner":
            return person
        return None

    def _to_http_stream(self):
        with recording.collector_of(self.env).acting("download"):
            stream = super()._to_http_stream()
            self._gr_audit_saw(["raw"])  # known by now whose file it is
        return stream
