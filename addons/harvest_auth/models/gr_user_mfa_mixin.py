import time
from datetime import date

from odoo import fields, models
from odoo.http import request

from odoo.addons.base.models.res_users import check_identity

from ..policy.mfa import Factors, deadline, is_met, next_step

TYPES = {
    "app": "totp",
    "email": "totp_mail",
    "passkey": "gr_passkey",
    "enroll": "gr_enroll",
}
URLS = {
    "totp": "/web/login/totp",
    "totp_mail": "/web/login/totp",
    "gr_passkey": "/web/login/passkey",
    "gr_enroll": "/web/login/enroll",
}
NO_GRACE = date(2000, 1, 1)  # whose factors were reset sets them up before anything


class GrUserMfaMixin(models.AbstractModel):
    """Part of ``res.users``: which second factor is asked for, and when."""

    _name = "gr.user.mfa.mixin"
    _description = "Users: Second Factor"

    gr_mfa_asked_on = fields.Date(
        string="Asked For a Second Factor Since",
        copy=False,
        groups="harvest_base.group_harvest_admin",
        help="The days to set one up run from here.",
    )

    def _gr_factors(self):
        """Return the ``Factors`` that the user has set up."""
        self.ensure_one()
        user = self.sudo()  # asked before the sign-in is complete
        return Factors(
            app=user.totp_enabled,
            passkey=bool(user.auth_passkey_key_ids),
            # A mailbox is no second factor for staff: it is open on the same device.
            email=bool(user.email) and not user._is_internal(),
        )

    def _gr_mfa_deadline(self):
        """Return the last day on which to go without; None when nothing is missing."""
        policy = self._gr_policy()
        if is_met(policy.mfa, self._gr_factors()):
            return None
        asked = self.sudo().gr_mfa_asked_on  # sudo: as above
        return deadline(asked, policy.grace_days, fields.Date.context_today(self))

    def _gr_next_step(self):
        """Return what follows a right password; see ``policy.mfa.next_step``."""
        return next_step(
            self._gr_policy().mfa,
            self._gr_factors(),
            self._gr_mfa_deadline(),
            fields.Date.context_today(self),
        )

    def _mfa_type(self):
        """Replace Odoo's answer, which knows no groups."""
        return TYPES.get(self._gr_next_step())

    def _mfa_url(self):
        return URLS.get(self._mfa_type())

    def _rpc_api_keys_only(self):
        """Take no password where there is no place for a second factor."""
        return self._gr_policy().mfa != "none" or super()._rpc_api_keys_only()

    def _get_auth_methods(self):
        known = ("webauthn", "totp", "totp_mail", "password")
        return [method for method in super()._get_auth_methods() if method in known]

    def _login(self, credential, user_agent_env):
        auth_info = super()._login(credential, user_agent_env)
        if auth_info.get("mfa") != "skip":
            user = self.browse(auth_info["uid"])
            user._gr_note_asked()
            if request and user._gr_next_step() == "invite":
                request.session["gr_invited_at"] = time.time()
                request.session["gr_invite"] = True
        return auth_info

    def _gr_note_asked(self):
        """Let the days of grace begin."""
        user = self.sudo()  # asked before the sign-in is complete
        if self._gr_mfa_deadline() and not user.gr_mfa_asked_on:
            user.gr_mfa_asked_on = fields.Date.context_today(self)

    def _gr_reset_mfa(self):
        """Take all second factors away; the next sign-in sets one up at once."""
        user = self.sudo()  # who may was checked by ``gr.mfa.reset``
        user._revoke_all_devices()
        self.env["gr.recovery.code"].sudo()._forget(user)  # sudo: as above
        user.write(
            {
                "totp_secret": False,
                "auth_passkey_key_ids": [(5, 0, 0)],
                "gr_mfa_asked_on": NO_GRACE,
            }
        )

    @check_identity
    def action_gr_recovery_codes(self):
        """Make new recovery codes for oneself; the old ones are worth nothing."""
        # sudo: the own codes
        codes = self.env["gr.recovery.code"].sudo()._make(self.env.user)
        return {
            "type": "ir.actions.act_window",
            "res_model": "gr.recovery.show",
            "name": self.env._("Recovery Codes"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_codes": "\n".join(codes), "dialog_size": "medium"},
        }

    def action_gr_reset_mfa(self):
        """Open the dialogue in which an administrator takes the factors away."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "gr.mfa.reset",
            "name": self.env._("Reset the Second Factor"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_user_id": self.id, "dialog_size": "medium"},
        }
