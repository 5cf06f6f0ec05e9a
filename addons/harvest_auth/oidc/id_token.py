"""Who a signed token says somebody is, after everything in it was doubted.

Source: OpenID Connect Core 1.0 §§2, 3.1.3.7, 3.1.3.8; RFC 8725 (JWT best practices).
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError

from ..exceptions import IdentityRefused
from .keys import KeySource

LEEWAY_SECONDS = 60  # clocks that differ
MAX_AGE_SECONDS = 600  # an ID token is read right after it was made
_MAX_CHARS = 32 << 10
_MAX_SUBJECT_CHARS = 255  # Core §2
# Halves of which hash ``at_hash`` is (§3.1.3.6). Ed25519 hashes with SHA-512.
_HASHES = {"RS256": hashlib.sha256, "ES256": hashlib.sha256, "EdDSA": hashlib.sha512}


@dataclass(frozen=True)
class Expected:
    """What an ID token has to say.

    :param now: Unix seconds
    :param nonce: of this login
    :param access_token: that came with it; empty: none came
    :param pins: claims that must have one value, such as ``hd`` (Google) or ``tid``
        (Entra): the issuer alone would let in every customer of the vendor
    """

    issuer: str
    client_id: str
    nonce: str
    now: int
    algorithms: tuple[str, ...]
    access_token: str = ""
    pins: Mapping[str, str] = field(default_factory=dict)


def verify_id_token(token: str, keys: KeySource, expected: Expected) -> dict[str, Any]:
    """Return the claims of an ID token that is for us, from there, now, for this login.

    :raise IdentityRefused: which of the checks failed
    """
    algorithm, claims = verify_signature(token, keys, expected.algorithms)
    check_issued(claims, expected.issuer, expected.client_id, expected.now)
    check_subject(claims)
    if not _is_same(claims.get("nonce"), expected.nonce):
        raise IdentityRefused("nonce_wrong")
    if "at_hash" in claims and not _is_same(
        claims["at_hash"], _half_hash(algorithm, expected.access_token)
    ):
        raise IdentityRefused("at_hash_wrong")
    for name, value in expected.pins.items():
        if not _is_same(claims.get(name), value):
            raise IdentityRefused("tenant_wrong", name)
    return claims


def verify_signature(
    token: str,
    keys: KeySource,
    algorithms: tuple[str, ...],
    kinds: tuple[str, ...] = ("jwt",),
) -> tuple[str, dict[str, Any]]:
    """Return algorithm and claims of a token whose signature is right.

    The header is only used to choose among *our* algorithms and *their* published keys;
    what it carries or points to (``jwk``, ``jku``, ``x5u``) is never looked at.

    :param kinds: the ``typ`` it may have; it may have none
    :raise IdentityRefused: ``token_malformed``, ``token_kind_wrong``, ``alg_refused``,
        ``key_unknown``, ``key_weak``, ``signature_wrong``
    """
    header = _read_header(token)
    algorithm = "EdDSA" if header.get("alg") == "Ed25519" else header.get("alg")
    if algorithm not in algorithms:
        raise IdentityRefused("alg_refused")
    if str(header.get("typ", kinds[0])).lower() not in kinds:
        raise IdentityRefused("token_kind_wrong")
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise IdentityRefused("token_malformed")
    key = keys.find(algorithm, kid)
    registry = jws.JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
    try:
        return algorithm, jwt.decode(token, key, registry=registry).claims
    except (JoseError, ValueError) as error:
        raise IdentityRefused("signature_wrong") from error


def check_issued(
    claims: Mapping[str, Any], issuer: str, client_id: str, now: int
) -> None:
    """Check from whom, for whom and when (§3.1.3.7, points 2 to 10)."""
    if not _is_same(claims.get("iss"), issuer):
        raise IdentityRefused("issuer_wrong", "token")
    audience = claims.get("aud")
    if audience not in (client_id, [client_id]):  # others would be able to use it too
        raise IdentityRefused("audience_wrong")
    if claims.get("azp", client_id) != client_id:
        raise IdentityRefused("azp_wrong")
    expires, issued = _seconds(claims, "exp"), _seconds(claims, "iat")
    if expires <= now - LEEWAY_SECONDS:
        raise IdentityRefused("token_expired")
    if issued > now + LEEWAY_SECONDS:
        raise IdentityRefused("token_from_future")
    if issued < now - MAX_AGE_SECONDS - LEEWAY_SECONDS:
        raise IdentityRefused("token_old")
    if "nbf" in claims and _seconds(claims, "nbf") > now + LEEWAY_SECONDS:
        raise IdentityRefused("token_from_future")


def check_subject(claims: Mapping[str, Any]) -> None:
    """Check that there is one, in the characters and length of §2."""
    subject = claims.get("sub")
    if (
        not isinstance(subject, str)
        or not 0 < len(subject) <= _MAX_SUBJECT_CHARS
        or not subject.isascii()
        or not subject.isprintable()
        or subject != subject.strip()
    ):
        raise IdentityRefused("subject_missing")


def _read_header(token: str) -> dict[str, Any]:
    if not isinstance(token, str) or len(token) > _MAX_CHARS:
        raise IdentityRefused("token_malformed")
    try:
        return jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError) as error:
        raise IdentityRefused("token_malformed") from error


def _seconds(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise IdentityRefused("token_malformed", name)
    try:
        return int(value)
    except (OverflowError, ValueError) as error:  # Infinity and NaN are no times
        raise IdentityRefused("token_malformed", name) from error


def _half_hash(algorithm: str, text: str) -> str:
    digest = _HASHES[algorithm](text.encode()).digest()
    half = digest[: len(digest) // 2]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()


def _is_same(given: Any, wanted: str) -> bool:
    """Compare in equal time; an empty wish is never fulfilled."""
    if not isinstance(given, str) or not wanted:
        return False
    return hmac.compare_digest(given.encode(), wanted.encode())
