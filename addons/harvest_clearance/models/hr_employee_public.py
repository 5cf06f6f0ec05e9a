from odoo import fields, models

from ..const import WORKER_TYPES


class HrEmployeePublic(models.Model):
    """What colleagues may know of a person's work, for roles without HR rights."""

    _inherit = "hr.employee.public"

    gr_site_ids = fields.Many2many(
        "gr.site",
        "gr_site_hr_employee_rel",
        "employee_id",
        "site_id",
        string="Sites",
        readonly=True,
        groups="harvest_base.group_harvest_staff",
    )
    gr_task_ids = fields.Many2many(
        "gr.staff.task",
        "gr_staff_task_hr_employee_rel",
        "employee_id",
        "task_id",
        string="Tasks",
        readonly=True,
    )
    gr_worker_type = fields.Selection(WORKER_TYPES, string="Works as", readonly=True)
    gr_start_date = fields.Date("First Day of Work", readonly=True)
