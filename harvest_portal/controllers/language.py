from odoo import http
from odoo.http import request

from ..const import CHOSEN_LANGUAGE, LANGUAGE_COOKIE, LANGUAGE_COOKIE_AGE


def remember_language(response, code):
    """Let the browser ask for pages in the language ``code`` from now on."""
    if code in request.env["res.lang"]._get_frontend():
        response.set_cookie(LANGUAGE_COOKIE, code, max_age=LANGUAGE_COOKIE_AGE)


class Language(http.Controller):
    @http.route("/harvest/language", type="http", auth="public", methods=["POST"])
    def set_language(self, code="", redirect="/my", **_kwargs):
        """Change the language of the pages, and of letters to a user who is logged in.

        :param str code: language code, for example ``es_419``
        :param str redirect: the page that the visitor was on
        """
        response = request.redirect(redirect or "/my", local=True)
        if code not in request.env["res.lang"]._get_frontend():
            return response
        user = request.env["res.users"].browse(request.env.uid)
        if not request.env.user._is_public():
            user.write({"lang": code})
        request.session[CHOSEN_LANGUAGE] = code
        request.session.context = {**request.session.context, "lang": code}
        remember_language(response, code)
        return response
