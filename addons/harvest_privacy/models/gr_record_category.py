from odoo import fields, models


class GrRecordCategory(models.Model):
    """A part of a student's record, as families and courts call it."""

    _name = "gr.record.category"
    _description = "Category of Records"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)

    _code_uniq = models.Constraint("UNIQUE (code)", "This category exists already.")
