from odoo import models

from ..cursor import task


class IrCron(models.Model):
    """What the server does by itself, it does for all districts, and says so."""

    _inherit = "ir.cron"

    def _callback(self, cron_name, server_action_id):
        with task():
            if self.env["gr.rls"]._is_on():
                self.env["gr.rls"]._open_all(f"scheduled action {cron_name}")
            return super()._callback(cron_name, server_action_id)
