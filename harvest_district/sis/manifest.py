"""manifest.csv of OneRoster 1.1/1.2: version, and each file absent, bulk or delta."""

import re
from dataclasses import dataclass, field

from .bundle import Bundle
from .errors import RefusedFile
from .problems import Problems
from .text import inspect, read_rows
from .values import clean

ABSENT = "absent"
BULK = "bulk"  # everything there is: what is not in the file is gone
DELTA = "delta"  # only what changed: what is not in the file is unchanged

V11 = "1.1"
V12 = "1.2"
_VERSION = re.compile(r"v?1[.p]([12])(\.\d+)*", re.ASCII)
_FILE = "file."


@dataclass(slots=True)
class Manifest:
    """``modes`` by lower-case file name; a name that is not there is absent."""

    version: str
    modes: dict[str, str] = field(default_factory=dict)
    system: str = ""
    inferred: bool = False


def read_manifest(
    bundle: Bundle, known: set[str], encoding: str, problems: Problems
) -> Manifest:
    """Read manifest.csv, or infer it when it is not there.

    :param known: lower-case names of the files that are read
    :raise RefusedFile: it is not a manifest, contradicts itself or names an unknown
        version or mode, or announces a file that is not there
    """
    if "manifest" not in bundle:
        return _infer(bundle, known, problems)
    properties = _properties(bundle, encoding)
    manifest = Manifest(
        version=_version(bundle, properties, problems),
        system=properties.get("source.systemname", ""),
    )
    for name, value in properties.items():
        if name.startswith(_FILE):
            stem = name.removeprefix(_FILE).removesuffix(".csv")
            manifest.modes[stem] = _mode(bundle, name, value)
    _compare(bundle, manifest, known, problems)
    return manifest


def _properties(bundle: Bundle, encoding: str) -> dict[str, str]:
    file = bundle.file_name("manifest")
    rows = read_rows(bundle, "manifest", inspect(bundle, "manifest", encoding).encoding)
    header = [clean(cell).lower() for cell in next(rows, (1, []))[1]]
    if {"propertyname", "value"} - set(header):
        raise RefusedFile.of("manifest_invalid", file, 1)
    key, value = header.index("propertyname"), header.index("value")
    properties: dict[str, str] = {}
    for number, cells in rows:
        if len(cells) <= max(key, value):
            raise RefusedFile.of("manifest_invalid", file, number)
        name, text = clean(cells[key]).lower(), clean(cells[value])
        if properties.setdefault(name, text) != text:
            raise RefusedFile.of("manifest_contradiction", file, number, name=name)
    return properties


def _version(bundle: Bundle, properties: dict[str, str], problems: Problems) -> str:
    text = properties.get("oneroster.version", "")
    if not text:
        version = _guess_version(bundle)
        file = bundle.file_name("manifest")
        problems.add("version_missing", file, version=version)
        return version
    match = _VERSION.fullmatch(text.lower())
    if not match:
        raise RefusedFile.of("version_unknown", bundle.file_name("manifest"))
    return f"1.{match[1]}"


def _guess_version(bundle: Bundle) -> str:
    return V12 if "roles" in bundle else V11


def _mode(bundle: Bundle, name: str, value: str) -> str:
    mode = value.lower() or ABSENT
    if mode not in (ABSENT, BULK, DELTA):
        raise RefusedFile.of("mode_unknown", bundle.file_name("manifest"), name=name)
    return mode


def _compare(
    bundle: Bundle, manifest: Manifest, known: set[str], problems: Problems
) -> None:
    for name in sorted(known):
        mode = manifest.modes.get(name, ABSENT)
        if mode == ABSENT and name in bundle:
            problems.add("file_not_declared", bundle.file_name(name))
        elif mode != ABSENT and name not in bundle:
            raise RefusedFile.of("file_missing", bundle.file_name(name))


def _infer(bundle: Bundle, known: set[str], problems: Problems) -> Manifest:
    manifest = Manifest(version=_guess_version(bundle), inferred=True)
    manifest.modes = {name: BULK for name in bundle.names if name in known}
    problems.add(
        "manifest_missing", "manifest.csv", mode=BULK, version=manifest.version
    )
    return manifest
