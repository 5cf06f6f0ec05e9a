"""Where things lie: the repository, its ignored state folder, the cache, the addons."""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SKIPPED_NAMES = frozenset({"__pycache__", ".pytest_cache"})


@dataclass(frozen=True)
class Addon:
    """One Odoo addon of this repository."""

    path: Path
    manifest: Mapping[str, object]

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def depends(self) -> tuple[str, ...]:
        return tuple(self.manifest.get("depends", ()))

    @property
    def installable(self) -> bool:
        return bool(self.manifest.get("installable", True))

    @property
    def for_tests_only(self) -> bool:
        """Whether it is a test addon, which no served system ever installs."""
        return self.name.startswith("test_")

    def content_hash(self) -> str:
        """Hash of every file of the addon, names and bytes, in a stable order."""
        return hash_files(self.path, _files(self.path))


@dataclass(frozen=True)
class Ground:
    """The places the launcher may use. Nothing is written outside them.

    :param root: the repository.
    :param cache: downloads that survive a clone (packages and wheels).
    """

    root: Path
    cache: Path

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Ground:
        root = Path(__file__).resolve().parents[2]
        base = environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        cache = environ.get("HARVEST_CACHE") or os.path.join(base, "harvest")
        return cls(root=root, cache=Path(cache).absolute())

    @property
    def state(self) -> Path:
        return self.root / ".harvest"

    @property
    def venv(self) -> Path:
        return self.state / "venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def odoo_prefix(self) -> Path:
        return self.state / "odoo"

    @property
    def pg(self) -> Path:
        return self.state / "pg"

    @property
    def data(self) -> Path:
        """Odoo's data folder: filestores and sessions."""
        return self.state / "data"

    @property
    def run(self) -> Path:
        return self.state / "run"

    @property
    def log(self) -> Path:
        return self.state / "log"

    @property
    def home(self) -> Path:
        """Home of the account that runs Odoo, so that no tool writes elsewhere."""
        return self.state / "home"

    @cached_property
    def addon_folders(self) -> tuple[Path, ...]:
        return (self.root, self.root / "addons")

    @cached_property
    def addons(self) -> tuple[Addon, ...]:
        """Installable addons of the repository, in the order of their names."""
        found = [
            Addon(manifest.parent, ast.literal_eval(manifest.read_text("utf-8")))
            for folder in self.addon_folders
            for manifest in folder.glob("*/__manifest__.py")
        ]
        installable = (addon for addon in found if addon.installable)
        return tuple(sorted(installable, key=lambda addon: addon.name))


def hash_text(*parts: str) -> str:
    """Short hash of texts, for names of things made from them."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def hash_files(base: Path, files: Iterable[Path]) -> str:
    """Hash of files: their paths below ``base`` and their bytes."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(base)).encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def file_sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not SKIPPED_NAMES.intersection(path.parts)
    )
