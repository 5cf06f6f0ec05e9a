"""The sign-in page, and what every way to sign in has in common."""

import logging
import secrets

from werkzeug.urls import url_parse

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import AccessDenied
from odoo.http import request, route

from odoo.addons.auth_signup.controllers.main import AuthSignupHome
from odoo.addons.web.controllers.session import Session
from odoo.addons.web.controllers.utils import _get_login_redirect_url

from ..const import COOKIE, REFUSED_PATH, SESSION_KEY, SIGN_IN_MINUTES
from ..exceptions import IdentityRefused
from ..models.res_users import SignIn

_logger = logging.getLogger(__name__)
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class HarvestAuthHome(AuthSignupHome):
    @route()
    def web_login(self, *args, **kw):
        response = super().web_login(*args, **kw)
        if response.is_qweb:
            buttons = request.env["gr.identity.provider.mixin"]._get_buttons()
            response.qcontext["gr_identity_buttons"] = buttons
            if request.params.get("gr_sign_in") == "refused":
                response.qcontext["error"] = request.env._(
                    "You could not be signed in. Try again; if it happens again, ask"
                    " the administrator of your program."
                )
        return response


class HarvestAuthSession(Session):
    @route()
    def logout(self, redirect="/odoo"):
        """Log out there, too, where the sign-in came from."""
        if request.session.get(SESSION_KEY):  # Odoo's route only reads
            return request.redirect("/auth/leave", 303)
        return super().logout(redirect=redirect)

    @route("/auth/leave", type="http", auth="none", sitemap=False)
    def leave(self, **_params):
        """End the session of a sign-in here, and go on to its provider's log-out."""
        where = self._leave()
        request.session.logout(keep_db=True)
        return request.redirect(where or "/odoo", 303, local=not where)

    def _leave(self):
        key = request.session.get(SESSION_KEY)
        if not key:
            return None
        # As the system: the own session, in nobody's table, without a user.
        sessions = request.env["gr.identity.session"].with_user(SUPERUSER_ID)
        session = sessions._find(key)
        if not session._is_open():
            return None
        session.ended_at = fields.Datetime.now()
        return session.identity_id._get_provider()._get_logout_address(session)


class SignInFlow:
    """Begin, finish and refuse a sign-in; for the controllers of every protocol."""

    def _begin(self, provider, redirect, **options):
        """Open a request that is bound to this browser.

        :param redirect: local path to go to afterwards
        :return: the row of ``gr.identity.request``; ``_keep_browser`` sets the cookie
        """
        browser = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
        row = request.env["gr.identity.request"].sudo()  # nobody's table, our own step
        return row._open(provider, browser, redirect, **options), browser

    def _keep_browser(self, response, browser):
        """Bind the sign-in to this browser.

        The answer comes by a form that another site sends, so the cookie must travel
        across sites; browsers allow that to secure cookies only.
        """
        secure = self._is_secure()
        response.set_cookie(
            COOKIE,
            browser,
            max_age=SIGN_IN_MINUTES * 60,
            path="/auth",
            httponly=True,
            secure=secure,
            samesite="None" if secure else None,
        )
        return response

    def _is_secure(self):
        http = request.httprequest
        return http.scheme == "https" or url_parse(http.url_root).host in _LOOPBACK

    def _consume(self, provider, key):
        rows = request.env["gr.identity.request"].sudo()  # nobody's table, our own step
        return rows._consume(provider, key, request.cookies.get(COOKIE))

    def _finish(self, provider, user, subject, target=None, **session):
        """Sign the user in here, and go where the person wanted to go.

        :param session: ``index``, ``expires``, ``name``, ``kept`` of
            ``gr.identity.session._begin``
        """
        identity = provider.identity_ids.search(
            [(provider._get_link_field(), "=", provider.id), ("subject", "=", subject)]
        )
        # The user may be new: counters and logs of sign-ins write in transactions of
        # their own, and must see it (as in Odoo's auth_oauth).
        request.env.cr.commit()  # pylint: disable=invalid-commit
        proof = SignIn(user.id, skip_mfa=provider.is_mfa_trusted)
        credential = {"login": user.login, "type": "gr_identity", "gr_proof": proof}
        try:
            auth_info = request.session.authenticate(request.env, credential)
        except AccessDenied as error:
            raise IdentityRefused("login_refused", f"user {user.id}") from error
        # sudo: nobody's table
        sessions = request.env["gr.identity.session"].sudo()
        request.session[SESSION_KEY] = sessions._begin(identity, **session)
        path = _get_login_redirect_url(auth_info["uid"], target)
        return request.redirect(path, 303)

    def _refuse(self, provider, error):
        """Send the person back with one sentence; the reason goes to the log."""
        request.env.cr.rollback()
        _logger.info("%s %s refused: %s", provider._name, provider.id, error)
        provider._audit("login_refused", outcome="refused", detail={"code": error.code})
        return request.redirect(REFUSED_PATH, 303)
