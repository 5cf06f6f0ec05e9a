"""nginx for the tests of the proxy's settings: downloaded, unpacked, never installed.

Installing Debian's package would start a server on port 80 of the host.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from scripts.launcher import proc
from scripts.launcher.apt_private import PrivateApt
from scripts.launcher.apt_sources import debian_source, host_codename
from scripts.launcher.errors import GroundError
from scripts.launcher.paths import Ground
from scripts.launcher.steps import Steps


def find_nginx(ground: Ground, steps: Steps) -> Path | None:
    """The host's nginx, or one of its own Debian release; None without either."""
    installed = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if installed:
        return Path(installed)
    unpacked = ground.state / "nginx/usr/sbin/nginx"
    if unpacked.is_file():
        return unpacked
    try:
        with steps.step("fetch nginx"):
            _unpack(ground)
    except GroundError as error:
        steps.warn(f"tests of the proxy will be skipped: {error.message}")
        return None
    return unpacked


def _unpack(ground: Ground) -> None:
    codename = host_codename()
    apt = PrivateApt(
        ground.cache / f"apt-{codename}", debian_source(codename), codename
    )
    apt.update()
    packages = apt.candidates(["nginx"])
    with tempfile.TemporaryDirectory(dir=ground.state) as folder:
        apt.download(packages, Path(folder))
        (deb,) = Path(folder).glob("nginx_*.deb")
        target = Path(folder, "nginx")
        proc.run(["dpkg-deb", "-x", deb, target], what="unpacking nginx")
        target.rename(ground.state / "nginx")
