from odoo import fields, models


class GrAnnualTopic(models.Model):
    """What an annual notice to families has to say, and by which law."""

    _name = "gr.annual.topic"
    _description = "Content of the Annual Notice"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    authority = fields.Char("By", required=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "This content exists already.")
