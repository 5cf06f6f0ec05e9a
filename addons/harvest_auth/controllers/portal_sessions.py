from odoo import http
from odoo.http import request


class PortalSessions(http.Controller):
    @http.route(
        "/my/sessions/<int:session_id>/end",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def end(self, session_id, **_kwargs):
        """End one of the own sessions; of anybody else's nothing is said."""
        own = request.env["gr.session"]._get_own()
        own.filtered(lambda session: session.id == session_id).action_end()
        return request.redirect("/my/security#harvest_sessions")
