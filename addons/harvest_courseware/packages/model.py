"""What a package is, whatever its standard."""

from __future__ import annotations

from dataclasses import dataclass

SCORM12 = "scorm12"
CMI5 = "cmi5"
XAPI = "xapi"

SCO = "sco"  # reports by the SCORM run-time
ASSET = "asset"  # only shown: opening it is all there is
AU = "au"  # cmi5 assignable unit
ACTIVITY = "activity"  # launched by a tincan.xml

MEBI = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How large a package may be. Sizes in bytes."""

    archive: int = 512 * MEBI
    unpacked: int = 2048 * MEBI
    file: int = 512 * MEBI
    files: int = 10_000
    manifest: int = 5 * MEBI
    ratio: int = 200  # unpacked : packed, of a file above RATIO_FROM


RATIO_FROM = MEBI


@dataclass(frozen=True)
class Unit:
    """A SCO, asset, assignable unit or activity: what is launched and reports.

    :param href: file in the archive
    :param query: what the launch address has behind the file, with "?" or "#", or ""
    :param mastery: smallest passing score; SCORM in points (0–100), cmi5 scaled (0–1)
    :param move_on: cmi5 (10.2.4); what satisfies the unit
    :param blocks: ids of the cmi5 blocks around it, outermost first
    """

    identifier: str
    title: str
    href: str
    kind: str
    query: str = ""
    mastery: float | None = None
    move_on: str = ""
    launch_method: str = ""
    launch_data: str = ""
    entitlement_key: str = ""
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Package:
    """A package that was read.

    :param size: of its files, unpacked, in bytes
    """

    standard: str
    identifier: str
    title: str
    description: str
    units: tuple[Unit, ...]
    files: int
    size: int
