from odoo import models
from odoo.http import request


class GrHttpSessionMixin(models.AbstractModel):
    """Part of ``ir.http``: each request of a session is seen."""

    _name = "gr.http.session.mixin"
    _description = "HTTP: Sessions"

    @classmethod
    def _authenticate_explicit(cls, auth):
        result = super()._authenticate_explicit(auth)
        if request.session.uid is not None and request.session.can_save:
            # sudo: one's own session is noted, nobody writes the table
            request.env["gr.session"].sudo()._see()
        return result

    @classmethod
    def _post_logout(cls):
        result = super()._post_logout()
        # sudo: one's own session is ended
        request.env["gr.session"].sudo()._close(request.session.sid, "logout")
        return result
