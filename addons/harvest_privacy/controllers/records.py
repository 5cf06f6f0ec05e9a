import base64

from odoo import http
from odoo.http import request

PRIVATE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
ZIP = "application/zip"


class RecordsDelivery(http.Controller):
    """The page behind a download link, and the public keys.

    An unknown link, one that ended, and one whose reader lost the right meanwhile get
    the same answer. Looking at the page downloads nothing: mail programs open links by
    themselves.
    """

    @http.route(
        "/records/<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
    )
    def show(self, token, **_kwargs):
        records = request.env["gr.records.request"]._find_by_link(token)
        if not records:
            return self._render({"page": "unknown"}, status=404)
        key = request.env["gr.records.key"]._get_for(records.company_id)
        return self._render(
            {
                "page": "known",
                "records": records,
                "token": token,
                "fingerprint": key.fingerprint,
            }
        )

    @http.route(
        "/records/<string:token>/download",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def download(self, token, **_kwargs):
        records = request.env["gr.records.request"]._find_by_link(token)
        if not records:
            return self._render({"page": "unknown"}, status=404)
        records.link_count += 1
        records._audit("download")
        return self._send(records)

    @http.route("/records/request/<int:request_id>/archive", type="http", auth="user")
    def hand_over(self, request_id, **_kwargs):
        """The archive for the clerk who hands it over in person."""
        records = request.env["gr.records.request"].browse(request_id).exists()
        if not records or not records.has_access("write"):
            raise request.not_found()
        if records.state not in ("ready", "delivered") or records._get_objection():
            raise request.not_found()
        records._audit("download")
        # sudo: the clerk hands over more than the clerk may read on screen
        return self._send(records.sudo())

    @http.route("/records/keys", type="http", auth="public", sitemap=False)
    def keys(self, **_kwargs):
        # sudo: public halves of keys are public; archived ones still verify
        keys = request.env["gr.records.key"].sudo().with_context(active_test=False)
        text = "\n".join(
            f"{key.company_id.name}\n{key.fingerprint}\n{key.public_pem}"
            for key in keys.search([])
        )
        return request.make_response(
            text, [("Content-Type", "text/plain; charset=utf-8")]
        )

    def _send(self, records):
        data = records.with_context(bin_size=False).archive
        stream = http.Stream(
            type="data",
            data=base64.b64decode(data),
            mimetype=ZIP,
            download_name=f"{records.name}.zip",
        )
        return self._finish(stream.get_response(as_attachment=True, max_age=0))

    def _render(self, values, status=200):
        response = request.render("harvest_privacy.page_records", values, status=status)
        return self._finish(response)

    def _finish(self, response):
        response.headers.update(PRIVATE)
        return response
