import base64

from odoo import http
from odoo.http import request

from .learner import LearnerPortal

FILES = {"pdf": "application/pdf", "badge": "image/png"}


class CertificatePortal(LearnerPortal):
    """My certificates: read, download, show to others."""

    @http.route("/my/training/certificates", type="http", auth="user", website=True)
    def certificates(self, **_kwargs):
        learner = self._get_learner()
        return self._render_page(
            "page_certificates",
            {
                "page_name": "gr_training_certificates",
                "certificates": learner.certificate_ids,
            },
        )

    @http.route(
        "/my/training/certificates/<int:certificate_id>/<string:kind>",
        type="http",
        auth="user",
        website=True,
    )
    def certificate_file(self, certificate_id, kind, **_kwargs):
        certificate = self._find_own("gr.certificate", certificate_id)
        if not certificate or kind not in FILES or not certificate[kind]:
            return self._render_missing()
        name = certificate[f"{kind}_name"]
        headers = [
            ("Content-Type", FILES[kind]),
            ("Content-Disposition", http.content_disposition(name)),
            ("Cache-Control", "no-store"),
        ]
        data = base64.b64decode(certificate.with_context(bin_size=False)[kind])
        return request.make_response(data, headers)
