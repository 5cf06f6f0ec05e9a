from odoo import fields, models


class GrCertificateSignatory(models.Model):
    """Who signs a certificate: name, office, and a picture of the signature."""

    _name = "gr.certificate.signatory"
    _description = "Certificate Signatory"
    _order = "sequence, id"

    template_id = fields.Many2one(
        "gr.certificate.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    job = fields.Char("Office", translate=True)
    signature = fields.Image(
        max_width=600,
        max_height=200,
        groups="harvest_base.group_harvest_operations,harvest_base.group_harvest_admin",
        help="A picture of the signature on a transparent or white ground",
    )
