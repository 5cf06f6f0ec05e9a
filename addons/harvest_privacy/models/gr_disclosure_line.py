from odoo import fields, models


class GrDisclosureLine(models.Model):
    """An entry of the legal log in one student's record."""

    _name = "gr.disclosure.line"
    _description = "Disclosure of a Student's Records"
    _inherit = ["gr.student.record.mixin", "gr.append.only.mixin"]
    _order = "recorded_at desc, id desc"

    disclosure_id = fields.Many2one(
        "gr.disclosure", required=True, index=True, ondelete="restrict"
    )
    recorded_at = fields.Datetime(
        related="disclosure_id.recorded_at", store=True, string="Date"
    )
    kind = fields.Selection(related="disclosure_id.kind", store=True)
    party_name = fields.Char(related="disclosure_id.party_name")
    party_organization = fields.Char(related="disclosure_id.party_organization")
    basis_id = fields.Many2one(related="disclosure_id.basis_id")
    legitimate_interest = fields.Text(related="disclosure_id.legitimate_interest")
    consent_ids = fields.Many2many(
        "gr.consent", string="Consents", help="What permitted it on that day"
    )

    _pair_uniq = models.Constraint(
        "UNIQUE (disclosure_id, student_id)", "A student is in an entry once."
    )
