"""A private apt source of another suite, taken from the host's own apt sources.

Only the suite is replaced: the mirror, the keys and the options stay those the host's
administrator chose. Both forms that apt knows are read: deb822 (``.sources``) and one
line (``.list``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.launcher.errors import GroundError

DEBIAN_SUITES = frozenset({"oldstable", "stable", "testing", "unstable", "sid"})
DEBIAN_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
ONE_LINE = re.compile(
    r"^deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<rest>.+)$"
)


@dataclass(frozen=True)
class Source:
    """One archive: where it is, what it carries, who signs it."""

    uris: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""

    def is_debian(self, codename: str) -> bool:
        """Whether this is the Debian archive itself, not updates or a third party."""
        ours = DEBIAN_SUITES | {codename}
        return "main" in self.components and bool(ours.intersection(self.suites))

    def for_suite(self, suite: str, signed_by: str | None = None) -> str:
        """The same archive with another suite, as a deb822 stanza."""
        keys = self.signed_by if signed_by is None else signed_by
        lines = [
            "Types: deb",
            f"URIs: {self.uris}",
            f"Suites: {suite}",
            "Components: main",
        ]
        if keys:
            lines.append(f"Signed-By: {keys}")
        return "\n".join(lines) + "\n"


def read_sources(etc_apt: Path = Path("/etc/apt")) -> list[Source]:
    """Every binary source that the host's apt is set up with."""
    found: list[Source] = []
    parts = etc_apt / "sources.list.d"
    for path in [etc_apt / "sources.list", *sorted(parts.glob("*.list"))]:
        if path.is_file():
            found.extend(_read_list(path.read_text("utf-8", "replace")))
    for path in sorted(parts.glob("*.sources")):
        found.extend(_read_deb822(path.read_text("utf-8", "replace")))
    return found


def debian_source(codename: str, etc_apt: Path = Path("/etc/apt")) -> Source:
    """The host's own Debian archive.

    :raise GroundError: the host has none (it is not Debian, or reads from a medium).
    """
    for source in read_sources(etc_apt):
        if source.is_debian(codename):
            return source
    raise GroundError(
        f"no Debian archive in the apt sources below {etc_apt}",
        "set HARVEST_ODOO=/path/to/odoo-19, or add your Debian mirror to apt's sources",
    )


def host_codename(os_release: Path = Path("/etc/os-release")) -> str:
    """Name of the host's Debian release, empty when it is not Debian."""
    try:
        text = os_release.read_text("utf-8")
    except OSError:
        return ""
    values = dict(re.findall(r"^(\w+)=\"?([^\"\n]*)\"?$", text, re.MULTILINE))
    if values.get("ID") != "debian":
        return ""
    return values.get("VERSION_CODENAME", "sid")


def _read_list(text: str) -> Iterator[Source]:
    for line in text.splitlines():
        match = ONE_LINE.match(line.strip())
        if match:
            signed = re.search(r"signed-by=(\S+)", match["options"] or "")
            yield Source(
                uris=match["uri"],
                suites=(match["suite"],),
                components=tuple(match["rest"].split("#")[0].split()),
                signed_by=signed[1] if signed else "",
            )


def _read_deb822(text: str) -> Iterator[Source]:
    for stanza in re.split(r"\n\s*\n", text):
        fields = _stanza_fields(stanza.splitlines())
        if "deb" not in fields.get("types", "").split():
            continue
        if fields.get("enabled", "yes").strip().lower() in {"no", "false", "0"}:
            continue
        yield Source(
            uris=" ".join(fields.get("uris", "").split()),
            suites=tuple(fields.get("suites", "").split()),
            components=tuple(fields.get("components", "").split()),
            signed_by=fields.get("signed-by", ""),
        )


def _stanza_fields(lines: Sequence[str]) -> dict[str, str]:
    """Fields of a stanza; continuation lines stay as written (embedded keys)."""
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        if line.startswith("#"):
            continue
        if line[:1] in {" ", "\t"} and name:
            fields[name] += f"\n{line}"
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields
