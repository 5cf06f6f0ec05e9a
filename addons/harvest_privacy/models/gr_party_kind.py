from odoo import fields, models


class GrPartyKind(models.Model):
    """What somebody is who asks for records, and what the law says to that."""

    _name = "gr.party.kind"
    _description = "Kind of Party"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    is_barred = fields.Boolean("Never")
    is_court_only = fields.Boolean("Only by a Judge's Order")
    is_for_profit = fields.Boolean("No Directory Information")
    authority = fields.Char(help="Which rule limits this party")

    _code_uniq = models.Constraint("UNIQUE (code)", "This kind exists already.")
