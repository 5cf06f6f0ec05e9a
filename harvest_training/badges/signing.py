"""Signing a credential, and verifying one without a network (§8.2, VC-JWT).

The compact JWS carries the public key in its header (``jwk``), as §8.2.3 allows, so
that a picture on a memory stick can be checked. The key proves nothing by itself: it
counts only when the issuer publishes it, so ``verify`` is given the issuer's key set,
which a verifier fetches once and keeps.
"""

from datetime import UTC, datetime

import jwt
from jwt.algorithms import RSAAlgorithm

from . import keys
from .credential import CONTEXTS
from .exceptions import (
    BadSignature,
    Expired,
    MalformedCredential,
    NotValidYet,
    UnknownKey,
)

# OpenBadgeCredential and AchievementCredential are one type with two names (§B.1.1).
BADGE_TYPES = {"OpenBadgeCredential", "AchievementCredential"}
CHECKS = {"verify_aud": False, "verify_exp": False, "verify_nbf": False}


def sign(credential: dict, private_pem: str) -> str:
    """Return the credential as a compact JWS.

    The registered claims repeat what the credential says (§8.2.4.1).

    :param credential: what ``credential.build`` or ``status.build_list`` returns
    """
    key = keys.load(private_pem)
    issuer, subject = credential["issuer"], credential["credentialSubject"]
    claims = {
        **credential,
        "iss": issuer["id"] if isinstance(issuer, dict) else issuer,
        "jti": credential["id"],
        "nbf": _seconds(credential["validFrom"]),
    }
    if subject.get("id"):
        claims["sub"] = subject["id"]
    if credential.get("validUntil"):
        claims["exp"] = _seconds(credential["validUntil"])
    header = {"jwk": keys.public_jwk(key)}
    return jwt.encode(claims, key, algorithm=keys.ALGORITHM, headers=header)


def read(token: str) -> dict:
    """Return what the text says, *unverified*: for finding out whom to ask for keys.

    :raise MalformedCredential: it is no compact JWS with a credential in it
    """
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise MalformedCredential("This is not a signed credential.") from error
    return claims.get("vc") or claims  # data model 1.1 wrapped it


def verify(token: str, key_set: dict, now: datetime | None = None) -> dict:
    """Return the credential, proven to be the issuer's and in force.

    Whether it was revoked is another question: ``status.is_set``.

    :param key_set: the issuer's published keys, ``{"keys": [jwk, …]}``
    :param now: aware; the present when not given
    :raise BadgeError: one of its kinds says what is wrong
    """
    claims = _check_signature(token, key_set)
    _check_form(claims)
    _check_time(claims, now or datetime.now(UTC))
    return claims


def _check_signature(token: str, key_set: dict) -> dict:
    """Accept RS256 alone, whatever the header asks for, by a published key alone."""
    try:
        named = keys.thumbprint(jwt.get_unverified_header(token).get("jwk"))
        jwk = next(
            (one for one in _rsa_keys(key_set) if keys.thumbprint(one) == named), None
        )
        if jwk is None:
            raise UnknownKey("The issuer never published the key that signed it.")
        public = RSAAlgorithm.from_jwk(jwk)
        return jwt.decode(token, public, algorithms=[keys.ALGORITHM], options=CHECKS)
    except jwt.InvalidSignatureError as error:
        raise BadSignature("The credential was altered, or is a forgery.") from error
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise MalformedCredential("This is not a signed credential.") from error


def _rsa_keys(key_set: dict) -> list[dict]:
    return [jwk for jwk in key_set["keys"] if jwk.get("kty") == "RSA"]


def _check_form(claims: dict) -> None:
    """Check what a verifier relies on, and that claims and credential agree."""
    types, contexts = claims.get("type"), claims.get("@context")
    subject, issuer = claims.get("credentialSubject"), claims.get("issuer")
    if not (
        isinstance(types, list)
        and "VerifiableCredential" in types
        and BADGE_TYPES.intersection(types)
        and isinstance(contexts, list)
        and contexts[:1] == [CONTEXTS[0]]
    ):
        raise MalformedCredential("This is not an Open Badges 3.0 credential.")
    if not (isinstance(subject, dict) and isinstance(subject.get("achievement"), dict)):
        raise MalformedCredential("The credential names no achievement.")
    if not (
        isinstance(issuer, dict)
        and claims.get("iss") == issuer.get("id")
        and claims.get("jti") == claims.get("id")
        and claims.get("sub", subject.get("id")) == subject.get("id")
    ):
        raise MalformedCredential("Signature and credential name different parties.")


def _check_time(claims: dict, now: datetime) -> None:
    """Check the times that people read, not their copies for machines."""
    if now < _moment(claims.get("validFrom")):
        raise NotValidYet(f"It is valid from {claims['validFrom']} on.")
    if claims.get("validUntil") and now >= _moment(claims["validUntil"]):
        raise Expired(f"It was valid until {claims['validUntil']}.")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise MalformedCredential("The credential has no readable date.") from error
    if moment.tzinfo is None:
        raise MalformedCredential("A date of the credential has no time zone.")
    return moment


def _seconds(text: str) -> int:
    return int(_moment(text).timestamp())
