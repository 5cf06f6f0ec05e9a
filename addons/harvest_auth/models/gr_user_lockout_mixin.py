import secrets
from contextlib import contextmanager

from odoo import api, models, tools
from odoo.exceptions import AccessDenied
from odoo.http import request


class GrUserLockoutMixin(models.AbstractModel):
    """Part of ``res.users``: how often one may guess."""

    _name = "gr.user.lockout.mixin"
    _description = "Users: Failed Sign-ins"

    @contextmanager
    def _assert_can_auth(self, user=None):
        """Replace Odoo's count, which is per address and per process.

        :param user: the login that was typed, or the id of a user (second factor, RPC)
        """
        if not request:
            yield
            return
        login = user if isinstance(user, str) else self.browse(user).sudo().login
        ticket = self._gr_begin_attempt(login)
        try:
            yield
        except AccessDenied:
            # sudo: nobody is signed in yet
            person = self.sudo()._gr_find_by_login(login)
            if isinstance(user, str):
                self._gr_spend_hash(person)
            self.env["gr.lockout"].sudo()._fail(ticket, person)  # sudo: as above
            self._gr_audit(
                "login_refused", person, {"code": "wrong_credentials"}, "refused"
            )
            raise
        if not isinstance(user, str):
            self._gr_end_attempt(ticket)

    def _login(self, credential, user_agent_env):
        auth_info = super()._login(credential, user_agent_env)
        ticket = request and getattr(request, "gr_attempt", None)
        if ticket:
            user = self.browse(auth_info["uid"])
            is_done = auth_info.get("mfa") == "skip" or not user._mfa_url()
            self._gr_end_attempt(ticket, account=is_done)
            if user._gr_sign_in_facts()["break_glass"]:
                user._gr_alarm_break_glass()
        return auth_info

    def reset_password(self, login):
        """Say the same of every login, so that nobody learns which ones exist."""
        users = self.search(self._get_login_domain(login))
        users = users or self.search(self._get_email_domain(login))
        if len(users) == 1 and users.email and not users._gr_is_district_only():
            return super().reset_password(login)
        return None

    def _gr_begin_attempt(self, login):
        """Count an attempt, once a request and login (LDAP tries a second time)."""
        ticket = getattr(request, "gr_attempt", None)
        if ticket is None or ticket.login != login:
            # sudo: nobody is signed in yet
            user = self.sudo()._gr_find_by_login(login)
            lockout = self.env["gr.lockout"].sudo()  # nobody is signed in yet
            ticket = lockout._begin(login, request.httprequest.remote_addr, user)
            request.gr_attempt = ticket
        return ticket

    def _gr_end_attempt(self, ticket, account=True):
        # sudo: the counter of whoever signs in
        self.env["gr.lockout"].sudo()._succeed(ticket, account=account)
        request.gr_attempt = None

    @api.model
    def _gr_find_by_login(self, login):
        return self.search(
            self._get_login_domain(login), order=self._get_login_order(), limit=1
        )

    @api.model
    def _gr_spend_hash(self, person):
        """Take as long as a wrong password of a real account takes.

        One password hash is the cost of a sign-in (0.3 s); without it an answer that
        comes at once would tell that there is no such account.
        """
        self.env.cr.execute(
            "SELECT 1 FROM res_users WHERE id = %s AND password LIKE '$%%'",
            [person.id or 0],
        )
        if not self.env.cr.fetchone():
            self._crypt_context().verify("wrong", self._gr_dummy_hash())

    @tools.ormcache(cache="stable")
    def _gr_dummy_hash(self):
        return self._crypt_context().hash(secrets.token_urlsafe())

    def _gr_alarm_break_glass(self):
        """Tell everybody concerned that the account for emergencies was used."""
        self._gr_audit("login", self, {"break_glass": True})
        administrators = self.sudo()._gr_administrators()  # nobody is signed in yet
        administrators._gr_tell(
            self.env._("The break-glass account was used"),
            self.env._(
                "%(name)s signed in. This account is for emergencies only: if you do"
                " not know of one, change its password and end its sessions.",
                name=self.sudo().name,
            ),
        )
