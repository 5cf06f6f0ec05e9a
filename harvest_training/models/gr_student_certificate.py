from odoo import fields, models


class GrStudent(models.Model):
    _inherit = "gr.student"

    certificate_ids = fields.One2many("gr.certificate", "student_id", "Certificates")
