from odoo import fields, models


class GrRecoveryShow(models.AbstractModel):
    """Shows recovery codes once; nothing of it is stored."""

    _name = "gr.recovery.show"
    _description = "Recovery Codes"

    # The form view needs it, as in Odoo's dialogue that shows a key.
    id = fields.Id()
    codes = fields.Text(readonly=True)
