from odoo import fields, models


class GrTrainingEnrollment(models.Model):
    _inherit = "gr.training.enrollment"

    notice_ids = fields.One2many("gr.training.notice", "enrollment_id", "Notices")
