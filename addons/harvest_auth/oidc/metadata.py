"""The discovery document of a provider (OpenID Connect Discovery 1.0 §§3, 4.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from odoo.addons.harvest_base.guarded_http import is_trusted

from ..exceptions import IdentityRefused

WELL_KNOWN = "/.well-known/openid-configuration"
# What we verify; ``none`` and the HMAC family are not here, and cannot be configured.
ALGORITHMS = ("RS256", "ES256", "EdDSA")
_REQUIRED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_SENDS_ISS = "authorization_response_iss_parameter_supported"  # RFC 9207 §3
_OPTIONAL = ("end_session_endpoint", "userinfo_endpoint")


@dataclass(frozen=True)
class Metadata:
    """What we use of a discovery document.

    :param algorithms: which of ours it signs with
    :param sends_iss: its answers carry ``iss`` (RFC 9207), so one without is refused
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""
    userinfo_endpoint: str = ""
    algorithms: tuple[str, ...] = ALGORITHMS
    sends_iss: bool = False


def discovery_url(issuer: str) -> str:
    """Where the document lies (§4.1: a trailing slash of the issuer is dropped)."""
    return issuer.rstrip("/") + WELL_KNOWN


def is_safe_url(url: Any, trusted_hosts: frozenset[str] = frozenset()) -> bool:
    """Whether it is https, or a host that may speak http; without credentials."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
        _port = parts.port  # raises when it is no number
    except ValueError:
        return False
    if not parts.hostname or parts.username or parts.fragment:
        return False
    plain_allowed = parts.scheme == "http" and is_trusted(parts, trusted_hosts)
    return parts.scheme == "https" or plain_allowed


def parse_metadata(
    document: Mapping[str, Any],
    issuer: str,
    trusted_hosts: frozenset[str] = frozenset(),
) -> Metadata:
    """Read a discovery document for the issuer that was configured.

    :param trusted_hosts: hosts that may speak http (``name`` or ``name:port``)
    :raise IdentityRefused: ``issuer_wrong``, ``endpoint_unsafe``, ``pkce_missing``,
        ``flow_missing``, ``alg_refused``
    """
    if document.get("issuer") != issuer:  # §4.3: identical, or it is somebody else
        raise IdentityRefused("issuer_wrong", "discovery document")
    for name in _REQUIRED:
        if not is_safe_url(document.get(name), trusted_hosts):
            raise IdentityRefused("endpoint_unsafe", name)
    _check_flow(document)
    optional = {
        name: document[name]
        for name in _OPTIONAL
        if is_safe_url(document.get(name), trusted_hosts)
    }
    return Metadata(
        issuer=issuer,
        algorithms=_shared_algorithms(document),
        sends_iss=document.get(_SENDS_ISS) is True,
        **{name: document[name] for name in _REQUIRED},
        **optional,
    )


def _check_flow(document: Mapping[str, Any]) -> None:
    """Refuse who says that it cannot do code with S256; silence is no such word."""
    methods = document.get("code_challenge_methods_supported")
    if methods is not None and "S256" not in methods:
        raise IdentityRefused("pkce_missing")
    if "code" not in document.get("response_types_supported", ["code"]):
        raise IdentityRefused("flow_missing")


def _shared_algorithms(document: Mapping[str, Any]) -> tuple[str, ...]:
    offered = document.get("id_token_signing_alg_values_supported", ["RS256"])
    # RFC 9864 names the curve; EdDSA is the older word for it.
    offered = ["EdDSA" if name == "Ed25519" else name for name in offered]
    shared = tuple(name for name in ALGORITHMS if name in offered)
    if not shared:
        raise IdentityRefused("alg_refused", "discovery document")
    return shared
