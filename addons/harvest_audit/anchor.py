"""Anchors: signed notes of where every stream stood, kept outside the database.

Who owns the database can write the whole chain anew; the anchors cannot be written anew
without the key. Form: a signed note as in Go's sumdb (``text``, blank line, ``— name
base64(4 bytes of key hash || Ed25519 signature)``), with one line a stream:

    harvest-audit/v1 <database>
    time 2026-11-22T05:00:00.000000Z
    after <SHA-256 of the note before, or 0>
    <stream> <number> <hash> <time of that event>
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

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

from .chain import CLOCK, FORK, LOST_ANCHOR, TRUNCATED, UNSIGNED, Fault, Link, Row

FORM = "harvest-audit/v1"
NAME = "harvest-audit"  # of the key, in the signature's line
SUFFIX = ".note"
PUBLIC = "harvest-audit.pub"
# Between the clocks of the server and the database.
TOLERANCE = timedelta(minutes=1)
_FILE_TIME = "%Y%m%dT%H%M%S%fZ"
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True)
class Anchor:
    """Where every stream stood at a time.

    :param after: SHA-256 of the note before, in hexadecimal, or ``0``
    """

    database: str
    time: datetime
    after: str
    heads: Mapping[str, Link]

    def text(self) -> str:
        lines = [f"{FORM} {self.database}", f"time {self.time.strftime(_TIME)}"]
        lines.append(f"after {self.after}")
        for stream, head in sorted(self.heads.items()):
            at = head.at.astimezone(UTC).strftime(_TIME)
            lines.append(f"{stream} {head.seq} {head.hash.hex()} {at}")
        return "\n".join(lines) + "\n"


def sign(anchor: Anchor, key: Ed25519PrivateKey) -> str:
    """The signed note."""
    text = anchor.text()
    signature = _key_hash(key.public_key()) + key.sign(text.encode())
    return f"{text}\n— {NAME} {base64.b64encode(signature).decode()}\n"


def read(note: str, key: Ed25519PublicKey) -> Anchor:
    """The anchor of a signed note.

    :raise ValueError: it is not signed by this key, or is no anchor
    """
    text, _blank, signature = note.rpartition("\n\n— ")
    name, _space, encoded = signature.strip().partition(" ")
    signed = base64.b64decode(encoded, validate=True)
    if name != NAME or signed[:4] != _key_hash(key):
        raise ValueError("signed by another key")
    text += "\n"
    try:
        key.verify(signed[4:], text.encode())
    except InvalidSignature as error:
        raise ValueError("the signature is wrong") from error
    form, time, after, *lines = text.splitlines()
    if form.split(" ")[0] != FORM:
        raise ValueError("no anchor")
    return Anchor(
        form.split(" ", 1)[1], _moment(time[5:]), after[6:], dict(map(_head, lines))
    )


def _head(line: str) -> tuple[str, Link]:
    stream, seq, digest, at = line.rsplit(" ", 3)
    return stream, Link(int(seq), bytes.fromhex(digest), _moment(at))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _TIME).replace(tzinfo=UTC)


def _key_hash(key: Ed25519PublicKey) -> bytes:
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(f"{NAME}\n\x01".encode() + raw).digest()[:4]


# -- files


def private_key(path: Path) -> Ed25519PrivateKey:
    """The signing key; made on first use, readable by the server's user alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(made)
    return load_pem_private_key(path.read_bytes(), None)


def public_key(folder: Path) -> Ed25519PublicKey:
    """The key that anchors of a folder are checked with.

    :raise FileNotFoundError: the folder has none
    """
    return load_pem_public_key((folder / PUBLIC).read_bytes())


def export(
    folder: Path, database: str, heads: Mapping[str, Link], key: Ed25519PrivateKey
) -> tuple[Path, str]:
    """Write an anchor to a folder: (its file, the note). Nothing is overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    public = key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    (folder / PUBLIC).write_bytes(public)
    before = notes(folder)
    after = _sha256(before[-1].read_bytes()) if before else "0"
    time = datetime.now(UTC)
    note = sign(Anchor(database, time, after, heads), key)
    path = folder / f"{time.strftime(_FILE_TIME)}{SUFFIX}"
    with path.open("x") as stream:
        stream.write(note)
        stream.flush()
        os.fsync(stream.fileno())
    return path, note


def notes(folder: Path) -> list[Path]:
    """Anchors of a folder, the oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


def time_of(path: Path) -> datetime:
    """When an anchor was written, by its name; UTC without a time zone."""
    return datetime.strptime(path.name, f"{_FILE_TIME}{SUFFIX}").replace(microsecond=0)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Witness:
    """Compares the chain with the anchors of a folder while it is walked."""

    def __init__(self, paths: Iterable[Path], key: Ed25519PublicKey) -> None:
        self.anchors: list[Anchor] = []
        self.faults: list[Fault] = []
        self._known: dict[tuple[str, int], list[Anchor]] = {}
        after = None
        for path in paths:
            try:
                anchor = read(path.read_text(), key)
            except ValueError as error:
                self.faults.append(Fault(path.name, 0, UNSIGNED, str(error)))
                continue
            if after is not None and anchor.after != after:
                self.faults.append(Fault(path.name, 0, LOST_ANCHOR, "before this one"))
            after = _sha256(path.read_bytes())
            self.anchors.append(anchor)
            for stream, head in anchor.heads.items():
                self._known.setdefault((stream, head.seq), []).append(anchor)
        self._last = {s: self._latest(s) for a in self.anchors for s in a.heads}

    def _latest(self, stream: str) -> tuple[int, datetime]:
        found = [a for a in self.anchors if stream in a.heads]
        return found[-1].heads[stream].seq, found[-1].time

    def visit(self, row: Row) -> Fault | None:
        """Whether an event is the one that an anchor knows."""
        for anchor in self._known.pop((row.stream, row.seq), ()):
            if anchor.heads[row.stream].hash != row.hash:
                note = f"the anchor of {anchor.time:%Y-%m-%d %H:%M} knows another event"
                return Fault(row.stream, row.seq, FORK, note)
        seq, time = self._last.get(row.stream, (row.seq, row.at))
        if row.seq > seq and row.at < time - TOLERANCE:
            note = f"written after the anchor of {time:%Y-%m-%d %H:%M}, dated before it"
            return Fault(row.stream, row.seq, CLOCK, note)
        return None

    def unmet(self, bases: Mapping[str, Link], faulty: set[str]) -> Iterable[Fault]:
        """Events that anchors know and the chain does not hold any more.

        :param bases: what was archived is not online
        :param faulty: streams of which a fault is known already
        """
        first: dict[str, int] = {}
        for stream, seq in self._known:
            online = seq > (bases[stream].seq if stream in bases else 0)
            if stream not in faulty and online:
                first[stream] = min(seq, first.get(stream, seq))
        for stream, seq in sorted(first.items()):
            yield Fault(stream, seq, TRUNCATED, "an anchor knows this event")
        for stream, base in bases.items():
            for anchor in self._known.get((stream, base.seq), ()):
                if anchor.heads[stream].hash != base.hash:
                    yield Fault(stream, base.seq, FORK, "archived otherwise")
