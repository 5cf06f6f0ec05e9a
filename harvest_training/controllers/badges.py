from odoo import http
from odoo.http import request

from ..badges import credential, status

PUBLIC = {"auth": "public", "type": "http", "methods": ["GET"], "cors": "*"}
MOST_LISTS = 2**31 // status.LIST_BITS  # as many as ids can fill
HOUR = "public, max-age=3600"
CONTEXT = {"@context": list(credential.CONTEXTS)}


class Badges(http.Controller):
    """What verifiers of digital badges fetch: issuers, keys, achievements, revocations.

    Nothing here is about a person. The list of revocations has a bit for each position
    and says to whom none of them belongs.
    """

    @http.route("/harvest/badges/issuers/<string:uuid>", **PUBLIC, readonly=True)
    def issuer(self, uuid):
        issuer = request.env["gr.badge.issuer"]._find(uuid)
        return self._answer(issuer and issuer._get_profile())

    @http.route(
        "/harvest/badges/issuers/<string:uuid>/jwks.json", **PUBLIC, readonly=True
    )
    def key_set(self, uuid):
        issuer = request.env["gr.badge.issuer"]._find(uuid)
        return self._answer(issuer and issuer._get_key_set())

    @http.route("/harvest/badges/issuers/<string:uuid>/status/<int:number>", **PUBLIC)
    def status_list(self, uuid, number):
        issuer = request.env["gr.badge.issuer"]._find(uuid)
        if not issuer or number >= MOST_LISTS:
            return self._answer(None)
        headers = [("Content-Type", "application/vc+jwt"), ("Cache-Control", HOUR)]
        return request.make_response(issuer._get_status_list(number), headers)

    @http.route("/harvest/badges/achievements/<string:uuid>", **PUBLIC)
    def achievement(self, uuid):
        program = self._find_program(uuid)
        if not program:
            return self._answer(None)
        issuer = request.env["gr.badge.issuer"]._get(program.company_id)
        template = program.certificate_template_id
        described = program._describe_achievement(issuer, template)
        return self._answer({**CONTEXT, **credential.describe(described)})

    @http.route("/harvest/badges/achievements/<string:uuid>/image", **PUBLIC)
    def image(self, uuid):
        program = self._find_program(uuid)
        if not program:
            return self._answer(None)
        picture = program.certificate_template_id._get_badge_picture()
        headers = [("Content-Type", "image/png"), ("Cache-Control", HOUR)]
        return request.make_response(picture, headers)

    def _find_program(self, uuid):
        # sudo: what a program certifies is public once it has certified somebody
        programs = request.env["gr.training.program"].sudo()
        if "\0" in uuid:  # PostgreSQL has no such sign
            return programs
        return programs.search([("badge_uuid", "=", uuid)], limit=1)

    def _answer(self, content):
        """Return JSON, or the one answer to whatever is not there."""
        if not content:
            return request.make_json_response({"error": "not found"}, status=404)
        return request.make_json_response(content, [("Cache-Control", HOUR)])


class CertificateSample(http.Controller):
    @http.route(
        "/harvest/certificates/sample/<int:template_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def sample(self, template_id):
        """The PDF of somebody invented, for who designs it."""
        # Searched, not browsed: the record rules decide what is there.
        templates = request.env["gr.certificate.template"]
        template = templates.with_context(active_test=False).search(
            [("id", "=", template_id)]
        )
        if not template:
            raise request.not_found()
        pdf = template._print_sample()
        headers = [("Content-Type", "application/pdf"), ("Cache-Control", "no-store")]
        return request.make_response(pdf, headers)
