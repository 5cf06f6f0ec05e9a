"""The pages between a right password and the first screen; phone first."""

import base64
import json
import os
import re
import time

from werkzeug.urls import url_encode

from odoo.exceptions import AccessDenied
from odoo.http import request, route

from odoo.addons.auth_totp.controllers.home import Home
from odoo.addons.auth_totp.models.totp import TOTP_SECRET_SIZE

INVITED_FOR = 15 * 60  # seconds after the sign-in; later, Preferences ask again
PAGE = {
    "type": "http",
    "auth": "public",
    "sitemap": False,
    "website": True,
    "multilang": False,
}
SECRET = "gr_enroll_secret"


class SecondFactorHome(Home):
    def _login_redirect(self, uid, redirect=None):
        target = super()._login_redirect(uid, redirect=redirect)
        if request.session.uid and request.session.pop("gr_invite", False):
            return f"/web/login/enroll?{_query(target)}"
        return target

    @route("/web/login/passkey", methods=["GET"], **PAGE)
    def web_passkey(self, redirect=None, **_kwargs):
        if not self._get_pending():
            return request.redirect("/web/login")
        return request.render(
            "harvest_auth.passkey_form", {"redirect": redirect, "error": None}
        )

    @route("/web/login/enroll", methods=["GET", "POST"], **PAGE)
    def web_enroll(self, redirect=None, code=None, registration=None, **_kwargs):
        user = self._get_pending("gr_enroll") or self._get_invited()
        if not user:
            return request.redirect("/web/login")
        error = None
        if request.httprequest.method == "POST":
            error = self._set_up(user, code, registration)
            if error is None:
                return self._welcome(user, redirect)
        return request.render(
            "harvest_auth.enroll_form", self._enroll_values(user, redirect, error)
        )

    @route("/web/login/enroll/passkey", type="jsonrpc", auth="public")
    def web_enroll_passkey(self):
        """Return what the browser needs to make a passkey."""
        user = self._get_pending("gr_enroll") or self._get_invited()
        if not user:
            raise AccessDenied
        return user.env["auth.passkey.key"]._start_registration()

    @route("/web/login/recovery", methods=["GET", "POST"], **PAGE)
    def web_recovery(self, redirect=None, code=None, **_kwargs):
        user = self._get_pending()
        if not user or user._mfa_type() == "gr_enroll":
            return request.redirect("/web/login")
        error = None
        if request.httprequest.method == "POST":
            try:
                self._recover(user, code or "")
            except AccessDenied as refused:
                error = str(refused)
            else:
                return self._enter(user, redirect)
        return request.render(
            "harvest_auth.recovery_form", {"redirect": redirect, "error": error}
        )

    # WHO

    def _get_pending(self, mfa_type=None):
        """Return who gave a right password and nothing more yet, as that user."""
        uid = not request.session.uid and request.session.get("pre_uid")
        user = request.env(user=uid or None)["res.users"].browse(uid or ())
        # The page began for nobody, in the website's district. sudo: the own district
        user = user.with_context(allowed_company_ids=user.sudo().company_id.ids)
        if user and mfa_type and user._mfa_type() != mfa_type:
            return user.browse()
        return user

    def _get_invited(self):
        """Return who signed in just now and may set a factor up, or nobody."""
        at = request.session.get("gr_invited_at", 0)
        user = request.env.user if request.session.uid else request.env["res.users"]
        fresh = time.time() - at < INVITED_FOR
        return user if user and fresh and user._gr_mfa_deadline() else user.browse()

    # WHAT

    def _enroll_values(self, user, redirect, error):
        session = request.session
        if not session.get(SECRET):
            raw = base64.b32encode(os.urandom(TOTP_SECRET_SIZE // 8)).decode()
            session[SECRET] = " ".join(re.findall("....", raw))
        # sudo: computes a picture for whoever is about to set the factor up
        wizard = user.env["auth_totp.wizard"].sudo()
        wizard = wizard.new({"user_id": user.id, "secret": session[SECRET]})
        return {
            "user": user,
            "redirect": redirect,
            "error": error,
            "secret": session[SECRET],
            "url": wizard.url,
            "picture": f"data:image/png;base64,{wizard.qrcode.decode()}",
            "level": user._gr_policy().mfa,
            "deadline": user._gr_mfa_deadline(),
            "may_wait": bool(session.uid),
        }

    def _set_up(self, user, code, registration):
        """Set a factor up. Return what went wrong, or None."""
        if registration:
            return self._set_up_passkey(user, registration)
        digits = re.sub(r"\D", "", code or "")
        secret = request.session.get(SECRET)
        if user._gr_policy().mfa == "passkey" or not secret:
            return request.env._("A passkey is asked for.")
        if not digits or not user._totp_try_setting(secret, int(digits)):
            return request.env._(
                "This is not the code that the app shows now. Check that the time of"
                " your phone is set by itself, and enter the next code."
            )
        return None

    def _set_up_passkey(self, user, registration):
        try:
            new = user.env["auth.passkey.key.create"].create({"name": "Passkey"})
            # The sign-in is moments old: no second check of the password.
            type(new).make_key.__wrapped__(new, registration=json.loads(registration))
        except (ValueError, AccessDenied):
            return request.env._(
                "The passkey could not be made. Try again, or use the app."
            )
        return None

    def _welcome(self, user, redirect):
        """Sign in, and show the recovery codes once."""
        request.session.pop(SECRET, None)
        request.session.pop("gr_invited_at", None)
        user._gr_audit("mfa_reset", user, {"code": "enrolled"})
        # sudo: the own codes
        codes = user.env["gr.recovery.code"].sudo()._make(user)
        target = self._enter(user, redirect).location
        return request.render(
            "harvest_auth.recovery_codes", {"codes": codes, "target": target}
        )

    def _recover(self, user, code):
        with user._assert_can_auth(user=user.id):
            # sudo: the own codes, before the sign-in is complete
            left = user.env["gr.recovery.code"].sudo()._use(user, code)
            if left is None:
                raise AccessDenied(
                    request.env._(
                        "This is none of your unused recovery codes. An administrator"
                        " can reset your second factor."
                    )
                )
        user._gr_audit("login", user, {"code": "recovery_code", "left": left})
        user.sudo()._gr_tell(  # sudo: mail about the account
            request.env._("A recovery code was used"),
            request.env._(
                "Somebody signed in with one of your recovery codes; %(left)s are left."
                " If it was not you, tell your administrator at once.",
                left=left,
            ),
        )

    def _enter(self, user, redirect):
        if not request.session.uid:
            request.session.finalize(request.env)
            request.update_env(user=request.session.uid)
            request.update_context(
                **request.session.context, allowed_company_ids=user.company_id.ids
            )
        request.params.setdefault("password", "")  # ``bus`` compares it with "admin"
        return request.redirect(self._login_redirect(user.id, redirect=redirect))


def _query(target):
    return url_encode({"redirect": target})
