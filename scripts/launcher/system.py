"""Programs of the system that the ground needs, installed with apt when missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.launcher import proc
from scripts.launcher.errors import GroundError
from scripts.launcher.steps import Steps

CREATE_CLUSTER = Path("/etc/postgresql-common/createcluster.d/harvest.conf")


@dataclass(frozen=True)
class Need:
    """Something of the system, and the Debian packages that bring it.

    :param present: tells whether it is there, however it came.
    """

    name: str
    packages: tuple[str, ...]
    present: Callable[[], bool]


def library(name: str) -> Callable[[], bool]:
    """A probe for a shared library, such as ``libpango-1.0.so.0``."""

    def present() -> bool:
        folders = [Path("/usr/lib"), Path("/lib"), *Path("/usr/lib").glob("*-linux-*")]
        return any((folder / name).exists() for folder in folders)

    return present


def header(name: str) -> Callable[[], bool]:
    """A probe for a C header, such as ``postgresql/libpq-fe.h``."""
    return (Path("/usr/include") / name).exists


def program(*names: str) -> Callable[[], bool]:
    """A probe for a program under any of its names."""
    return lambda: any(shutil.which(name) for name in names)


def postgres_bin(base: Path = Path("/usr/lib/postgresql")) -> Path | None:
    """Folder of the newest PostgreSQL server from 15 on, or None."""
    found = {
        int(path.parts[-3]): path.parent
        for path in base.glob("*/bin/initdb")
        if path.parts[-3].isdigit() and int(path.parts[-3]) >= 15
    }
    if found:
        return found[max(found)]
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


POSTGRES = Need("PostgreSQL 15 or later", ("postgresql",), lambda: bool(postgres_bin()))
PSQL = Need("PostgreSQL's client", ("postgresql-client",), program("psql"))
RUNTIME_NEEDS = (
    Need("libmagic", ("libmagic1",), library("libmagic.so.1")),
    Need(
        "Pango (PDF)",
        ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
        lambda: (
            library("libpangoft2-1.0.so.0")() and library("libharfbuzz-subset.so.0")()
        ),
    ),
    Need(
        "fonts (PDF)",
        ("fonts-dejavu-core",),
        Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").exists,
    ),
)
CHROMIUM = Need(
    "Chromium (browser tests)",
    ("chromium",),
    program("chromium", "google-chrome", "chromium-browser"),
)


def ensure_packages(needs: Iterable[Need], steps: Steps) -> None:
    """Install with apt what is missing, after naming it.

    :raise GroundError: something is missing and we may not install it.
    """
    missing = [need for need in needs if not need.present()]
    if not missing:
        return
    packages = [package for need in missing for package in need.packages]
    prefix = _root_prefix()
    line = f"apt-get install --no-install-recommends {' '.join(packages)}"
    if prefix is None or not shutil.which("apt-get"):
        raise GroundError(
            f"missing on this system: {', '.join(need.name for need in missing)}",
            f"as root: {line}",
        )
    steps.note(f"missing: {', '.join(need.name for need in missing)}")
    with steps.step(line), _no_main_cluster(packages, prefix):
        apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        remedy = f"check the network, or run as root: {line}"
        proc.run([*apt, "update"], what="apt-get update", remedy=remedy)
        install = [*apt, "install", "-y", "--no-install-recommends", *packages]
        proc.run(install, what="apt-get install", remedy=remedy)


def _root_prefix() -> list[str] | None:
    """Words that make a command run as root, or None when we cannot."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    probe = subprocess.run([sudo, "-n", "true"], capture_output=True, check=False)
    return [sudo, "-n"] if probe.returncode == 0 else None


@contextmanager
def _no_main_cluster(packages: Iterable[str], prefix: list[str]) -> Iterator[None]:
    """Keep Debian's package from making and starting a cluster nobody asked for."""
    if "postgresql" not in packages:
        yield
        return
    folder = CREATE_CLUSTER.parent
    proc.run([*prefix, "mkdir", "-p", folder], what="preparing PostgreSQL's package")
    proc.run(
        [*prefix, "tee", CREATE_CLUSTER],
        what="preparing PostgreSQL's package",
        stdin="create_main_cluster = false\n",
    )
    try:
        yield
    finally:
        proc.run([*prefix, "rm", "-f", CREATE_CLUSTER], what="cleaning up after apt")
