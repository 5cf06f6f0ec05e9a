"""Attacks on an OpenID Connect login, each a way in that others have left open.

Sources: OpenID Connect Core 1.0 §§3.1.3.7, 16; RFC 9700 §§2, 4; RFC 8725 §2; Fett,
Küsters, Schmitz, "The Web SSO Standard OpenID Connect" (2017). What needs a browser or
a database (login CSRF, session binding, replay, open redirects) is in
``test_oidc_http.py``.
"""

import json

import pytest
from joserfc.jwk import OctKey, RSAKey

from odoo.addons.harvest_auth.exceptions import IdentityRefused
from odoo.addons.harvest_auth.oidc.client import exchange_code, fetch_metadata
from odoo.addons.harvest_auth.oidc.flow import read_answer
from odoo.addons.harvest_auth.oidc.id_token import Expected, verify_id_token
from odoo.addons.harvest_auth.oidc.keys import KeySource
from odoo.addons.harvest_auth.oidc.logout import EVENT, verify_logout_token
from odoo.addons.harvest_auth.oidc.metadata import ALGORITHMS, Metadata, parse_metadata

from ..oidc_peer import (
    CLIENT_ID,
    ISSUER,
    KEYS,
    NOW,
    STRANGER,
    Peer,
    at_hash,
    confused,
    id_claims,
    make_key,
    raw,
    sign,
)

ACCESS = "access-token"
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
    "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
    "code_challenge_methods_supported": ["S256"],
    "authorization_response_iss_parameter_supported": True,
}
METADATA = parse_metadata(DOCUMENT, ISSUER)


def id_token(token, keys=None, **changes):
    wanted = {
        "issuer": ISSUER,
        "client_id": CLIENT_ID,
        "nonce": "nonce-of-this-login",
        "now": NOW,
        "algorithms": ALGORITHMS,
        "access_token": ACCESS,
    }
    source = keys or KeySource(Peer().jwks)
    return verify_id_token(token, source, Expected(**(wanted | changes)))


def logout(token):
    return verify_logout_token(
        token,
        KeySource(Peer().jwks),
        issuer=ISSUER,
        client_id=CLIENT_ID,
        algorithms=ALGORITHMS,
        now=NOW,
    )


def logout_claims(**changes):
    claims = {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "iat": NOW - 1,
        "exp": NOW + 120,
        "jti": "t1",
        "sub": "aa11-bb22",
        "sid": "s1",
        "events": {EVENT: {}},
    }
    return {k: v for k, v in (claims | changes).items() if v is not None}


def token(**changes):
    return id_token(sign(id_claims(**changes)))


def header(**changes):
    return id_token(sign(id_claims(), header=changes))


def small_key():
    key = RSAKey.generate_key(1024, {"kid": "small", "use": "sig", "alg": "RS256"})
    return id_token(sign(id_claims(), key), KeySource(Peer([key]).jwks))


def oct_in_jwks():
    secret = {
        "kty": "oct",
        "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQ",
        "kid": "o",
        "alg": "HS256",
    }
    keys = KeySource(lambda: {"keys": [secret]})
    return id_token(sign(id_claims(), OctKey.import_key(secret)), keys)


def rs512():
    key = RSAKey.import_key(KEYS["RS256"].as_dict(private=True, alg="RS512"))
    return id_token(sign(id_claims(), key, {"alg": "RS512"}))


def unknown_critical():
    return id_token(raw({"alg": "RS256", "kid": "k-RS256", "crit": ["x"]}, id_claims()))


def tampered():
    head, _body, signature = sign(id_claims()).split(".")
    other = raw({}, id_claims(sub="admin")).split(".")[1]
    return id_token(".".join((head, other, signature)))


def encryption_key():
    key = make_key("RS256", "enc")
    jwk = key.as_dict(private=False) | {"use": "enc"}
    return id_token(sign(id_claims(), key), KeySource(lambda: {"keys": [jwk]}))


def answer(**params):
    return read_answer(METADATA, params)


def exchange(status, body):
    return exchange_code(
        lambda *_request: (status, json.dumps(body).encode()),
        METADATA,
        client_id=CLIENT_ID,
        client_secret="secret",
        method="client_secret_basic",
        code="code",
        verifier="verifier",
        redirect_uri="https://harvest.test/auth/oidc/callback",
    )


