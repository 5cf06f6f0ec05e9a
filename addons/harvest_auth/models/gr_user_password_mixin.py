from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import request

from ..policy.passwords import PasswordPolicy, problem

PRODUCT = ("Harvest", "Harvest & Thrive")


class GrUserPasswordMixin(models.AbstractModel):
    """Part of ``res.users``: a new password is long, and nobody's first guess."""

    _name = "gr.user.password.mixin"
    _description = "Users: Password Policy"

    @api.model
    def get_password_policy(self):
        """Tell Odoo's meter what is asked of the user."""
        length = self.env.user._gr_policy().password_length
        policy = super().get_password_policy()
        return {**policy, "minlength": max(policy["minlength"], length)}

    def _check_password_policy(self, passwords):
        """Check what a person chose.

        Not what the operator sets from the shell or an installation: there is nobody
        to choose another one, and whoever has the shell has everything.
        """
        super()._check_password_policy(passwords)
        if not request:
            return
        for user in self:
            for password in filter(None, passwords):
                found = problem(
                    password, user._gr_password_policy(), user._gr_context_texts()
                )
                if found:
                    raise UserError(user._gr_say_password(found))

    def _gr_password_policy(self):
        # sudo: the same for everybody
        rules = self.env["gr.rule"].sudo()
        return PasswordPolicy(
            min_length=self._gr_policy().password_length,
            min_guesses=rules.sign_in_rule("auth.password.min_guesses"),
        )

    def _gr_context_texts(self):
        """Return what a stranger would try first."""
        user = self.sudo()  # compared, never shown beyond the word that was typed
        sites = user.env["gr.site"].search([("company_id", "in", user.company_ids.ids)])
        return [
            user.name,
            user.login,
            user.email or "",
            *user.company_ids.mapped("name"),
            *sites.mapped("name"),
            *PRODUCT,
        ]

    def _gr_say_password(self, found):
        """Say what to change."""
        match found.code:
            case "short":
                return self.env._(
                    "A password has at least %(least)s characters; this one has"
                    " %(count)s. Four words that have nothing to do with each other are"
                    " long, and easy to keep.",
                    least=self._gr_policy().password_length,
                    count=found.length,
                )
            case "long":
                return self.env._("This password is too long. Take a shorter one.")
            case "context":
                return self.env._(
                    "“%(word)s” is known to everybody here, so it is tried first. Add"
                    " words that have nothing to do with you or the program.",
                    word=found.word,
                )
            case _:
                return self.env._(
                    "This password is on lists of common ones, or follows a pattern."
                    " Take four words that have nothing to do with each other."
                )
