"""Room on the disk, checked before work that would fill it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from scripts.launcher.errors import GroundError


def free_bytes(folder: Path) -> int:
    """Bytes free where ``folder`` is, or will be made."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def require_space(
    folder: Path,
    needed: int,
    what: str,
    free: Callable[[Path], int] = free_bytes,
) -> None:
    """Refuse to begin work that the disk cannot hold.

    :param needed: bytes.
    :raise GroundError: too little is free.
    """
    available = free(folder)
    if available < needed:
        raise GroundError(
            f"disk full: {what} needs {_megabytes(needed)} MB below {folder}, "
            f"and {_megabytes(available)} MB are free",
            "free some space, or move the clone (and HARVEST_CACHE) to another disk",
        )


def _megabytes(count: int) -> int:
    return count // 1_000_000
