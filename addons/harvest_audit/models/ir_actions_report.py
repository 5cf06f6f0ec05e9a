from odoo import models

from .. import recording


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render(self, report_ref, res_ids, data=None):
        with recording.collector_of(self.env).acting("report"):
            return super()._render(report_ref, res_ids, data=data)
