from odoo.http import request

from odoo.addons.portal.controllers.web import Home as PortalHome

from ..const import CHOSEN_LANGUAGE
from .language import remember_language


class Home(PortalHome):
    """After the login the pages speak the user's language.

    Odoo lets the cookie of the last visitor win over the user's own language; a family
    that logs in on an English browser would read English.
    """

    def _login_redirect(self, uid, redirect=None):
        chosen = request.session.get(CHOSEN_LANGUAGE)
        own = request.session.context.get("lang")
        remember_language(request.future_response, chosen or own)
        return super()._login_redirect(uid, redirect=redirect)
