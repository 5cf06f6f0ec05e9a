"""The keys of subjects: one a student, sealed by the key ring, destroyed on erasure."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from odoo.tools.lru import LRU

from odoo.addons.harvest_crypto import keyring, resealing
from odoo.addons.harvest_crypto.exceptions import SealError

from . import sealing
from .const import KEYS_CACHED

TABLE = "harvest_audit.subject_key"
_PLACE = TABLE + ",%s,key"
# A key that was shredded meanwhile opens nothing: what it still seals is lost at once.
_keys: LRU = LRU(KEYS_CACHED)


def ensure(open_cursor, dbname: str, subjects: Iterable[int]) -> dict[int, bytes]:
    """A key for each subject, made where there is none; not for who was shredded.

    :param open_cursor: makes a cursor of its own; what seals with a new key is written
        to disk after the key
    """
    found = {subject: _keys.get((dbname, subject)) for subject in subjects}
    missing = [subject for subject, key in found.items() if key is None]
    if missing:
        with open_cursor(dbname) as cr:
            for subject, key in _fetch(cr, missing):
                found[subject] = key
                if key:
                    _keys[dbname, subject] = key
    return {subject: key for subject, key in found.items() if key}


def _fetch(cr, subjects: list[int]) -> Iterator[tuple[int, bytes | None]]:
    made = {
        str(subject): keyring.seal(
            base64.b64encode(AESGCM.generate_key(256)).decode(), _PLACE % subject
        )
        for subject in subjects
    }
    cr.execute("SELECT * FROM harvest_audit.subject_keys(%s)", [json.dumps(made)])
    for subject, sealed in cr.fetchall():
        yield subject, _open(sealed, subject) if sealed else None


def _open(sealed: str, subject: int) -> bytes:
    return base64.b64decode(keyring.unseal(sealed, _PLACE % subject))


def open_values(cr, event_sealed: str) -> dict[int, dict]:
    """Old and new values of an event: {student: {record: {field: [old, new]}}}.

    Whose key was shredded is missing. Reads the keys as they are now, not the cache.
    """
    sealed = {int(subject): text for subject, text in json.loads(event_sealed).items()}
    cr.execute(
        "SELECT subject, key FROM harvest_audit.subject_key"
        " WHERE key IS NOT NULL AND subject IN %s",
        [tuple(sealed)],
    )
    found = {
        subject: sealing.unseal(sealed[subject], _open(key, subject), subject)
        for subject, key in cr.fetchall()
    }
    return {subject: values for subject, values in found.items() if values}


def shred(cr, subjects: list[int]) -> int:
    """Destroy keys for good, with the caller's transaction; how many there were."""
    for subject in subjects:
        _keys.pop((cr.dbname, subject), None)
    cr.execute("SELECT harvest_audit.shred(%s)", [subjects])
    return cr.fetchone()[0]


# -- rotation of the key ring


def count_by_key(cr) -> dict[str, int]:
    """How many keys each key of the ring has sealed."""
    cr.execute(
        "SELECT split_part(key, '|', 2), count(*) FROM harvest_audit.subject_key"
        " WHERE key IS NOT NULL GROUP BY 1"
    )
    return dict(cr.fetchall())


def reseal(cr, active: str, after: int = 0) -> resealing.Batch:
    """Put some keys under the active key of the ring; what it cannot open stays.

    The function compares with what was read, so a key that is shredded at the same time
    stays shredded. The keys themselves stay as they are, and what they sealed too.
    """
    cr.execute(
        "SELECT subject, key FROM harvest_audit.subject_key WHERE subject > %s"
        " AND split_part(key, '|', 2) <> %s ORDER BY subject LIMIT %s",
        [after, active, resealing.BATCH_ROWS],
    )
    rows, changed = cr.fetchall(), []
    for subject, was in rows:
        with suppress(SealError):  # counted on the page of keys
            place = _PLACE % subject
            now = keyring.seal(keyring.unseal(was, place), place)
            changed.append({"subject": subject, "was": was, "now": now})
    cr.execute("SELECT harvest_audit.reseal_keys(%s)", [json.dumps(changed)])
    return resealing.Batch(rows[-1][0] if rows else 0, cr.fetchone()[0])
