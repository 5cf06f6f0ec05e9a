"""A provider's word that somebody logged out (Back-Channel Logout 1.0)."""

from dataclasses import dataclass

from ..exceptions import IdentityRefused
from .id_token import check_issued, check_subject, verify_signature
from .keys import KeySource

EVENT = "http://schemas.openid.net/event/backchannel-logout"
KINDS = ("logout+jwt", "jwt")  # §2.4 recommends the first; the events decide
_MAX_TEXT = 255


@dataclass(frozen=True)
class Ended:
    """Which sessions are over: those of ``sid``, else all of ``subject``.

    :param token_id: to be remembered until ``expires`` (Unix seconds), so that the word
        counts once
    """

    subject: str
    sid: str
    token_id: str
    expires: int


def verify_logout_token(
    token: str,
    keys: KeySource,
    *,
    issuer: str,
    client_id: str,
    algorithms: tuple[str, ...],
    now: int,
) -> Ended:
    """Read a logout token (§§2.4, 2.6).

    :raise IdentityRefused: which of the checks failed
    """
    _algorithm, claims = verify_signature(token, keys, algorithms, KINDS)
    check_issued(claims, issuer, client_id, now)
    if "nonce" in claims:  # §2.4: an ID token is not to be taken for one
        raise IdentityRefused("token_kind_wrong")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise IdentityRefused("token_kind_wrong")
    subject, sid, token_id = (_text(claims, name) for name in ("sub", "sid", "jti"))
    if subject:
        check_subject(claims)
    if not token_id:
        raise IdentityRefused("token_malformed", "jti")
    if not (subject or sid):
        raise IdentityRefused("subject_missing")
    return Ended(subject, sid, token_id, int(claims["exp"]))


def _text(claims: dict, name: str) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise IdentityRefused("token_malformed", name)
    return value
