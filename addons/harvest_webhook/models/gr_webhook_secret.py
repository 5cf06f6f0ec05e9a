from odoo import fields, models


class GrWebhookSecret(models.AbstractModel):
    """Show a secret once. Abstract, so that it is not stored even for an hour."""

    _name = "gr.webhook.secret"
    _description = "Secret of a Webhook"

    id = fields.Id()  # the form asks for it
    address = fields.Char(readonly=True)
    secret = fields.Char(readonly=True)
    former_until = fields.Datetime("Former Secret Valid until", readonly=True)
