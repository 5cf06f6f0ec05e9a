from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.base.models.res_users import check_identity

ADMINISTRATORS = "harvest_base.group_harvest_admin"


class GrMfaReset(models.TransientModel):
    """Take away the second factor of somebody who cannot use it any more.

    Reasons are codes, so that no story about a person gets into the audit log.
    """

    _name = "gr.mfa.reset"
    _description = "Reset of a Second Factor"

    user_id = fields.Many2one("res.users", string="Person", required=True)
    reason = fields.Selection(
        [
            ("lost", "The device was lost or stolen"),
            ("replaced", "The device was replaced"),
            ("broken", "The device does not work"),
            ("misused", "Somebody else may have used the account"),
        ],
        required=True,
    )
    identity = fields.Selection(
        [
            ("in_person", "I met the person"),
            ("video", "By a video call"),
            ("call_back", "I called back a number that we had before"),
        ],
        string="How Do You Know Who It Is?",
        required=True,
    )

    @check_identity
    def action_reset(self):
        """Reset it, write it down, and tell the person."""
        self.ensure_one()
        user = self.user_id
        if not self.env.user.has_group(ADMINISTRATORS):
            raise AccessError(self.env._("Ask an administrator to reset it."))
        if user == self.env.user:
            raise UserError(
                self.env._(
                    "Another administrator resets yours; or use a recovery code."
                )
            )
        user.check_access("read")
        if user.has_group("base.group_system") and not self.env.user._is_system():
            raise AccessError(
                self.env._("Who has the system's settings is reset by one's equals.")
            )
        user._gr_reset_mfa()
        detail = {"reason": self.reason, "identity": self.identity}
        user._gr_audit("mfa_reset", user, detail)
        user.sudo()._gr_tell(  # sudo: mail about the account
            self.env._("Your second factor was reset"),
            self.env._(
                "An administrator reset it. Set a new one up when you sign in next. If"
                " you did not ask for this, tell your administrator at once."
            ),
        )
        return {"type": "ir.actions.act_window_close"}
