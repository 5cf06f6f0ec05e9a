"""OpenID Connect: to the provider, back from it, and its word that it is over."""

import json
import logging

from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route

from ..exceptions import IdentityRefused
from ..oidc.flow import Secrets, make_secrets
from .harvest_auth import SignInFlow

_logger = logging.getLogger(__name__)


class OidcController(SignInFlow, Controller):
    @route(
        "/auth/oidc/<int:provider_id>/start",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def start(self, provider_id, redirect=None, **_kw):
        provider = self._provider(provider_id)
        return self._send(provider, redirect)

    @route(
        "/auth/oidc/<int:provider_id>/test",
        type="http",
        auth="user",
        methods=["GET"],
        sitemap=False,
    )
    def test(self, provider_id, **_kw):
        provider = request.env["gr.oidc.provider"].browse(provider_id).exists()
        if not provider:
            raise NotFound
        provider.check_access("write")
        # sudo: who may change it may test it
        return self._send(provider.sudo(), None, tester=request.env.user)

    @route(
        "/auth/oidc/<int:provider_id>/callback",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def callback(self, provider_id, **answer):
        provider = self._provider(provider_id, tested=True)
        if "state" not in answer and "error" not in answer:
            # Portals of districts begin sign-ins on their own (Clever, ClassLink). What
            # they bring could be anybody's, so it is dropped and we begin anew.
            return self._send(provider, None)
        try:
            sign_in = self._consume(provider, answer.get("state"))
        except IdentityRefused as error:
            return self._refuse(provider, error)
        if sign_in.tester_id:
            return self._show_test(provider, sign_in, answer)
        if provider.state != "enabled":
            return self._refuse(provider, IdentityRefused("provider_disabled"))
        try:
            claims = provider._verify_answer(answer, Secrets(**sign_in._get_kept()))
            subject, texts = provider._read_person(claims)
            user = provider._sign_in(subject, texts)
            sid = claims.get("sid")
            index = sid if isinstance(sid, str) else None
            return self._finish(provider, user, subject, sign_in.target, index=index)
        except IdentityRefused as error:
            return self._refuse(provider, error)

    @route(
        "/auth/oidc/<int:provider_id>/logout",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        sitemap=False,
    )
    def back_channel_logout(self, provider_id, logout_token="", **_kw):
        """Back-Channel Logout 1.0 §§2.5, 2.8: called by their server, not a browser."""
        provider = self._provider(provider_id)
        headers = [("Cache-Control", "no-store"), ("Content-Type", "application/json")]
        try:
            ended = provider._end_by_token(logout_token)
        except IdentityRefused as error:
            request.env.cr.rollback()
            _logger.info(
                "%s %s log-out refused: %s", provider._name, provider_id, error
            )
            body = json.dumps({"error": "invalid_request"})
            return request.make_response(body, headers, status=400)
        _logger.info("%s ended %s sessions", provider, len(ended))
        return request.make_response("{}", headers)

    def _provider(self, provider_id, *, tested=False):
        """Return a provider that is in use; one that is being set up, if ``tested``."""
        # sudo: nobody is signed in yet; an id in an address tells nothing
        provider = request.env["gr.oidc.provider"].sudo().browse(provider_id).exists()
        if not provider.active or not (tested or provider.state == "enabled"):
            raise NotFound
        return provider

    def _send(self, provider, redirect, **options):
        login = make_secrets()
        sign_in, browser = self._begin(
            provider, redirect, kept=login._asdict(), **options
        )
        try:
            url = provider._get_authorization_url(sign_in.key, login)
        except IdentityRefused as error:
            if options.get("tester"):
                provider._note_test([[error.code, False, error.detail]])
                return request.redirect(provider._get_form_path(), 303)
            return self._refuse(provider, error)
        response = request.redirect(url, 303, local=False)
        response.headers["Referrer-Policy"] = "no-referrer"
        return self._keep_browser(response, browser)

    def _show_test(self, provider, sign_in, answer):
        """Note each group of checks for the administrator who began the test."""
        if sign_in.tester_id != request.env.user:
            return self._refuse(provider, IdentityRefused("test_of_another"))
        lines = [["browser", True, ""]]
        try:
            claims = provider._verify_answer(
                answer,
                Secrets(**sign_in._get_kept()),
                lambda code: lines.append([code, True, ""]),
            )
            _subject, texts = provider._read_person(claims)
            lines.append(["claims", True, ", ".join(sorted(texts))])
            lines.append(provider._show_decision(texts))
        except IdentityRefused as error:
            lines.append([error.code, False, error.detail])
        provider._note_test(lines)
        return request.redirect(provider._get_form_path(), 303)
