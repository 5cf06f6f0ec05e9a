"""Whatever hangs on a student is in the event log when it is read or changed."""

from odoo.tests import TransactionCase, tagged

# Not audited by itself, and why not.
LEFT_OUT = {
    "gr.audit.event": "reading the log of a child logs itself, in its search",
}


@tagged("post_install", "-at_install", "security")
class TestAuditCoverage(TransactionCase):
    def test_every_model_of_a_student_is_audited(self):
        """A wizard shows columns of audited records, and keeps none of its own."""
        missing = {
            name
            for name, model in self.env.registry.items()
            if not (model._abstract or model._transient)
            and not hasattr(model, "_gr_audit_person")
            and any(map(self._is_of_a_student, model._fields.values()))
        }
        self.assertEqual(missing, set(LEFT_OUT))

    def _is_of_a_student(self, field):
        """Whether a field ties a record to a student, or to a part of a record."""
        if field.type == "many2many":
            return field.comodel_name == "gr.student"
        if field.type != "many2one":
            return False
        owner = self.env.registry.get(field.comodel_name)
        return field.comodel_name == "gr.student" or (
            owner is not None and "student_id" in owner._fields and owner._auto
        )

    def test_a_new_model_would_be_found(self):
        for model, name in (
            ("gr.student.flag", "student_id"),
            ("gr.records.request.item", "request_id"),
            ("gr.audit.event", "subject_ids"),
        ):
            field = self.env[model]._fields[name]
            self.assertTrue(self._is_of_a_student(field), model)
