from odoo import api, models
from odoo.exceptions import AccessDenied
from odoo.http import request

from ..const import SESSION_KEY

NO_PASSWORD = ("", None)


class GrUserDirectoryMixin(models.AbstractModel):
    """Part of ``res.users``: the password may be the one of a district's directory."""

    _name = "gr.user.directory.mixin"
    _description = "Users: Sign-in by Directory"

    def _login(self, credential, user_agent_env):
        """A login that nobody has here may be an account of a directory."""
        login = credential.get("login") or ""
        users = self.sudo()  # nobody is signed in yet
        if credential.get("type") != "password" or users.with_context(
            active_test=False
        ).search_count(self._get_login_domain(login), limit=1):
            return super()._login(credential, user_agent_env)
        directories = self._gr_directories(login, users.browse())
        if not directories:
            return super()._login(credential, user_agent_env)
        with self._assert_can_auth(user=login):
            user = self._gr_ask(directories, credential, user_agent_env, users.browse())
            user.with_user(user).sudo()._update_last_login()
        return self._gr_auth_info(user)

    def _check_credentials(self, credential, env):
        """A user's password is the own one, or the one of the linked account."""
        try:
            return super()._check_credentials(credential, env)
        except AccessDenied:
            if credential.get("type") != "password" or not self.env.user.active:
                raise
            user = self.env.user.sudo()  # whose identities are looked at
            directories = self._gr_directories(user.login, user)
            if not directories:
                raise
            self._gr_ask(directories, credential, env, user)
            return self._gr_auth_info(user)

    def _gr_directories(self, login, user):
        # sudo: nobody is signed in yet
        return self.env["gr.directory"].sudo()._choose(login, user)

    def _gr_ask(self, directories, credential, env, user):
        """Return the user that a directory vouches for.

        :raise AccessDenied: none does; and by RPC only keys count where a second factor
            is asked for
        """
        password = credential.get("password")
        interactive = (env or {}).get("interactive", True)
        if password in NO_PASSWORD or (user and not interactive):
            raise AccessDenied
        login = self._gr_directory_login(credential, user)
        found = directories._log_in(login, password, user)
        if not found:
            raise AccessDenied
        identity = found.gr_identity_ids.filtered(
            lambda identity: identity.directory_id in directories
        )[:1]
        if request and interactive and identity:
            # sudo: nobody's table
            sessions = self.env["gr.identity.session"].sudo()
            request.session[SESSION_KEY] = sessions._begin(identity)
        return found

    @api.model
    def _gr_directory_login(self, credential, user):
        return credential.get("login") or user.login

    @api.model
    def _gr_auth_info(self, user):
        return {"uid": user.id, "auth_method": "gr_directory", "mfa": "default"}
