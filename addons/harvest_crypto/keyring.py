"""Secrets at rest: sealed with AES-256-GCM, by keys that the database does not hold.

The key ring is a JSON file ``{"active": "k1", "keys": {"k1": "base64…"}}`` in Odoo's
data folder (or where ``HARVEST_KEY_FILE`` says), readable by the server's user alone.
It is made when the first secret is sealed. A copy of the database without it holds
nothing that can be read; a backup has to hold both (docs/operations.md).

A sealed text is ``v1|key id|nonce|ciphertext`` (base64). The place it belongs to is
authenticated with it, so it cannot be moved to another record or field. Files are
sealed alike: ``v1|key id|``, then nonce and ciphertext as bytes.
Source: NIST SP 800-38D (96-bit random nonces, §8.2.2; at most 2^32 a key, §8.3).
"""

import base64
import fcntl
import json
import os
import re
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from odoo.tools import config

from .exceptions import KeyMissingError, SealError

VERSION = "v1"
NONCE_BYTES = 12
KEY_BYTES = 32
# What a sealed text looks like; a fifth part is a blind index (blind_index.py).
SEALED_PATTERN = r"^v1\|[^|]+\|[A-Za-z0-9+/=]+\|[A-Za-z0-9+/=]+(\|[^|]+)?$"
_SEALED = re.compile(SEALED_PATTERN)


@dataclass(frozen=True)
class Ring:
    """The keys of one key file.

    :ivar dict keys: 32 bytes by key id
    """

    active: str
    keys: dict[str, bytes]

    @cached_property
    def ciphers(self) -> dict[str, AESGCM]:
        return {key_id: AESGCM(key) for key_id, key in self.keys.items()}

    @cached_property
    def _derived(self) -> dict[tuple[str, str], bytes]:
        return {}

    def derive(self, key_id: str, purpose: str) -> bytes:
        """Return a key of its own for a purpose (HKDF-SHA256, RFC 5869).

        :raise KeyMissingError: there is no such key
        """
        if key_id not in self.keys:
            raise KeyMissingError(key_id)
        if (key_id, purpose) not in self._derived:
            kdf = HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode())
            self._derived[key_id, purpose] = kdf.derive(self.keys[key_id])
        return self._derived[key_id, purpose]


# VALUES


def seal(text: str, place: str) -> str:
    """Seal a text for one place.

    :param place: ``model,id,field`` of the record that keeps it
    """
    key_id, nonce, sealed = _encrypt(text.encode(), place)
    return "|".join((VERSION, key_id, _to_text(nonce), _to_text(sealed)))


def unseal(sealed: str, place: str) -> str:
    """Return the text that was sealed for this place.

    :raise KeyMissingError: its key is not here
    :raise SealError: it was altered or moved
    """
    try:
        version, key_id, nonce, ciphertext = sealed.split("|")[:4]
        nonce, ciphertext = base64.b64decode(nonce), base64.b64decode(ciphertext)
    except ValueError as error:
        raise SealError from error
    return _decrypt(version, key_id, nonce, ciphertext, place).decode()


def seal_bytes(data: bytes, place: str) -> bytes:
    """Seal a file's content for one place, as a whole.

    Content and result are in memory at once, as Odoo has them anyway.
    """
    key_id, nonce, sealed = _encrypt(data, place)
    return f"{VERSION}|{key_id}|".encode() + nonce + sealed


def unseal_bytes(sealed: bytes, place: str) -> bytes:
    """Return the content that was sealed for this place; raises as ``unseal``."""
    try:
        version, key_id, rest = sealed.split(b"|", 2)
        version, key_id = version.decode(), key_id.decode()
    except ValueError as error:
        raise SealError from error
    return _decrypt(version, key_id, rest[:NONCE_BYTES], rest[NONCE_BYTES:], place)


def is_sealed(text: str) -> bool:
    """Whether a text looks like a sealed one."""
    return bool(_SEALED.match(text))


