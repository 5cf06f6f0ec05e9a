from odoo import fields, models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    gr_student_ids = fields.One2many(
        "gr.student",
        "employee_id",
        string="Learner",
        groups="harvest_base.group_harvest_level_1",
    )
