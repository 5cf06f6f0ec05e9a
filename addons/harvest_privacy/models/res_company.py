from odoo import fields, models

from ..const import FAMILY_ACCESS


class ResCompany(models.Model):
    """What a district shows its families beyond what the law asks for."""

    _inherit = "res.company"

    gr_family_access = fields.Selection(
        FAMILY_ACCESS,
        string="Families See Who Looked",
        required=True,
        default="none",
        help="Who looked at a child's record, on the family's page. What other adults"
        " of the family did is never shown.",
    )
