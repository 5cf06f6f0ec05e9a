import base64
import binascii
import json
from http import HTTPStatus

from odoo.http import Controller, Response, request, route

from ..const import TOKEN_SECONDS
from ..provider import (
    BASES,
    DISCOVERY_PATH,
    ROOT,
    TOKEN_PATH,
    V12,
    VERSIONS,
    ApiError,
    Request,
    describe,
    failure,
    serve,
    unauthorised,
    unknown_endpoint,
)

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
# Rosters are children's data: no cache keeps them.
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
# A client sends by any method; what is not served gets a proper answer, not a page.
OPEN = {
    "type": "http",
    "auth": "public",
    "csrf": False,
    "save_session": False,
    "sitemap": False,
}


def _without_nul(text):
    """What no database takes finds nothing, rather than an error of the server."""
    return text.replace("\0", "\ufffd")


class OneRoster(Controller):
    """The OneRoster service: tokens, the discovery document, rosters."""

    @route(TOKEN_PATH, **OPEN)
    def token(self, **_params):
        """Client credentials for a token (RFC 6749 4.4), by header or in the body."""
        if refusal := self._refuse_plain_http():
            return refusal
        http = request.httprequest
        form = http.form
        if http.method != "POST":
            return self._oauth_error("invalid_request", HTTPStatus.METHOD_NOT_ALLOWED)
        if form.get("grant_type") != "client_credentials":
            return self._oauth_error("unsupported_grant_type")
        key, secret = map(_without_nul, self._get_credentials(form))
        client = request.env["gr.oneroster.client"]._authenticate(key, secret)
        if not client:
            return self._oauth_error("invalid_client", HTTPStatus.UNAUTHORIZED)
        token, scopes = client._issue_token(form.get("scope", ""))
        if not token:
            return self._oauth_error("invalid_scope")
        return self._json(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": TOKEN_SECONDS,
                "scope": " ".join(scopes),
            }
        )

    @route(DISCOVERY_PATH, **OPEN)
    def discovery(self, **_params):
        root = self._get_root()
        return self._json(describe(root + BASES[V12], root + TOKEN_PATH))

    @route(
        [f"{base}/<path:path>" for base in BASES.values()] + [f"{ROOT}/<path:path>"],
        **OPEN,
    )
    def roster(self, path, **_params):
        if refusal := self._refuse_plain_http():
            return refusal
        call = self._get_call()
        if call is None:
            return self._send(failure(Request(V12, "", ""), unknown_endpoint()))
        token = request.env["gr.oneroster.token"]._find(self._get_bearer())
        if not token:
            return self._send(failure(call, unauthorised()))
        client = token.client_id
        reader = client._get_reader()
        answer = serve(call, token.scopes.split(), reader)
        client._log_call(call.version, call.path, answer, call.params)
        client._log_told(answer, reader.get_told_students())
        return self._send(answer)

    def _get_call(self):
        """Return the request as the engine wants it, or None for an unknown version."""
        http = request.httprequest
        for version in VERSIONS:
            base = BASES[version]
            if http.path.startswith(f"{base}/"):
                return Request(
                    version,
                    self._get_root() + base,
                    _without_nul(http.path.removeprefix(base)),
                    {name: _without_nul(http.args[name]) for name in http.args},
                    http.method,
                )
        return None

    def _get_root(self):
        return request.httprequest.host_url.rstrip("/")

    def _get_bearer(self):
        kind, _space, token = request.httprequest.headers.get(
            "Authorization", ""
        ).partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""

    def _get_credentials(self, form):
        """Return (client id, secret) of the Basic header, or else of the body."""
        kind, _space, value = request.httprequest.headers.get(
            "Authorization", ""
        ).partition(" ")
        if kind.lower() != "basic":
            return form.get("client_id", ""), form.get("client_secret", "")
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        key, _colon, secret = text.partition(":")
        return key, secret

    def _refuse_plain_http(self):
        """Secrets and rosters travel encrypted, or not at all (interop 1.2)."""
        http = request.httprequest
        host = http.host.rsplit(":", 1)[0] if http.host[-1:] != "]" else http.host
        if http.scheme == "https" or host in LOOPBACK:
            return None
        error = ApiError(
            HTTPStatus.FORBIDDEN, "forbidden", "This service is only served by HTTPS."
        )
        return self._send(failure(Request(V12, "", ""), error))

    def _oauth_error(self, error, status=HTTPStatus.BAD_REQUEST):
        headers = {}
        if status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = 'Basic realm="oneroster"'
        return self._json({"error": error}, status, headers)

    def _send(self, answer):
        return self._json(answer.body, answer.status, answer.headers)

    def _json(self, body, status=HTTPStatus.OK, headers=None):
        return Response(
            json.dumps(body, ensure_ascii=False, separators=(",", ":")),
            status=int(status),
            headers=NO_STORE | (headers or {}),
            content_type="application/json; charset=utf-8",
        )
