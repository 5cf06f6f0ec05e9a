from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.http import STORED_SESSION_BYTES, request

from ..policy.sessions import SessionLimits, strictest

PASSWORD_FIELDS = {"password", "new_password"}
MFA_FIELDS = {"totp_secret", "auth_passkey_key_ids"}


class GrUserSessionMixin(models.AbstractModel):
    """Part of ``res.users``: how long a session lasts, and what ends it."""

    _name = "gr.user.session.mixin"
    _description = "Users: Sessions"

    gr_session_ids = fields.One2many(
        "gr.session", "user_id", string="Sessions", domain=[("ended_at", "=", False)]
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "gr_session_ids"]

    def authenticate(self, credential, user_agent_env):
        auth_info = super().authenticate(credential, user_agent_env)
        if request and (user_agent_env or {}).get("interactive"):
            request.session["gr_auth_method"] = auth_info.get("auth_method")
        return auth_info

    def _compute_session_token(self, sid):
        """Refuse a session that is over.

        Everything that takes a session asks here: pages, RPC, both ways of the
        websocket.
        """
        # sudo: whether one's own session has ended
        if not self.env["gr.session"].sudo()._is_open(self, sid):
            return False
        return super()._compute_session_token(sid)

    def _gr_session_limits(self):
        """Return the ``SessionLimits`` of this user."""
        limits = self._gr_policy().limits
        if not self._gr_sign_in_facts()["kiosk"]:
            return limits
        minutes = self.env["gr.rule"].sign_in_rule("auth.kiosk.idle_minutes")
        return strictest([limits, SessionLimits(idle=minutes * 60)])

    def write(self, vals):
        reason = self._gr_why_sessions_end(vals)
        groups = {user: user.all_group_ids for user in self.sudo()} if reason else {}
        result = super().write(vals)
        if reason == "role_changed":
            changed = [
                user.id for user, old in groups.items() if user.all_group_ids != old
            ]
            self.browse(changed)._gr_end_sessions(reason)
        elif reason:
            self._gr_end_sessions(reason)
        return result

    @api.model
    def _gr_why_sessions_end(self, vals):
        if "active" in vals and not vals["active"]:
            return "archived"
        if PASSWORD_FIELDS & vals.keys():
            return "password_changed"
        if MFA_FIELDS & vals.keys():
            return "mfa_changed"
        return "role_changed" if "group_ids" in vals else None

    def _gr_end_sessions(self, reason):
        """End all sessions of these users but the one that does it."""
        # sudo: the system ends them, whoever changed the account
        sessions = (
            self.env["gr.session"]
            .sudo()
            .search([("user_id", "in", self.ids), ("ended_at", "=", False)])
        )
        if request and request.session.uid in self.ids:
            here = request.session.sid[:STORED_SESSION_BYTES]
            sessions = sessions.filtered(lambda session: session.identifier != here)
        sessions._end(reason)

    def action_gr_end_sessions(self):
        """Log these users out everywhere; for administrators."""
        self.check_access("read")
        if not self.env.user.has_group("harvest_base.group_harvest_admin"):
            raise AccessError(self.env._("Ask an administrator to log them out."))
        # sudo: who may was checked above
        self.env["gr.session"].sudo().search(
            [("user_id", "in", self.ids), ("ended_at", "=", False)]
        )._end("administrator")
