from odoo import fields, models


class GrDirectoryCategory(models.Model):
    """A kind of fact that a district may call directory information."""

    _name = "gr.directory.category"
    _description = "Category of Directory Information"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    authority = fields.Char(required=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "This category exists already.")
