"""Signing an archive so that anybody can prove where it comes from.

A detached Ed25519 signature (RFC 8032) over the bytes of ``manifest.json``, which
names every other file with its SHA-256. Whoever has the district's public key checks
it without us, with OpenSSL::

    openssl pkeyutl -verify -pubin -inkey key.pem -rawin \\
        -in manifest.json -sigfile manifest.json.sig
"""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)


def generate() -> str:
    """Return a new private key as PEM text (PKCS #8, not encrypted: seal it)."""
    return (
        Ed25519PrivateKey.generate()
        .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        .decode()
    )


def public_pem(private_pem: str) -> str:
    """Return the public half as PEM text (SubjectPublicKeyInfo)."""
    key = load_pem_private_key(private_pem.encode(), password=None)
    return (
        key.public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def thumbprint(pem: str) -> str:
    """Return the SHA-256 of the public key (DER), base64url: what people compare."""
    der = load_pem_public_key(pem.encode()).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


def sign(data: bytes, private_pem: str) -> bytes:
    """Return the signature: 64 bytes."""
    key = load_pem_private_key(private_pem.encode(), password=None)
    return key.sign(data)


def is_genuine(data: bytes, signature: bytes, pem: str) -> bool:
    """Whether the signature is over these bytes and by this public key."""
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        return False
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True
