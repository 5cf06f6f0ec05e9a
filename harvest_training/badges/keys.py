"""Signing keys of an issuer: RSA, for RS256.

Why RSA: the specification lets a verifier know RS256 alone, the 1EdTech validator
refuses any other algorithm, and every browser can check it (Ed25519: only since 2025).
3072 bits are as strong as 128-bit symmetric keys, good beyond 2030 (NIST SP 800-57
part 1, tables 2 and 4); certificates live that long.
"""

import base64
import hashlib
import json

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from .exceptions import MalformedCredential

KEY_BITS = 3072
PUBLIC_EXPONENT = 65537
ALGORITHM = "RS256"


def generate() -> str:
    """Return a new private key as PEM text (PKCS #8, not encrypted: seal it)."""
    key = rsa.generate_private_key(PUBLIC_EXPONENT, KEY_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def load(private_pem: str) -> rsa.RSAPrivateKey:
    """Return the key of a PEM text."""
    return serialization.load_pem_private_key(private_pem.encode(), password=None)


def public_jwk(key: rsa.RSAPrivateKey) -> dict[str, str]:
    """Return the public half as a JSON Web Key: ``kty``, ``n``, ``e`` (RFC 7517)."""
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {name: jwk[name] for name in ("kty", "n", "e")}


def thumbprint(jwk: dict) -> str:
    """Return the name of a public key that everybody computes alike (RFC 7638).

    :raise MalformedCredential: it is not a public RSA key
    """
    if not isinstance(jwk, dict) or jwk.get("kty") != "RSA" or "d" in jwk:
        raise MalformedCredential("The credential names no public RSA key.")
    members = {name: jwk.get(name) for name in ("e", "kty", "n")}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(canonical.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def key_set(jwks: list[dict]) -> dict:
    """Return the public keys as an issuer publishes them (RFC 7517 §5)."""
    return {
        "keys": [
            {**jwk, "kid": thumbprint(jwk), "use": "sig", "alg": ALGORITHM}
            for jwk in jwks
        ]
    }
