from odoo import fields, models


class GrRule(models.Model):
    """Staff requirements are a topic of rules, too."""

    _inherit = "gr.rule"

    topic = fields.Selection(
        selection_add=[("staff", "Staff requirements")],
        ondelete={"staff": "cascade"},
    )
