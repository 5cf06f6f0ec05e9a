"""Months that went offline: one line of JSON an event, compressed, written first.

A line holds the columns of ``chain.Row``: times in ISO 8601 (UTC), hashes hexadecimal.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from .chain import Row

SUFFIX = ".jsonl.gz"


def write(path: Path, rows: Iterable[Row]) -> tuple[int, str]:
    """Write events to a new file, safe on disk: (how many, SHA-256 of the file)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.part")
    count = 0
    with draft.open("wb") as raw:
        with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as stream:
            for row in rows:
                stream.write(_line(row))
                count += 1
        raw.flush()
        os.fsync(raw.fileno())
    draft.replace(path)
    return count, hashlib.sha256(path.read_bytes()).hexdigest()


def read(path: Path) -> Iterator[Row]:
    """The events of a file, as they were stored."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            values = json.loads(line)
            values["at"] = datetime.fromisoformat(values["at"])
            values["hash"] = bytes.fromhex(values["hash"])
            yield Row(**values)


def _line(row: Row) -> bytes:
    values = row._asdict()
    values["at"] = row.at.astimezone(UTC).isoformat()
    values["hash"] = row.hash.hex()
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"
