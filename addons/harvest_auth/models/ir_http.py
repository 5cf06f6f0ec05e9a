from odoo import api, models
from odoo.http import request

from ..const import SESSION_KEY


class IrHttp(models.AbstractModel):
    """A session that the district's system has ended is no session here."""

    _inherit = ["gr.http.session.mixin", "gr.http.bearer.mixin", "ir.http"]
    _name = "ir.http"

    @classmethod
    def _authenticate_explicit(cls, auth):
        key = request.session.get(SESSION_KEY)
        if key and request.session.uid:
            # sudo: whether one's own session has ended; no one may read the table
            Session = request.env["gr.identity.session"].sudo()
            if not Session._find(key)._is_open():
                request.session.logout(keep_db=True)
                request.env = api.Environment(
                    request.env.cr, None, request.session.context
                )
        return super()._authenticate_explicit(auth)
