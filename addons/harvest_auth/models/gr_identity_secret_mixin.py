from odoo import fields, models

from odoo.addons.harvest_crypto.fields import SealedChar

# What the form shows of a secret that is set; writing it back changes nothing.
MASK = "●●●●●●●●"


class GrIdentitySecretMixin(models.AbstractModel):
    """A provider with a secret of ours: entered, sealed, used, never shown again."""

    _name = "gr.identity.secret.mixin"
    _description = "Provider with a Secret"

    secret = fields.Char(
        compute="_compute_secret",
        inverse="_inverse_secret",
        copy=False,
        help="It is kept sealed and never shown again",
    )
    secret_sealed = SealedChar(groups=fields.NO_ACCESS, copy=False)

    def _compute_secret(self):
        for provider in self:
            # sudo: only whether there is one
            provider.secret = MASK if provider.sudo().secret_sealed else False

    def _inverse_secret(self):
        for provider in self.sudo():  # sudo: sealed at once, read by no one
            if provider.secret != MASK:
                provider.secret_sealed = provider.secret

    def write(self, vals):
        """A secret is for the place that it was entered for, and for no other.

        Else who may not see it could have it sent to a server of their own.
        """
        before = {provider: provider._get_secret_place() for provider in self}
        result = super().write(vals)
        if vals.get("secret", MASK) == MASK:
            moved = [p for p in self if p._get_secret_place() != before[p]]
            # sudo: forgotten unread
            self.browse().union(*moved).sudo().secret_sealed = False
        return result

    def _get_secret_place(self):
        """Return what names the servers that it is sent to; a kind overrides this."""
        raise NotImplementedError

    def _open_secret(self):
        self.ensure_one()
        # sudo: for the question to their server, in memory only
        return self.sudo().secret_sealed or ""
