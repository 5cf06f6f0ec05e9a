from odoo import fields, models


class GrStudent(models.Model):
    _inherit = "gr.student"

    employee_id = fields.Many2one(
        "hr.employee",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        groups="harvest_base.group_harvest_level_1",
        help="The employee that this learner is",
    )
    site_ids = fields.Many2many(
        "gr.site",
        "gr_student_training_site_rel",
        "student_id",
        "site_id",
        string="Works or Helps at",
        check_company=True,
        help="Sites of a learner who is no pupil; their coordinators see the training",
    )
    training_enrollment_ids = fields.One2many("gr.training.enrollment", "student_id")
    tracker_ids = fields.One2many("gr.progress.tracker", "student_id")

    _employee_uniq = models.UniqueIndex(
        "(employee_id) WHERE employee_id IS NOT NULL",
        "This employee is a learner already.",
    )
