from odoo import fields, models


class SlideChannel(models.Model):
    _inherit = "slide.channel"

    # The name that website_slides builds from the category.
    nbr_package = fields.Integer(
        "Course Packages", compute="_compute_slides_statistics", store=True
    )
