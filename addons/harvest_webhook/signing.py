"""Signatures of webhooks as Standard Webhooks 1.0 has them: v1, HMAC-SHA256.

Signed is ``{webhook-id}.{webhook-timestamp}.{body}``, byte for byte. The reference
library computes signatures; we compare them ourselves, because it knows one secret,
one tolerance, and one message for everything.
Source: https://github.com/standard-webhooks/standard-webhooks, spec 1.0.0.
"""

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from standardwebhooks import Webhook

PREFIX = "whsec_"
SECRET_BYTES = 32
_SECRET_BYTES_ALLOWED = range(24, 65)  # spec: 192 to 512 bits
_SIGNATURES_MOST = 10  # of one call; more are no rotation but work for us
_VERSION = "v1"
# No full stop: it separates what is signed, and must not be movable.
_ID = re.compile(r"[\x21-\x2d\x2f-\x7e]{1,200}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,11}", re.ASCII)


class SignatureError(Exception):
    """A call that must not be believed; ``code`` says why, see ``const.REFUSALS``.

    :param seconds: with ``clock_skew``, how far the sender's clock is ahead of ours
    """

    def __init__(self, code: str, *, header: str = "", seconds: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.header = header
        self.seconds = seconds


class Message(NamedTuple):
    """A call that is what its sender signed; ``timestamp`` in Unix seconds."""

    webhook_id: str
    timestamp: int
    text: str


def make_secret() -> str:
    """A new secret: 256 random bits, ``whsec_`` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def is_secret(text: str) -> bool:
    """Whether a text is a secret of the format: base64 of 24 to 64 bytes."""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(key) in _SECRET_BYTES_ALLOWED


def sign(secret: str, webhook_id: str, timestamp: int, text: str) -> str:
    """One signature, ``v1,…``.

    :param timestamp: of this attempt, Unix seconds
    """
    moment = datetime.fromtimestamp(timestamp, UTC)
    return Webhook(secret).sign(webhook_id, moment, text)


def make_headers(
    secrets_: Iterable[str], webhook_id: str, timestamp: int, text: str
) -> dict[str, str]:
    """The three headers; one signature for each secret that is valid now."""
    signatures = [sign(secret, webhook_id, timestamp, text) for secret in secrets_]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def verify(
    secrets_: Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: int,
    tolerance: int,
) -> Message:
    """Return the message, if one of the secrets signed it, and lately.

    The clock is looked at last: only who signed rightly is told how far it is off.

    :param secrets_: every one that is valid now (rotation)
    :param now: Unix seconds
    :param tolerance: seconds that the attempt may lie behind or ahead
    :raise SignatureError: ``headers_missing``, ``id_malformed``,
        ``timestamp_malformed``, ``not_utf8``, ``no_secret``, ``no_v1_signature``,
        ``signature_wrong``, ``clock_skew``
    """
    webhook_id, timestamp, given = _read(headers)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise SignatureError("not_utf8") from None
    candidates = [one for one in given.split() if one.startswith(f"{_VERSION},")]
    if not candidates:
        raise SignatureError("no_v1_signature")
    expected = [sign(secret, webhook_id, timestamp, text) for secret in secrets_]
    if not expected:
        raise SignatureError("no_secret")
    if not _any_equal(expected, candidates[:_SIGNATURES_MOST]):
        raise SignatureError("signature_wrong")
    if abs(timestamp - now) > tolerance:
        raise SignatureError("clock_skew", seconds=timestamp - now)
    return Message(webhook_id, timestamp, text)


def _read(headers: Mapping[str, str]) -> tuple[str, int, str]:
    found = {name.lower(): value for name, value in headers.items()}
    values = []
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        if not found.get(name):
            raise SignatureError("headers_missing", header=name)
        values.append(found[name])
    webhook_id, timestamp, signature = values
    if not _ID.fullmatch(webhook_id):
        raise SignatureError("id_malformed", header="webhook-id")
    if not _SECONDS.fullmatch(timestamp):
        raise SignatureError("timestamp_malformed", header="webhook-timestamp")
    return webhook_id, int(timestamp), signature


def _any_equal(expected: list[str], given: list[str]) -> bool:
    """Compare all with all, always: the time does not tell which one fits."""
    found = False
    for ours in expected:
        for theirs in given:
            found |= hmac.compare_digest(ours.encode(), theirs.encode())
    return found
