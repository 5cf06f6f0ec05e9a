"""Tell which standard a package follows, and read it."""

from __future__ import annotations

from collections.abc import Callable

from . import cmi5, scorm12, tincan
from .archive import Archive
from .errors import PackageError
from .model import Limits, Package

# A cmi5 package often has a tincan.xml beside it for older systems: cmi5 wins.
READERS: dict[str, Callable[[Archive, Limits], Package]] = {
    cmi5.MANIFEST: cmi5.read,
    scorm12.MANIFEST: scorm12.read,
    tincan.MANIFEST: tincan.read,
}


def read_package(archive: Archive, limits: Limits) -> Package:
    """Return what is in the archive.

    :raise PackageError: no manifest, one that cannot be read, or a standard that the
        player does not speak
    """
    for name, read in READERS.items():
        if name in archive:
            package = read(archive, limits)
            _check_unique([unit.identifier for unit in package.units])
            return package
    for path in archive:
        folder, _slash, name = path.rpartition("/")
        if name in READERS:
            raise PackageError("nested", folder=folder, name=name)
    raise PackageError("no_manifest", names=", ".join(READERS))


def _check_unique(identifiers: list[str]) -> None:
    twice = {one for one in identifiers if identifiers.count(one) > 1}
    if twice:
        raise PackageError("duplicate_unit", name=min(twice))