def key_of(sealed: str) -> str:
    """Return the id of the key that a text is sealed with."""
    return sealed.split("|", 2)[1]


def _encrypt(data: bytes, place: str) -> tuple[str, bytes, bytes]:
    ring = ensure()
    nonce = secrets.token_bytes(NONCE_BYTES)
    return (
        ring.active,
        nonce,
        ring.ciphers[ring.active].encrypt(nonce, data, place.encode()),
    )


def _decrypt(version, key_id, nonce, ciphertext, place) -> bytes:
    ring = load()
    if not ring or key_id not in ring.keys:
        raise KeyMissingError(key_id)
    try:
        plain = ring.ciphers[key_id].decrypt(nonce, ciphertext, place.encode())
    except (InvalidTag, ValueError) as error:
        raise SealError from error
    if version != VERSION:
        raise SealError
    return plain


# THE RING


def load() -> Ring | None:
    """Return the key ring, read again when its file has changed; None without one."""
    path = _path()
    try:
        return _read(path, os.stat(path).st_mtime_ns)  # a Path costs more than AES
    except FileNotFoundError:
        return None


def ensure() -> Ring:
    """Return the key ring, made when there is none."""
    return load() or _made()


def rotate() -> str:
    """Add a new key, to seal with from now on; the old ones still open.

    :return: the new key's id
    """
    with _locked() as ring:
        key_id, key = _new_key()
        keys = ring.keys if ring else {}
        _write(Ring(key_id, {**keys, key_id: key}))
    return key_id


def drop(key_id: str) -> None:
    """Take a key off the ring for good.

    The caller made sure that nothing is sealed with it (``gr.seal.key``).

    :raise KeyMissingError: there is no such key
    :raise ValueError: it is the one that is sealed with
    """
    with _locked() as ring:
        if not ring or key_id not in ring.keys:
            raise KeyMissingError(key_id)
        if key_id == ring.active:
            raise ValueError("the active key cannot be dropped")
        left = {name: key for name, key in ring.keys.items() if name != key_id}
        _write(Ring(ring.active, left))


def _path() -> str:
    named = os.environ.get("HARVEST_KEY_FILE")
    return named or os.path.join(config["data_dir"], "harvest-keys.json")


@lru_cache(maxsize=4)
def _read(path: str, _mtime: int) -> Ring:
    found = json.loads(Path(path).read_text())
    keys = {name: base64.b64decode(key) for name, key in found["keys"].items()}
    return Ring(found["active"], keys)


def _new_key() -> tuple[str, bytes]:
    return f"k{secrets.token_hex(4)}", AESGCM.generate_key(8 * KEY_BYTES)


def _made() -> Ring:
    """Return a new ring with one key; another worker may have been faster."""
    path = Path(_path())
    key_id, key = _new_key()
    draft = _draft(path, Ring(key_id, {key_id: key}))
    try:
        os.link(draft, path)  # fails when it is there: the first one counts
    except FileExistsError:
        _read.cache_clear()
    finally:
        draft.unlink()
    return load()


def _write(ring: Ring) -> None:
    """Put a ring in the place of the present one, as a whole or not at all."""
    path = Path(_path())
    os.replace(_draft(path, ring), path)
    _read.cache_clear()


def _draft(path: Path, ring: Ring) -> Path:
    """Write a ring beside the file, for the server's user alone, and safely down."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    keys = {name: _to_text(key) for name, key in ring.keys.items()}
    with os.fdopen(descriptor, "w") as stream:
        json.dump({"active": ring.active, "keys": keys}, stream)
        stream.flush()
        os.fsync(stream.fileno())
    return draft


@contextmanager
def _locked():
    """Hold the ring against another change of it; gives the present one."""
    path = Path(_path())
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield load()
    finally:
        os.close(descriptor)


def _to_text(data: bytes) -> str:
    return base64.b64encode(data).decode()
