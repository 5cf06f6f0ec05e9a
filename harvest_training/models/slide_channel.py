from odoo import fields, models


class SlideChannel(models.Model):
    _inherit = "slide.channel"

    gr_course_integration_ids = fields.One2many(
        "gr.course.integration", "elearning_course_id", string="Training Programs"
    )
