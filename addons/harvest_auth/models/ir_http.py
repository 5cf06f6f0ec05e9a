import json

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

    @classmethod
    def _handle_error(cls, exception):
        response = super()._handle_error(exception)
        if not request.session.uid:
            _forget_trace(response)
        return response


def _forget_trace(response):
    """Take the stack of calls out of an error: paths and code are no stranger's.

    Odoo puts it into every error in JSON, also for who has no account. The web client
    shows it to people who are signed in; programs with a key get along without.
    """
    if getattr(response, "mimetype", None) != "application/json":
        return
    body = json.loads(response.get_data(as_text=True))
    error = body.get("error", body) if isinstance(body, dict) else {}
    told = [part for part in (error, error.get("data")) if isinstance(part, dict)]
    traces = [part.pop("debug", None) for part in told]
    if any(traces):
        response.set_data(json.dumps(body))