def discovery(**changes):
    document = {k: v for k, v in (DOCUMENT | changes).items() if v is not None}
    return parse_metadata(document, ISSUER)


EC_STRANGER = make_key("ES256", "k-ES256")
NONE = {"alg": "none", "typ": "JWT"}
EMBEDDED = EC_STRANGER.as_dict(private=False)
# name: (the reason it is refused for, the attack)
ATTACKS = {
    "alg none": ("alg_refused", lambda: id_token(raw(NONE, id_claims()))),
    "alg nOnE": ("alg_refused", lambda: id_token(raw({"alg": "nOnE"}, id_claims()))),
    "alg missing": ("token_malformed", lambda: id_token(raw({}, id_claims()))),
    "HS256 by the public key": ("alg_refused", lambda: id_token(confused(id_claims()))),
    "HS256 key in the JWKS": ("alg_refused", oct_in_jwks),
    "RS512 beside the list": ("alg_refused", rs512),
    "signature taken away": (
        "signature_wrong",
        lambda: id_token(sign(id_claims()).rpartition(".")[0] + "."),
    ),
    "claims changed": ("signature_wrong", tampered),
    "a stranger's key, our kid": (
        "signature_wrong",
        lambda: id_token(sign(id_claims(), STRANGER)),
    ),
    "key in the header": (
        "signature_wrong",
        lambda: id_token(sign(id_claims(), EC_STRANGER, {"jwk": EMBEDDED})),
    ),
    "address of a key in the header": (
        "signature_wrong",
        lambda: id_token(
            sign(id_claims(), STRANGER, {"jku": "https://evil.test/jwks"})
        ),
    ),
    "kid as a path": ("key_unknown", lambda: header(kid="../../../../dev/null")),
    "kid as SQL": ("key_unknown", lambda: header(kid="' OR 1=1 --")),
    "kid of another kind": ("key_unknown", lambda: header(kid="k-ES256")),
    "no kid among several keys": (
        "key_unknown",
        lambda: id_token(
            sign(id_claims(), header={"kid": None}),
            KeySource(Peer([KEYS["RS256"], make_key("RS256", "k2")]).jwks),
        ),
    ),
    "critical header unknown": (
        "signature_wrong",
        unknown_critical,
    ),
    "weak key": ("key_weak", small_key),
    "key for encryption": ("key_unknown", encryption_key),
    "another issuer": ("issuer_wrong", lambda: token(iss="https://evil.test")),
    "issuer with a slash more": ("issuer_wrong", lambda: token(iss=f"{ISSUER}/")),
    "issuer missing": ("issuer_wrong", lambda: token(iss=None)),
    "another audience": ("audience_wrong", lambda: token(aud="other-client")),
    "audience missing": ("audience_wrong", lambda: token(aud=None)),
    "a second audience": ("audience_wrong", lambda: token(aud=[CLIENT_ID, "other"])),
    "another authorized party": ("azp_wrong", lambda: token(azp="other-client")),
    "expired": ("token_expired", lambda: token(exp=NOW - 61)),
    "expiry missing": ("token_malformed", lambda: token(exp=None)),
    "expiry as text": ("token_malformed", lambda: token(exp=str(NOW + 300))),
    "expiry without end": ("token_malformed", lambda: token(exp=float("inf"))),
    "issued in the future": ("token_from_future", lambda: token(iat=NOW + 61)),
    "not valid yet": ("token_from_future", lambda: token(nbf=NOW + 61)),
    "issued long ago": ("token_old", lambda: token(iat=NOW - 3600)),
    "time of issue missing": ("token_malformed", lambda: token(iat=None)),
    "nonce of another login": ("nonce_wrong", lambda: token(nonce="other")),
    "nonce missing": ("nonce_wrong", lambda: token(nonce=None)),
    "nonce empty on both sides": (
        "nonce_wrong",
        lambda: id_token(sign(id_claims(nonce="")), nonce=""),
    ),
    "another access token": ("at_hash_wrong", lambda: token(at_hash=at_hash("x"))),
    "at_hash no text": ("at_hash_wrong", lambda: token(at_hash=[at_hash(ACCESS)])),
    "subject missing": ("subject_missing", lambda: token(sub=None)),
    "subject empty": ("subject_missing", lambda: token(sub="")),
    "subject with a line break": ("subject_missing", lambda: token(sub="a\nb")),
    "subject as a list": ("subject_missing", lambda: token(sub=["a"])),
    "another Google domain": (
        "tenant_wrong",
        lambda: id_token(sign(id_claims(hd="evil.test")), pins={"hd": "musd.test"}),
    ),
    "a private Google account": (
        "tenant_wrong",
        lambda: id_token(sign(id_claims()), pins={"hd": "musd.test"}),
    ),
    "another Entra tenant": (
        "tenant_wrong",
        lambda: id_token(sign(id_claims(tid="t2")), pins={"tid": "t1"}),
    ),
    "access token for an ID token": (
        "token_kind_wrong",
        lambda: header(typ="at+jwt"),
    ),
    "logout token for an ID token": (
        "token_kind_wrong",
        lambda: id_token(sign(logout_claims(), header={"typ": "logout+jwt"})),
    ),
    "no JSON": (
        "signature_wrong",
        lambda: id_token(sign({}, payload=b"nothing")),
    ),
    "too long": ("token_malformed", lambda: id_token("a" * 40_000)),
    "mix-up: another provider answers": (
        "issuer_wrong",
        lambda: answer(code="c", iss="https://evil.test"),
    ),
    "mix-up: the issuer is left out": ("issuer_missing", lambda: answer(code="c")),
    "error with a message for our page": (
        "provider_error",
        lambda: answer(error="<script>alert(1)</script>", iss=ISSUER),
    ),
    "no code": ("code_missing", lambda: answer(iss=ISSUER)),
    "a code of 1 MB": ("code_missing", lambda: answer(iss=ISSUER, code="c" * 10**6)),
    "code of another login (PKCE)": (
        "code_refused",
        lambda: exchange(400, {"error": "invalid_grant"}),
    ),
    "tokens without an ID token": (
        "token_missing",
        lambda: exchange(200, {"access_token": "a"}),
    ),
    "discovery of another issuer": (
        "issuer_wrong",
        lambda: discovery(issuer="https://evil.test"),
    ),
    "token endpoint without TLS": (
        "endpoint_unsafe",
        lambda: discovery(token_endpoint="http://op.musd.test/token"),
    ),
    "keys from a file": ("endpoint_unsafe", lambda: discovery(jwks_uri="file:///etc")),
    "only plain PKCE": (
        "pkce_missing",
        lambda: discovery(code_challenge_methods_supported=["plain"]),
    ),
    "only implicit flow": (
        "flow_missing",
        lambda: discovery(response_types_supported=["id_token"]),
    ),
    "only HS256": (
        "alg_refused",
        lambda: discovery(id_token_signing_alg_values_supported=["HS256", "none"]),
    ),
    "logout by an ID token": ("token_kind_wrong", lambda: logout(sign(id_claims()))),
    "logout with a nonce": (
        "token_kind_wrong",
        lambda: logout(sign(logout_claims(nonce="n"))),
    ),
    "logout without the event": (
        "token_kind_wrong",
        lambda: logout(sign(logout_claims(events={"x": {}}))),
    ),
    "logout for another client": (
        "audience_wrong",
        lambda: logout(sign(logout_claims(aud="other"))),
    ),
    "logout by a stranger": (
        "signature_wrong",
        lambda: logout(sign(logout_claims(), STRANGER)),
    ),
    "logout unsigned": ("alg_refused", lambda: logout(raw(NONE, logout_claims()))),
    "logout from long ago": (
        "token_expired",
        lambda: logout(sign(logout_claims(iat=NOW - 300, exp=NOW - 100))),
    ),
    "logout of nobody": (
        "subject_missing",
        lambda: logout(sign(logout_claims(sub=None, sid=None))),
    ),
    "logout without an id": (
        "token_malformed",
        lambda: logout(sign(logout_claims(jti=None))),
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_for_its_own_reason(name):
    code, attack = ATTACKS[name]
    with pytest.raises(IdentityRefused) as caught:
        attack()
    assert caught.value.code == code


def test_the_score_is_printed(tell):
    refused = 0
    for _code, attack in ATTACKS.values():
        try:
            attack()
        except IdentityRefused:
            refused += 1
    tell(f"OIDC attacks refused {refused}/{len(ATTACKS)}")
    assert refused == len(ATTACKS)


# WHAT IS RIGHT GETS THROUGH: else a suite of refusals would prove nothing.


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_good_token_is_accepted(name):
    good = sign(id_claims(at_hash=None), KEYS[name])
    assert id_token(good)["sub"] == "aa11-bb22"


def test_small_differences_of_clocks_are_accepted():
    assert token(iat=NOW + 30, exp=NOW - 30)


def test_a_good_at_hash_azp_and_tenant_are_accepted():
    good = sign(id_claims(at_hash=at_hash(ACCESS), azp=CLIENT_ID, hd="musd.test"))
    assert id_token(good, pins={"hd": "musd.test"})


def test_a_good_logout_is_read():
    ended = logout(sign(logout_claims(), header={"typ": "logout+jwt"}))
    assert (ended.subject, ended.sid, ended.token_id) == ("aa11-bb22", "s1", "t1")


def test_a_good_answer_is_read():
    assert answer(code="c", iss=ISSUER) == "c"
    assert read_answer(Metadata(ISSUER, "", "", ""), {"code": "c"}) == "c"


# KEYS THAT CHANGE WHILE WE RUN


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_new_key_is_fetched_when_it_is_first_used():
    peer, clock = Peer([KEYS["RS256"]]), Clock()
    keys = KeySource(peer.jwks, clock)
    id_token(sign(id_claims()), keys)
    rolled = make_key("RS256", "k2")
    peer.keys = [rolled]
    clock.now = 61
    assert id_token(sign(id_claims(), rolled), keys)
    assert peer.fetches == 2


def test_a_key_that_was_taken_back_ends_with_the_hour():
    peer, clock = Peer([KEYS["RS256"]]), Clock()
    keys = KeySource(peer.jwks, clock)
    id_token(sign(id_claims()), keys)
    peer.keys = []
    clock.now = 3601
    with pytest.raises(IdentityRefused):
        id_token(sign(id_claims()), keys)


def test_a_flood_of_unknown_kids_asks_the_provider_once_a_minute():
    peer, clock = Peer(), Clock()
    keys = KeySource(peer.jwks, clock)
    for number in range(500):
        clock.now = number * 0.1
        with pytest.raises(IdentityRefused):
            id_token(sign(id_claims(), header={"kid": f"made-up-{number}"}), keys)
    assert peer.fetches == 1
    clock.now = 61
    for number in range(500):
        with pytest.raises(IdentityRefused):
            keys.find("RS256", f"again-{number}")
    assert peer.fetches == 2


# SENDING


def test_each_login_has_its_own_secrets_and_challenge():
    from urllib.parse import parse_qs, urlsplit

    from odoo.addons.harvest_auth.oidc.flow import authorization_url, make_secrets

    urls = [
        authorization_url(
            METADATA,
            client_id=CLIENT_ID,
            redirect_uri="https://harvest.test/cb",
            scope="openid",
            state="s",
            login=make_secrets(),
            extra={"hd": "musd.test", "response_type": "token"},
        )
        for _ in range(2)
    ]
    first, second = (parse_qs(urlsplit(url).query) for url in urls)
    assert first["code_challenge"] != second["code_challenge"]
    assert first["nonce"] != second["nonce"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["response_type"] == ["code"]
    assert first["hd"] == ["musd.test"]


def test_the_challenge_is_the_one_of_the_standard():
    """RFC 7636 appendix B."""
    from odoo.addons.harvest_auth.oidc.flow import challenge

    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_discovery_asks_below_the_issuer():
    asked = []

    def ask(method, url, _form, _headers):
        asked.append((method, url))
        return 200, json.dumps(DOCUMENT).encode()

    assert fetch_metadata(ask, ISSUER).sends_iss
    assert asked == [("GET", f"{ISSUER}/.well-known/openid-configuration")]
