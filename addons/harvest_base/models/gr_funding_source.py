from odoo import fields, models


class GrFundingSource(models.Model):
    """A grant or apportionment that pays for a program."""

    _name = "gr.funding.source"
    _description = "Funding Source"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sacs_resource = fields.Char(
        string="SACS Resource",
        help="Four-digit resource code of California's accounting structure",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (code)", "This funding source exists already."
    )
