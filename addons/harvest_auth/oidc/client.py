"""The two things we ask a provider's servers: documents, and tokens for a code.

Connections lead nowhere inside, follow no redirect and end (``guarded_http``); an
answer is read up to ``_MAX_BYTES``. Sources: RFC 6749 §§2.3.1, 4.1.3, 5; Core 1.0
§§3.1.3, 9.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlsplit

import requests
from urllib3.exceptions import HTTPError

from odoo.addons.harvest_base.guarded_http import ForbiddenAddress, guarded_session

from ..exceptions import IdentityRefused
from .metadata import Metadata, discovery_url, is_safe_url, parse_metadata

_TIMEOUT = (5, 10)  # seconds to connect, and between two bytes
_MAX_BYTES = 512 << 10  # Entra's key document is the largest we know, at about 20 KiB

# (method, url, form, headers) → HTTP status, body
Transport = Callable[
    [str, str, Mapping[str, str] | None, Mapping[str, str]], tuple[int, bytes]
]


@dataclass(frozen=True)
class Tokens:
    """What a code was exchanged for; the access token is dropped after the login."""

    id_token: str
    access_token: str


def make_transport(trusted_hosts: frozenset[str]) -> Transport:
    """How the real network is asked; tests of engines hand in another."""

    def ask(method, url, form, headers):
        if not is_safe_url(url, trusted_hosts):
            raise IdentityRefused("endpoint_unsafe", urlsplit(url).hostname or "")
        try:
            with (
                guarded_session(trusted_hosts, _TIMEOUT) as session,
                session.request(
                    method,
                    url,
                    data=form,
                    headers={"Accept": "application/json", **headers},
                    stream=True,
                    allow_redirects=False,
                ) as response,
            ):
                return response.status_code, _read(response)
        except ForbiddenAddress as error:
            raise IdentityRefused("endpoint_unsafe", "private address") from error
        except (requests.RequestException, HTTPError) as error:
            detail = type(error).__name__  # its text may hold an address with a code
            raise IdentityRefused("provider_unreachable", detail) from error

    return ask


def _read(response: requests.Response) -> bytes:
    body = bytearray()
    for part in response.iter_content(64 << 10):
        body += part
        if len(body) > _MAX_BYTES:
            raise IdentityRefused("answer_malformed", "too long")
    return bytes(body)


def fetch_json(ask: Transport, url: str) -> dict[str, Any]:
    """A JSON object behind an address.

    :raise IdentityRefused: ``provider_unreachable``, ``answer_malformed``
    """
    status, body = ask("GET", url, None, {})
    if status != 200:
        raise IdentityRefused("provider_unreachable", f"HTTP {status}")
    return _parse(body)


def fetch_metadata(
    ask: Transport, issuer: str, trusted_hosts: frozenset[str] = frozenset()
) -> Metadata:
    """Discover a provider by its issuer.

    :raise IdentityRefused: as ``fetch_json`` and ``parse_metadata``
    """
    document = fetch_json(ask, discovery_url(issuer))
    return parse_metadata(document, issuer, trusted_hosts)


def exchange_code(
    ask: Transport,
    metadata: Metadata,
    *,
    client_id: str,
    client_secret: str,
    method: str,
    code: str,
    verifier: str,
    redirect_uri: str,
) -> Tokens:
    """Exchange a code for tokens, with the verifier of this login.

    :param method: ``client_secret_basic``, ``client_secret_post`` or ``none`` (a public
        client; PKCE alone protects the code)
    :raise IdentityRefused: ``code_refused``, ``client_refused``, ``token_missing``,
        ``provider_unreachable``, ``answer_malformed``
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    headers = {}
    if method == "client_secret_basic":
        headers["Authorization"] = _basic(client_id, client_secret)
    else:
        form["client_id"] = client_id
    if method == "client_secret_post":
        form["client_secret"] = client_secret
    status, body = ask("POST", metadata.token_endpoint, form, headers)
    if status >= 500:
        raise IdentityRefused("provider_unreachable", f"HTTP {status}")
    return _read_tokens(status, _parse(body))


def _read_tokens(status: int, answer: dict[str, Any]) -> Tokens:
    if status != 200:
        refused = answer.get("error") in ("invalid_client", "unauthorized_client")
        raise IdentityRefused("client_refused" if refused else "code_refused")
    id_token, access_token = answer.get("id_token"), answer.get("access_token", "")
    if not isinstance(id_token, str) or not isinstance(access_token, str):
        raise IdentityRefused("token_missing")
    return Tokens(id_token, access_token)


def _basic(client_id: str, client_secret: str) -> str:
    """Both parts are form-encoded first (RFC 6749 §2.3.1), which few remember."""
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _parse(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise IdentityRefused("answer_malformed", "no JSON") from error
    if not isinstance(document, dict):
        raise IdentityRefused("answer_malformed", "no JSON object")
    return document
