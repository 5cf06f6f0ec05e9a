from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessDenied

from odoo.addons.harvest_crypto.fields import SealedChar


@dataclass(frozen=True)
class SignIn:
    """Proof that a provider vouched for a user, made by our own code in this request.

    Not a text: nothing that a client sends can be one.
    """

    user_id: int
    skip_mfa: bool = False


class ResUsers(models.Model):
    """Users who sign in with the account of their district."""

    _inherit = [
        "gr.user.policy.mixin",
        "gr.user.lockout.mixin",
        "gr.user.mfa.mixin",
        "gr.user.password.mixin",
        "gr.user.session.mixin",
        "gr.user.key.mixin",
        "gr.user.directory.mixin",
        "gr.user.local.password.mixin",
        "res.users",
    ]
    _name = "res.users"

    # Odoo keeps the secret of an authenticator app in clear, in a column that it reads
    # by SQL. Who gets hold of a backup would have every second factor.
    totp_secret = SealedChar(
        "Secret of the Authenticator App",
        compute=None,
        inverse=None,
        store=True,
        copy=False,
        groups=fields.NO_ACCESS,
    )
    gr_identity_ids = fields.One2many(
        "gr.identity",
        "user_id",
        string="Linked Accounts",
        groups="harvest_base.group_harvest_admin",
    )

    @api.depends("totp_secret")
    def _compute_totp_enabled(self):
        """Answer without opening the secret: a list of users needs no key."""
        secret = self._fields["totp_secret"]
        for user in self:
            # sudo: whether there is one, which the user may know
            user.totp_enabled = secret.is_set(user.sudo())

    def _totp_enable_search(self, operator, value):
        self.env["res.users"].flush_model(["totp_secret"])  # Odoo asks by SQL
        return super()._totp_enable_search(operator, value)

    def _check_credentials(self, credential, env):
        proof = credential.get("gr_proof")
        if not isinstance(proof, SignIn):
            return super()._check_credentials(credential, env)
        if not env["interactive"] or proof.user_id != self.env.uid:
            raise AccessDenied
        return {
            "uid": self.env.uid,
            "auth_method": "gr_identity",
            "mfa": "skip" if proof.skip_mfa else "default",
        }
