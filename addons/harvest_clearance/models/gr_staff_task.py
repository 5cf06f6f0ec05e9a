from odoo import fields, models


class GrStaffTask(models.Model):
    """Work that somebody may do only with the right papers."""

    _name = "gr.staff.task"
    _description = "Staff Task"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="What programs ask for")
    description = fields.Char(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()

    _code_uniq = models.Constraint("UNIQUE (code)", "This task exists already.")
