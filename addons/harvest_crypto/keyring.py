"""Secrets at rest: sealed with AES-256-GCM, by keys that the database does not hold.

The key ring is a JSON file ``{"active": "k1", "keys": {"k1": "base64…"}}`` in Odoo's
data folder (or where ``HARVEST_KEY_FILE`` says), readable by the server's user alone.
It is made when the first secret is sealed. A copy of the database without it holds
nothing that can be read; a backup has to hold both (docs/operations.md).

A sealed text is ``v1|key id|nonce|ciphertext`` (base64). The place it belongs to is
authenticated with it, so it cannot be moved to another record or field.
Source: NIST SP 800-38D (96-bit random nonces, §8.2.2).
"""

import base64
import json
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from odoo.tools import config

from .exceptions import SealError

_VERSION = "v1"
_NONCE_BYTES = 12


def seal(text: str, place: str) -> str:
    """Seal a text for one place.

    :param place: ``model,id,field`` of the record that keeps it
    """
    key_id, key = _active_key()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    return "|".join((_VERSION, key_id, _to_text(nonce), _to_text(sealed)))


def unseal(sealed: str, place: str) -> str:
    """Return the text that was sealed for this place.

    :raise SealError: the key is not here, or it was altered or moved
    """
    try:
        version, key_id, nonce, ciphertext = sealed.split("|")
        key = base64.b64decode(_ring(_path())["keys"][key_id])
        plain = AESGCM(key).decrypt(
            base64.b64decode(nonce), base64.b64decode(ciphertext), place.encode()
        )
    except (ValueError, KeyError, InvalidTag) as error:
        raise SealError from error
    if version != _VERSION:
        raise SealError
    return plain.decode()


def _path() -> Path:
    named = os.environ.get("HARVEST_KEY_FILE")
    return Path(named) if named else Path(config["data_dir"]) / "harvest-keys.json"


def _active_key() -> tuple[str, bytes]:
    path = _path()
    if not path.exists():
        _make(path)
    ring = _ring(path)
    return ring["active"], base64.b64decode(ring["keys"][ring["active"]])


@lru_cache(maxsize=4)
def _read(path: Path, _mtime: int) -> dict:
    return json.loads(path.read_text())


def _ring(path: Path) -> dict:
    """The key ring; read again when its file has changed."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise SealError from error


def _make(path: Path) -> None:
    """Write a ring with one new key; another worker may have been faster."""
    key_id = f"k{secrets.token_hex(4)}"
    ring = {"active": key_id, "keys": {key_id: _to_text(AESGCM.generate_key(256))}}
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(ring, stream)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, path)  # fails when it is there: the first one counts
    except FileExistsError:
        _read.cache_clear()
    finally:
        draft.unlink()


def _to_text(data: bytes) -> str:
    return base64.b64encode(data).decode()
