"""Equality without reading: a keyed fingerprint of a value beside its ciphertext.

HMAC-SHA256 under a key of the field, derived from the key that seals the value, so
who has the database alone can neither compute one nor compare two fields. Two rows of
one field with the same value show the same fingerprint; that is what a search needs,
and why only fields of many possible values (a case number, not a yes or no) get one.
"""

import base64
import hashlib
import hmac
import unicodedata

from . import keyring


def normalise(text: str) -> str:
    """Return what counts as the same value: NFC, case-folded, without outer blanks."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", folded).strip()


def fingerprint(text: str, key_id: str, place: str) -> str:
    """Return the fingerprint of a value under one key, 44 characters of base64.

    :param place: ``model,field``
    """
    key = keyring.load().derive(key_id, f"harvest blind index|{place}")
    digest = hmac.digest(key, normalise(text).encode(), hashlib.sha256)
    return base64.b64encode(digest).decode()


def fingerprints(texts, place: str) -> list[str]:
    """Return what to look for: values sealed with any key of the ring are found."""
    ring = keyring.load()
    return [
        fingerprint(text, key_id, place)
        for key_id in (ring.keys if ring else ())
        for text in texts
    ]
