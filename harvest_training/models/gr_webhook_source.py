from odoo import api, models


class GrWebhookSource(models.Model):
    _inherit = "gr.webhook.source"

    @api.model
    def _get_webhook_handlers(self):
        target = "gr.elearning.integration"
        return super()._get_webhook_handlers() | {
            "elearning.progress.updated": (target, "_webhook_progress"),
            "elearning.course.completed": (target, "_webhook_completion"),
        }
