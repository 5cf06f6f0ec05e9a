"""SAML 2.0 by HTTP: begin, take the answer, show our metadata, log out."""

from datetime import UTC

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.http import Controller, Response, request, route

from ..const import REFUSED_PATH
from ..exceptions import IdentityRefused
from ..saml import messages
from ..saml.names import MAX_BODY_BYTES
from ..saml.toolkit import settings_for
from .harvest_auth import SignInFlow

_PATH = "/auth/saml/<int:provider_id>"


class HarvestSaml(SignInFlow, Controller):
    @route(f"{_PATH}/start", type="http", auth="public", sitemap=False, readonly=False)
    def start(self, provider_id, redirect=None, **_params):
        provider = self._find(provider_id, "enabled")
        if not provider:
            return request.redirect(REFUSED_PATH, 303)
        return self._send(provider, redirect)

    @route(f"{_PATH}/test", type="http", auth="user", sitemap=False, readonly=False)
    def test(self, provider_id, **_params):
        """Begin a sign-in that only tells whether it would work."""
        provider = request.env["gr.saml.provider"].browse(provider_id).exists()
        if not provider or not provider.has_access("write"):
            raise request.not_found()
        return self._send(
            provider.with_user(SUPERUSER_ID), None, tester=request.env.user
        )

    @route(
        f"{_PATH}/acs",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the answer comes from their page; the request binds it
        sitemap=False,
        max_content_length=MAX_BODY_BYTES,
    )
    def acs(self, provider_id, SAMLResponse="", RelayState="", **_params):
        provider = self._find(provider_id)
        if not provider:
            return request.redirect(REFUSED_PATH, 303)
        try:
            return self._take(provider, str(SAMLResponse), str(RelayState))
        except (IdentityRefused, UserError) as error:
            if isinstance(error, UserError):  # a rule of users, such as a wrong login
                error = IdentityRefused("user_rejected", type(error).__name__)
            return self._refuse(provider, error)

    @route(f"{_PATH}/metadata", type="http", auth="public", sitemap=False)
    def metadata(self, provider_id, **_params):
        provider = self._find(provider_id)
        if not provider:
            raise request.not_found()
        return Response(
            provider._get_our_metadata(),
            content_type="application/samlmetadata+xml; charset=utf-8",
        )

    @route(f"{_PATH}/slo", type="http", auth="public", sitemap=False, readonly=False)
    def slo(self, provider_id, **_params):
        """End sessions because theirs has ended; or come back from our own log-out."""
        provider = self._find(provider_id, "enabled")
        if not provider or "SAMLRequest" not in request.httprequest.args:
            return request.redirect("/web/login", 303)
        try:
            return self._end(provider)
        except IdentityRefused as error:
            return self._refuse(provider, error)

    # STEPS

    def _find(self, provider_id, *states):
        """Return the provider, as the system: who signs in is nobody yet."""
        providers = request.env["gr.saml.provider"].with_user(SUPERUSER_ID)
        found = providers.browse(provider_id).exists().filtered("active")
        return found.filtered(lambda p: not states or p.state in states)

    def _send(self, provider, redirect, **options):
        row, browser = self._begin(provider, redirect, **options)
        try:
            where = provider._prepare_request(row)
        except IdentityRefused as error:
            if options.get("tester"):
                provider._note_test([[error.code, False, error.detail]])
                return request.redirect(provider._get_form_path(), 303)
            return self._refuse(provider, error)
        response = request.redirect(where, 303, local=False)
        response.headers["Cache-Control"] = "no-store"
        return self._keep_browser(response, browser)

    def _take(self, provider, text, relay_state):
        row, request_id = self._match(provider, relay_state)
        if row and row.tester_id:
            provider._run_test(text, request_id)
            return request.redirect(f"/odoo/saml-providers/{provider.id}", 303)
        if provider.state != "enabled":
            raise IdentityRefused("not_enabled")
        subject, claims, verified = provider._verify(text, request_id)
        user = provider._sign_in(subject, claims)
        until = verified.session_expires
        return self._finish(
            provider,
            user,
            subject,
            row.target if row else None,
            index=verified.session_index,
            expires=until and until.astimezone(UTC).replace(tzinfo=None),
            name=verified.name_id,
            kept={
                "name_id": verified.name_id,
                "format": verified.name_id_format,
                "index": verified.session_index,
            },
        )

    def _match(self, provider, relay_state):
        """Use the request up; None for a sign-in that may begin there."""
        try:
            row = self._consume(provider, relay_state)
        except IdentityRefused as error:
            if provider.allow_unsolicited and error.code == "request_unknown":
                return None, None
            raise
        return row, row._get_kept()["request_id"]

    def _end(self, provider):
        expected = provider._get_expected()
        query = request.httprequest.query_string.decode("ascii", "replace")
        asked = messages.read_end(query, provider.slo_path_url, expected)
        until = asked["expires"].astimezone(UTC).replace(tzinfo=None)
        key = f"{provider.entity_id}|{asked['id']}"
        request.env["gr.identity.replay"].sudo()._claim(key, until)  # nobody's table
        sessions = request.env["gr.identity.session"].sudo()  # nobody's table
        ended = sessions._end(provider.identity_ids, asked["indexes"], asked["name_id"])
        provider._audit("session_ended", detail={"sessions": len(ended)})
        settings = settings_for(
            expected, provider.sso_url, provider.slo_url or "", provider.slo_path_url
        )
        if not provider.slo_url:
            return request.redirect("/web/login", 303)
        where = messages.answer_end(settings, asked["id"], asked["relay_state"])
        return request.redirect(where, 303, local=False)
