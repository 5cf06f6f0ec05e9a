from odoo import fields, models


class GrDocumentType(models.Model):
    """A kind of document that learners hand in: what it is and how long it is good."""

    _name = "gr.document.type"
    _description = "Document Type"
    _inherit = ["gr.guarded.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    instructions = fields.Text(
        translate=True, help="What to send, in words for the learner"
    )
    validity_months = fields.Integer("Valid for (Months)", help="0: it does not expire")
    renew_days = fields.Integer(
        "Ask Again (Days Ahead)",
        default=60,
        help="How many days before it expires a new one is asked for; 0: never",
    )
    needs_original = fields.Boolean(
        help="A copy is not enough: whoever verifies it saw the original"
    )
    active = fields.Boolean(default=True)

    _check_numbers = models.Constraint(
        "CHECK (validity_months >= 0 AND renew_days >= 0)",
        "A number of months or days cannot be negative.",
    )
