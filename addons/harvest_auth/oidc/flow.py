"""Sending a browser to the provider, and what it may bring back.

Sources: OpenID Connect Core 1.0 §3.1.2, RFC 7636 (PKCE), RFC 9207 (``iss``), RFC 9700
(security best current practice).
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ..exceptions import IdentityRefused
from .metadata import Metadata

_ERROR_CODE = re.compile(r"[a-z_]{1,60}")  # RFC 6749 §4.1.2.1, what we would log of it
_MAX_CODE_CHARS = 4096


class Secrets(NamedTuple):
    """Made for one login, kept here, used once."""

    nonce: str
    verifier: str


def make_secrets() -> Secrets:
    """256 bits each; the verifier is 43 characters, as RFC 7636 §4.1 recommends."""
    return Secrets(secrets.token_urlsafe(32), secrets.token_urlsafe(32))


def challenge(verifier: str) -> str:
    """The S256 code challenge (RFC 7636 §4.2)."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def authorization_url(
    metadata: Metadata,
    *,
    client_id: str,
    redirect_uri: str,
    scope: str,
    state: str,
    login: Secrets,
    extra: Mapping[str, str] | None = None,
) -> str:
    """Where the browser is sent (Core §3.1.2.1).

    :param extra: what a vendor wants besides, such as ``hd``; it replaces nothing
    """
    wanted = dict(extra or {}) | {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": scope,
        "state": state,
        "nonce": login.nonce,
        "code_challenge": challenge(login.verifier),
        "code_challenge_method": "S256",
    }
    return _with_query(metadata.authorization_endpoint, wanted)


def read_answer(metadata: Metadata, answer: Mapping[str, str]) -> str:
    """Return the code of an authorization response, once ``state`` was consumed.

    :raise IdentityRefused: ``issuer_wrong`` (mix-up), ``issuer_missing``,
        ``provider_error``, ``code_missing``
    """
    issuer = answer.get("iss")
    if issuer is not None and not hmac.compare_digest(
        issuer.encode(), metadata.issuer.encode()
    ):
        raise IdentityRefused("issuer_wrong", "authorization response")
    if issuer is None and metadata.sends_iss:
        raise IdentityRefused("issuer_missing")
    if answer.get("error"):
        named = _ERROR_CODE.fullmatch(answer["error"])
        raise IdentityRefused("provider_error", named[0] if named else "")
    code = answer.get("code", "")
    if not code or len(code) > _MAX_CODE_CHARS:
        raise IdentityRefused("code_missing")
    return code


def logout_url(
    metadata: Metadata, *, client_id: str, id_token: str, back_to: str
) -> str:
    """Where a browser ends the provider's session too; empty: it has no such place.

    RP-Initiated Logout 1.0 §2.

    :param id_token: the last one, as a hint; empty: not sent
    """
    if not metadata.end_session_endpoint:
        return ""
    wanted = {"client_id": client_id, "post_logout_redirect_uri": back_to}
    if id_token:
        wanted["id_token_hint"] = id_token
    return _with_query(metadata.end_session_endpoint, wanted)


def _with_query(url: str, wanted: Mapping[str, str]) -> str:
    """The URL with these parameters; its own stay unless they have our names."""
    parts = urlsplit(url)
    own = [pair for pair in parse_qsl(parts.query) if pair[0] not in wanted]
    return urlunsplit(parts._replace(query=urlencode([*own, *wanted.items()])))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
