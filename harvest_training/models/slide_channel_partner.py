from odoo import models


class SlideChannelPartner(models.Model):
    _inherit = "slide.channel.partner"
