"""An OpenID provider in memory: real keys, real signatures, any lie that is wanted."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

ISSUER = "https://op.musd.test"
CLIENT_ID = "harvest"
SUBJECT = "aa11-bb22"
NOW = 1_800_000_000  # Unix seconds


def make_key(algorithm="RS256", kid="k1"):
    """A private key that fits the algorithm."""
    parameters = {"kid": kid, "use": "sig", "alg": algorithm}
    if algorithm == "RS256":
        return RSAKey.generate_key(2048, parameters)
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", parameters)
    return OKPKey.generate_key("Ed25519", parameters)


# Generated once: an RSA key takes a while.
KEYS = {name: make_key(name, f"k-{name}") for name in ("RS256", "ES256", "EdDSA")}
STRANGER = make_key("RS256", "k-RS256")


@dataclass
class Peer:
    """What the provider publishes, and how often it was asked."""

    keys: list = field(default_factory=lambda: list(KEYS.values()))
    fetches: int = 0

    def jwks(self):
        self.fetches += 1
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


def id_claims(**changes):
    """Claims of a good ID token; a change to None leaves one out."""
    claims = {
        "iss": ISSUER,
        "sub": SUBJECT,
        "aud": CLIENT_ID,
        "iat": NOW - 5,
        "exp": NOW + 300,
        "nonce": "nonce-of-this-login",
    }
    return {k: v for k, v in (claims | changes).items() if v is not None}


def sign(claims, key=None, header=None, payload=None):
    """A compact token, signed with RS256 unless the key or the header say otherwise."""
    key = key or KEYS["RS256"]
    algorithm = key.get("alg") or "HS256"
    full = {"alg": algorithm, "kid": key.kid, "typ": "JWT"} | (header or {})
    full = {k: v for k, v in full.items() if v is not None}
    registry = jws.JWSRegistry(algorithms=[full["alg"]], strict_check_header=False)
    body = json.dumps(claims).encode() if payload is None else payload
    return jws.serialize_compact(full, body, key, registry=registry)


def raw(header, claims, signature=b""):
    """A token put together by hand, for what no library would sign."""
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return ".".join(_encode(part) for part in parts)


def confused(claims):
    """HS256 with the public key as its secret (RFC 8725 §2.1)."""
    public = KEYS["RS256"].as_pem(private=False)
    header = {"alg": "HS256", "kid": KEYS["RS256"].kid}
    signed = raw(header, claims).rpartition(".")[0]
    return f"{signed}.{_encode(hmac.digest(public, signed.encode(), 'sha256'))}"


def at_hash(access_token):
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    return _encode(half)


def _encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
