from odoo import api, models


class GrPrivacyAudit(models.AbstractModel):
    """The one place where this addon's cases tell the audit log what happened."""

    _name = "gr.privacy.audit"
    _description = "What Privacy Cases Tell the Audit Log"

    @api.model
    def _log(self, action, records, students, **values):
        """Queue an event about cases; names and contents never go into ``detail``."""
        self.env["gr.audit.event"]._log(
            action,
            model=records._name,
            res_ids=records.ids,
            subjects=students.ids,
            **values,
        )
