"""Downloading packages of another Debian suite with apt, without touching the host.

Lists, caches and sources are private, so neither the host's package lists nor what is
installed on it changes. apt itself checks the archive's signature and each hash.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.launcher import proc
from scripts.launcher.apt_sources import DEBIAN_KEYRING, Source
from scripts.launcher.errors import CommandFailed, GroundError, NetworkDown

UNSIGNED = re.compile(r"NO_PUBKEY|is not signed|EXPKEYSIG|Missing key", re.IGNORECASE)
NO_NETWORK = "check the network and the apt mirror, then run the same command again"


@dataclass(frozen=True)
class Candidate:
    """A package as the signed index lists it."""

    name: str
    version: str
    sha256: str
    size: int

    @property
    def file_name(self) -> str:
        """Our name for the file in the cache (apt's own escapes epochs)."""
        return f"{self.name}_{self.version.replace(':', '%3a')}.deb"


class PrivateApt:
    """apt with lists and caches of its own below ``folder``.

    :param source: the archive to read.
    :param suite: the suite asked of it.
    """

    def __init__(self, folder: Path, source: Source, suite: str) -> None:
        self.folder = folder.absolute()
        self.source = source
        self.suite = suite

    def update(self) -> None:
        """Fetch the suite's signed index.

        :raise NetworkDown: the mirror does not answer.
        :raise GroundError: no key of this host signs the index.
        """
        try:
            self._update(None)
        except CommandFailed as error:
            if not UNSIGNED.search(error.output):
                raise _network(error) from error
            self._update_with_debian_keys(error)

    def candidates(self, names: Sequence[str]) -> list[Candidate]:
        """What the index offers of each package, in the order asked for."""
        text = proc.run(
            ["apt-cache", *self._options(), "show", "--no-all-versions", *names],
            what="reading the package index",
            remedy=NO_NETWORK,
        )
        found = {
            item.name: item for item in map(_candidate, text.split("\n\n")) if item
        }
        missing = [name for name in names if name not in found]
        if missing:
            raise GroundError(
                f"Debian {self.suite} no longer has: {', '.join(missing)}",
                "set HARVEST_ODOO=/path/to/odoo-19 (a source tree or an installed one)",
            )
        return [found[name] for name in names]

    def download(self, packages: Sequence[Candidate], folder: Path) -> None:
        """Download packages into a folder; apt checks size and hash."""
        folder.mkdir(parents=True, exist_ok=True)
        wanted = [f"{package.name}={package.version}" for package in packages]
        try:
            proc.run(
                ["apt-get", *self._options(), "-qq", "download", *wanted],
                what="downloading packages",
                cwd=folder,
                remedy=NO_NETWORK,
            )
        except CommandFailed as error:
            raise _network(error) from error

    def _update_with_debian_keys(self, cause: CommandFailed) -> None:
        """Try once more with all of Debian's keys: the host may name only its own."""
        remedy = "apt-get install --only-upgrade debian-archive-keyring, then try again"
        if not DEBIAN_KEYRING.is_file():
            raise GroundError(
                f"no key here verifies Debian {self.suite}", remedy
            ) from cause
        try:
            self._update(str(DEBIAN_KEYRING))
        except CommandFailed as error:
            if UNSIGNED.search(error.output):
                raise GroundError(error.message, remedy) from error
            raise _network(error) from error

    def _update(self, signed_by: str | None) -> None:
        for part in ("lists/partial", "cache/archives/partial"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        stanza = self.source.for_suite(self.suite, signed_by)
        (self.folder / "suite.sources").write_text(stanza, "utf-8")
        proc.run(
            ["apt-get", *self._options(), "--error-on=any", "-q", "update"],
            what=f"fetching the index of Debian {self.suite}",
            remedy=NO_NETWORK,
        )

    def _options(self) -> list[str]:
        settings = {
            "Dir::Etc::sourcelist": self.folder / "suite.sources",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State::lists": self.folder / "lists",
            "Dir::Cache": self.folder / "cache",
            "Acquire::Languages": "none",
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
            "Acquire::Retries": "2",
            "Acquire::AllowInsecureRepositories": "false",
            "APT::Get::AllowUnauthenticated": "false",
            "APT::Sandbox::User": "",
            "Debug::NoLocking": "true",
        }
        return [
            part for item in settings.items() for part in ("-o", "{}={}".format(*item))
        ]


def _candidate(stanza: str) -> Candidate | None:
    fields = dict(re.findall(r"^([A-Za-z0-9-]+): (.*)$", stanza, re.MULTILINE))
    if not {"Package", "Version", "SHA256", "Size"} <= fields.keys():
        return None
    return Candidate(
        fields["Package"], fields["Version"], fields["SHA256"], int(fields["Size"])
    )


def _network(error: CommandFailed) -> NetworkDown:
    return NetworkDown(error.message, NO_NETWORK)
