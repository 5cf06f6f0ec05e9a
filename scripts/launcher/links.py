"""Asset links of the unpacked Odoo: a page answers HTTP 500 while one dangles."""

from __future__ import annotations

import os
from pathlib import Path

from scripts.launcher.errors import GroundError

# Nothing here uses the point of sale, and no package brings this font's file.
KNOWN_DANGLING = frozenset({"Inconsolata.otf"})
MENDED_BY = {
    "fonts-font-awesome": "XStatic-Font-Awesome (Python package)",
    "javascript/jquery-form": "libjs-jquery-form",
    "javascript/jquery": "libjs-jquery",
    "javascript/underscore": "libjs-underscore",
    "roboto": "fonts-roboto-unhinted",
    "montserrat": "fonts-montserrat",
    "inconsolata": "fonts-inconsolata",
    "ocr-b": "fonts-ocr-b",
}


def dangling_links(prefix: Path) -> list[tuple[Path, str]]:
    """Links below ``prefix`` that lead nowhere, with the package that mends each."""
    found = []
    for folder, folders, files in os.walk(prefix):
        for name in (*folders, *files):
            path = Path(folder, name)
            if path.is_symlink() and not path.exists() and name not in KNOWN_DANGLING:
                found.append((path, _mender(path)))
    return found


def require_links(prefix: Path) -> None:
    """Refuse an Odoo whose pages would fail.

    The walk takes a second, so a good result is noted beside the stamp.

    :raise GroundError: a link dangles; the remedy names the package.
    """
    stamp = prefix / "harvest-stamp.json"
    checked = prefix / "harvest-links-checked"
    if checked.is_file() and stamp.is_file():
        if checked.stat().st_mtime >= stamp.stat().st_mtime:
            return
    found = dangling_links(prefix)
    if found:
        path, package = found[0]
        raise GroundError(
            f"{len(found)} asset links of Odoo dangle, such as "
            f"{path.relative_to(prefix)} -> {os.readlink(path)}",
            f"{package} mends it: remove {prefix} and run the same command again",
        )
    checked.touch()


def _mender(path: Path) -> str:
    target = os.readlink(path).lower()
    packages = (package for part, package in MENDED_BY.items() if part in target)
    return next(packages, "the package that owns the link's target")
