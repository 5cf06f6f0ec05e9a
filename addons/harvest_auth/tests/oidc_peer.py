"""An OpenID provider in memory: real keys, real signatures, any lie that is wanted."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

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


class Server:
    """The provider as ``client.Transport``: it answers as an honest one would.

    A code is bound to the challenge and the nonce that its sign-in was begun with
    (RFC 7636 §4.6), and counts once.
    """

    def __init__(self, issuer=ISSUER, client_id=CLIENT_ID):
        self.issuer, self.client_id = issuer, client_id
        self.codes = {}
        self.peer = Peer()
        self.claims = {}
        self.exchanged = 0

    def __call__(self, method, url, form, headers):
        path = url.removeprefix(self.issuer)
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(self.document()).encode()
        if path == "/jwks":
            return 200, json.dumps(self.peer.jwks()).encode()
        if (method, path) == ("POST", "/token"):
            return self._exchange(form)
        return 404, b"{}"

    def document(self):
        return {
            "issuer": self.issuer,
            **{
                f"{name}_endpoint": f"{self.issuer}/{path}"
                for name, path in (
                    ("authorization", "auth"),
                    ("token", "token"),
                    ("end_session", "bye"),
                )
            },
            "jwks_uri": f"{self.issuer}/jwks",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def authorize(self, location, subject=SUBJECT):
        """What the provider's page does: parameters of the answer for this request."""
        asked = dict(parse_qsl(urlsplit(location).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = (asked["code_challenge"], asked["nonce"], subject)
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def _exchange(self, form):
        self.exchanged += 1
        challenge, nonce, subject = self.codes.pop(form["code"], ("", "", ""))
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if _encode(digest) != challenge:
            return 400, b'{"error": "invalid_grant"}'
        now = int(time.time())
        claims = id_claims(
            iss=self.issuer, sub=subject, nonce=nonce, iat=now, exp=now + 300, sid="s1"
        )
        token = sign(claims | self.claims)
        return 200, json.dumps({"id_token": token, "access_token": "a"}).encode()

    def logout_token(self, **changes):
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 120,
            "jti": "one",
            "sub": SUBJECT,
            "sid": "s1",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }
        claims = {k: v for k, v in (claims | changes).items() if v is not None}
        return sign(claims, header={"typ": "logout+jwt"})
