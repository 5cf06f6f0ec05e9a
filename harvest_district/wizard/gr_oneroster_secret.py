from odoo import fields, models


class GrOnerosterSecret(models.AbstractModel):
    """Show a secret once. Abstract, so that it is not stored even for an hour."""

    _name = "gr.oneroster.secret"
    _description = "Secret of a OneRoster Client"

    id = fields.Id()  # the form asks for it
    client_key = fields.Char("Client ID", readonly=True)
    secret = fields.Char(readonly=True)
    token_url = fields.Char("Token Address", readonly=True)
