from odoo import models
from odoo.exceptions import AccessDenied


class GrUserLocalPasswordMixin(models.AbstractModel):
    """Part of ``res.users``: some groups sign in with the district's account only.

    Stands behind the directories, which may still take the password: it is the
    district's then.
    """

    _name = "gr.user.local.password.mixin"
    _description = "Users: Without a Password Here"

    def _check_credentials(self, credential, env):
        """Look at a password and refuse it all the same, as slowly as any other."""
        auth_info = super()._check_credentials(credential, env)
        if (
            credential.get("type") == "password"
            and self.env.user._gr_is_district_only()
        ):
            raise AccessDenied
        return auth_info

    def _gr_is_district_only(self):
        """Whether a password of ours is worth nothing; never so in an emergency."""
        self.ensure_one()
        return (
            self._gr_policy().district_only
            and not self._gr_sign_in_facts()["break_glass"]
        )
