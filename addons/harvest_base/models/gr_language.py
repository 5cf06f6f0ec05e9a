from odoo import fields, models


class GrLanguage(models.Model):
    """A language spoken at home, whether or not Odoo is translated into it."""

    _name = "gr.language"
    _description = "Home Language"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="ISO 639 code, two letters where one exists")
    sequence = fields.Integer(default=20)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "This language exists already.")
