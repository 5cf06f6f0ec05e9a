from urllib.parse import quote

from odoo import http
from odoo.http import request

PRIVATE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}


class CertificateVerification(http.Controller):
    """Anybody with a certificate in hand asks whether it is genuine.

    The answer tells what is printed on the paper, except the name: who asks types the
    name, and is told whether it is that one. So a code that went astray names nobody.
    An unknown code, a mistyped one and none at all get the same answer.
    """

    @http.route(
        "/verify",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        readonly=True,
    )
    def ask(self, code="", **_kwargs):
        if code:
            return request.redirect(f"/verify/{quote(code.strip()[:100], safe='')}")
        return self._render({"page": "ask"})

    @http.route(
        "/verify/<string:code>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def answer(self, code, holder="", **_kwargs):
        certificate = request.env["gr.certificate"]._find_by_code(code)
        if not certificate:
            return self._render({"page": "unknown"}, status=404)
        asked = request.httprequest.method == "POST" and holder.strip()[:200]
        return self._render(
            {
                "page": "known",
                "certificate": certificate,
                "status": certificate._get_status(),
                "holder": asked,
                "is_held": bool(asked) and certificate._is_held_by(asked),
            }
        )

    def _render(self, values, status=200):
        response = request.render("harvest_training.page_verify", values, status=status)
        response.headers.update(PRIVATE)
        return response
