"""Old and new values of a change, sealed with the key of whom they are about.

A destroyed key makes its values unreadable for good, while the chain stays whole: the
hash covers the sealed text. Format: ``v1|nonce|ciphertext`` in base64, AES-256-GCM
(NIST SP 800-38D, random 96-bit nonces), bound to the subject.
"""

from __future__ import annotations

import base64
import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = "v1"


def seal(values: dict, key: bytes, subject: int) -> str:
    """Seal values of one subject.

    :param values: what JSON can hold
    """
    nonce = secrets.token_bytes(12)
    plain = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = AESGCM(key).encrypt(nonce, plain, _place(subject))
    return "|".join((_VERSION, _text(nonce), _text(sealed)))


def unseal(sealed: str, key: bytes, subject: int) -> dict | None:
    """The values, or None when this is not the key or the text was altered."""
    try:
        version, nonce, ciphertext = sealed.split("|")
        plain = AESGCM(key).decrypt(
            base64.b64decode(nonce), base64.b64decode(ciphertext), _place(subject)
        )
    except (ValueError, InvalidTag):
        return None
    return json.loads(plain) if version == _VERSION else None


def _place(subject: int) -> bytes:
    return f"harvest_audit.event,{subject}".encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
