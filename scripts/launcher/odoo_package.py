"""Odoo 19 as Debian packages it, unpacked beside us and never installed.

The packages come from the cache when their hashes are those this repository was tested
with; otherwise from Debian's signed index. Nothing unverified is unpacked, and an
unpacked tree counts only when its stamp says that it is whole.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scripts.launcher import proc
from scripts.launcher.apt_private import Candidate, PrivateApt
from scripts.launcher.apt_sources import debian_source, host_codename
from scripts.launcher.disk import require_space
from scripts.launcher.errors import CommandFailed, GroundError, PackageRefused
from scripts.launcher.paths import Ground, file_sha256, hash_text
from scripts.launcher.steps import Steps

SUITE = "unstable"
UNPACKED_BYTES = 1_600_000_000
RECORD = Path(__file__).parents[1] / "odoo_package.toml"
STAMP = "harvest-stamp.json"
DIST_PACKAGES = Path("usr/lib/python3/dist-packages")
FONT_AWESOME = Path("usr/share/fonts-font-awesome/fonts")


def tested_packages(record: Path = RECORD) -> list[Candidate]:
    """The packages, versions and hashes that this repository was tested with."""
    data = tomllib.loads(record.read_text("utf-8"))
    return [Candidate(**item) for item in data["package"]]


class OdooPackage:
    """Fetches, verifies and unpacks the packages.

    :param make_apt: gives an apt of another suite; tests put their own here.
    """

    def __init__(
        self,
        ground: Ground,
        steps: Steps,
        make_apt: Callable[[Path], PrivateApt] | None = None,
        tested: Sequence[Candidate] | None = None,
    ) -> None:
        self.ground = ground
        self.steps = steps
        self.make_apt = make_apt or _host_apt
        self.tested = list(tested) if tested is not None else tested_packages()
        self.debs = ground.cache / "debs"

    def ensure(self) -> str:
        """Have a whole, verified Odoo tree; return its version."""
        stamp = self.stamp()
        if stamp is not None and stamp["packages"] in self._acceptable():
            return str(stamp["version"])
        with proc.locked(self.ground.state / "odoo.lock"):
            packages = self._verified()
            with self.steps.step(f"unpack Odoo {packages[0].version}"):
                self._unpack(packages)
        return packages[0].version

    def stamp(self) -> dict[str, object] | None:
        """What is unpacked, or None when nothing whole is."""
        try:
            return json.loads((self.ground.odoo_prefix / STAMP).read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def is_tested(self, stamp: Mapping[str, object]) -> bool:
        """Whether what is unpacked is what this repository was tested with."""
        return stamp["packages"] == _key(self.tested)

    def _acceptable(self) -> set[str]:
        newer = self._recorded()
        return {_key(self.tested)} | ({_key(newer)} if newer else set())

    def _verified(self) -> list[Candidate]:
        """Packages whose files are in the cache with the right hash."""
        for packages in filter(None, (self.tested, self._recorded())):
            if all(self._is_good(package) for package in packages):
                return self._announce(packages)
        with self.steps.step(f"fetch Odoo 19 from Debian {SUITE}"):
            packages = self._fetch()
        return self._announce(packages)

    def _announce(self, packages: list[Candidate]) -> list[Candidate]:
        tested = {package.name: package.version for package in self.tested}
        for package in packages:
            if tested[package.name] != package.version:
                self.steps.warn(
                    f"{package.name} {package.version} is not the version tested here "
                    f"({tested[package.name]})"
                )
        return packages

    def _fetch(self) -> list[Candidate]:
        names = [package.name for package in self.tested]
        apt = self.make_apt(self.ground.cache / "apt")
        apt.update()
        packages = apt.candidates(names)
        missing = [package for package in packages if not self._is_good(package)]
        self.debs.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.debs) as partial:
            apt.download(missing, Path(partial))
            for package in missing:
                self._keep(package, Path(partial))
        self._record_path.write_text(json.dumps([vars(item) for item in packages]))
        return packages

    def _keep(self, package: Candidate, folder: Path) -> None:
        """Move a downloaded file into the cache when it is what the index promises."""
        files = list(folder.glob(f"{package.name}_*.deb"))
        if len(files) != 1 or file_sha256(files[0]) != package.sha256:
            raise PackageRefused(
                f"{package.name} {package.version}: the download does not have the "
                "hash of the signed index",
                "run the same command again; if it stays, the mirror or a proxy on the "
                "way alters files: use another mirror",
            )
        files[0].replace(self.debs / package.file_name)

    def _is_good(self, package: Candidate) -> bool:
        """Whether the cached file is whole; a wrong one is removed and named."""
        path = self.debs / package.file_name
        if not path.is_file():
            return False
        if path.stat().st_size == package.size and file_sha256(path) == package.sha256:
            return True
        self.steps.warn(f"{path.name} in the cache is damaged: fetching it again")
        path.unlink()
        return False

    @property
    def _record_path(self) -> Path:
        return self.debs / "index.json"

    def _recorded(self) -> list[Candidate] | None:
        """Versions of an earlier signed index, for a start without a network."""
        try:
            return [
                Candidate(**item) for item in json.loads(self._record_path.read_text())
            ]
        except (OSError, ValueError, TypeError):
            return None

    def _unpack(self, packages: Sequence[Candidate]) -> None:
        """Unpack into a new folder and rename it: never half a tree in place."""
        state = self.ground.state
        require_space(state, UNPACKED_BYTES, "unpacking Odoo")
        with tempfile.TemporaryDirectory(dir=state, prefix="odoo-new-") as folder:
            new = Path(folder) / "odoo"
            new.mkdir()
            for package in packages:
                self._unpack_one(package, new)
            stamp = {"version": packages[0].version, "packages": _key(packages)}
            (new / STAMP).write_text(json.dumps(stamp))
            old = self.ground.odoo_prefix
            if old.exists():
                old.rename(Path(folder) / "old")
            new.rename(old)

    def _unpack_one(self, package: Candidate, target: Path) -> None:
        path = self.debs / package.file_name
        try:
            proc.run(["dpkg-deb", "-x", path, target], what=f"unpacking {path.name}")
        except CommandFailed as error:
            path.unlink(missing_ok=True)
            raise PackageRefused(
                f"{path.name} cannot be unpacked\n{error.message}",
                "it was removed from the cache: run the same command again",
            ) from error


def _host_apt(folder: Path) -> PrivateApt:
    codename = host_codename()
    if not codename or not shutil.which("apt-get"):
        raise GroundError(
            "Odoo 19 is taken from Debian's packages, and this host is not Debian",
            "set HARVEST_ODOO=/path/to/odoo-19, or use docker-compose.yml",
        )
    return PrivateApt(folder, debian_source(codename), SUITE)


def _key(packages: Sequence[Candidate]) -> str:
    return hash_text(*(package.sha256 for package in packages))
