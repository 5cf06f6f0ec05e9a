from odoo import fields, models


class GrRule(models.Model):
    _inherit = "gr.rule"

    topic = fields.Selection(
        selection_add=[("training", "Training")],
        ondelete={"training": "cascade"},
    )
