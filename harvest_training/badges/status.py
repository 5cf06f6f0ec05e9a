"""What was revoked: W3C Bitstring Status List 1.0.

One bit a credential, in a signed list that says nothing about people. Chosen over
``1EdTechRevocationList`` because that one publishes which credentials were revoked and
why; of this one nobody learns more than about a credential they hold. The 1EdTech
validator reads both.
"""

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable
from datetime import datetime

from .credential import CONTEXTS, instant
from .exceptions import MalformedCredential

PURPOSE = "revocation"
LIST_BITS = 131_072  # the least that the standard allows, so that one hides among many
MOST_BYTES = 4 * LIST_BITS // 8  # read of a list that somebody else made


def entry(list_url: str, index: int) -> dict:
    """Return the ``credentialStatus`` that points a credential to its bit."""
    return {
        "id": f"{list_url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": PURPOSE,
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def build_list(
    issuer_id: str,
    list_url: str,
    revoked: Iterable[int],
    valid_from: datetime,
    valid_until: datetime,
) -> dict:
    """Return the list as a credential to be signed.

    :param revoked: indexes whose bit is set, each below ``LIST_BITS``
    :param valid_until: an older copy counts no more then, so that nobody can show one
        from before a revocation for ever
    """
    return {
        "@context": [CONTEXTS[0]],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_id,
        "validFrom": instant(valid_from),
        "validUntil": instant(valid_until),
        "credentialSubject": {
            "id": f"{list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": PURPOSE,
            "encodedList": encode(revoked),
        },
    }


def encode(indexes: Iterable[int]) -> str:
    """Return the bits as multibase base64url of gzip (§3.3); bit 0 is the leftmost."""
    bits = bytearray(LIST_BITS // 8)
    for index in indexes:
        if not 0 <= index < LIST_BITS:
            raise ValueError(f"status list index {index} is out of range")
        bits[index // 8] |= 0x80 >> (index % 8)
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def is_set(encoded: str, index: int) -> bool:
    """Whether the bit of ``index`` is set in an encoded list (§3.4).

    :raise MalformedCredential: it is no such list, or too short for the index
    """
    bits = _decode(encoded)
    if not 0 <= index < len(bits) * 8:
        raise MalformedCredential("The issuer's status list does not have this entry.")
    return bool(bits[index // 8] & (0x80 >> (index % 8)))


def _decode(encoded: str) -> bytes:
    packed = encoded.removeprefix("u")
    try:
        raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        reader = zlib.decompressobj(wbits=31)  # gzip
        bits = reader.decompress(raw, MOST_BYTES)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise MalformedCredential("The issuer's status list is unreadable.") from error
    if reader.unconsumed_tail:
        raise MalformedCredential("The issuer's status list is too large to be read.")
    return bits
