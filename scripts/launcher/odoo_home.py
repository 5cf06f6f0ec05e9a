"""Which Odoo 19 is used: yours, an importable one, or Debian's package."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.launcher.errors import GroundError
from scripts.launcher.odoo_package import DIST_PACKAGES, OdooPackage
from scripts.launcher.paths import Ground
from scripts.launcher.steps import Steps

SERIES = "19.0"
RELEASE = re.compile(r"^version_info = \((\d+), (\d+)", re.MULTILINE)


@dataclass(frozen=True)
class OdooHome:
    """An Odoo that Python can import.

    :param folder: the folder that holds the ``odoo`` package.
    :param addons: further addons folders (a source tree keeps them beside it).
    :param packaged: whether it is the Debian package that we unpacked.
    """

    folder: Path
    addons: tuple[Path, ...]
    version: str
    packaged: bool = False


def find_odoo(
    ground: Ground, steps: Steps, environ: Mapping[str, str] = os.environ
) -> OdooHome:
    """The Odoo to use; fetches Debian's package when there is no other.

    :raise GroundError: HARVEST_ODOO names a folder without Odoo 19.
    """
    named = environ.get("HARVEST_ODOO")
    if named:
        return _checked(Path(named).absolute())
    spec = importlib.util.find_spec("odoo")
    if spec is not None and spec.submodule_search_locations:
        return _checked(Path(next(iter(spec.submodule_search_locations))).parent)
    version = OdooPackage(ground, steps).ensure()
    return OdooHome(ground.odoo_prefix / DIST_PACKAGES, (), version, packaged=True)


def _checked(folder: Path) -> OdooHome:
    """Accept a source tree, or the folder of an installed ``odoo`` package."""
    release = folder / "odoo" / "release.py"
    match = RELEASE.search(release.read_text("utf-8")) if release.is_file() else None
    remedy = f"set HARVEST_ODOO to the folder that holds the odoo package of {SERIES}"
    if match is None:
        raise GroundError(f"{folder} holds no Odoo", remedy)
    version = f"{match[1]}.{match[2]}"
    if version != SERIES:
        raise GroundError(f"{folder} holds Odoo {version}, not {SERIES}", remedy)
    beside = folder / "addons"
    return OdooHome(folder, (beside,) if beside.is_dir() else (), version)
