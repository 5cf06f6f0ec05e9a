from odoo import fields, models


class GrSamlProvider(models.Model):
    """A district's identity provider that speaks SAML 2.0."""

    _name = "gr.saml.provider"
    _description = "SAML Provider"
    _inherit = ["gr.identity.provider.mixin"]

    mapping_ids = fields.One2many("gr.identity.mapping", "saml_provider_id")
    identity_ids = fields.One2many("gr.identity", "saml_provider_id")
