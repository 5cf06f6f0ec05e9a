from odoo import fields, models

from ..notices import AT_ONCE, MODES


class ResCompany(models.Model):
    _inherit = "res.company"

    gr_training_notice_mode = fields.Selection(
        MODES,
        string="Training Mail",
        required=True,
        default=AT_ONCE,
        help="How learners are told, unless they have chosen themselves",
    )
