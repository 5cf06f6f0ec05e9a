from odoo import http
from odoo.http import request


class DataMap(http.Controller):
    @http.route("/harvest/privacy/processing", auth="user")
    def processing(self):
        """The record of processing as tagged PDF, for who keeps the records."""
        if not request.env["gr.consent.text"].has_access("read"):
            raise request.not_found()
        data = request.env["gr.privacy.processing"]._print()
        return request.make_response(
            data,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", "inline; filename=record-of-processing.pdf"),
                ("Cache-Control", "no-store"),
            ],
        )
