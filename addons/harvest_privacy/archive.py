"""The portability archive: one ZIP with a manifest that is signed.

``manifest.json`` names every file with its size and SHA-256; ``manifest.json.sig`` is
the signature over it, ``key.pem`` the public key that made it. ``verify`` is what a
reader of such an archive does. Plain Python without Odoo.
"""

import hashlib
import io
import itertools
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO

from . import archive_signing

MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.sig"
KEY = "key.pem"
README = "README.txt"
FORMAT = "harvest-portability-archive/1"
# What a name may hold in a ZIP, on any system that opens it.
STRANGE = re.compile(r"[^\w.() -]+")
MOST_NAME = 80
MOST_EXTENSION = 5


class ArchiveError(Exception):
    """Base of what is wrong with an archive."""


class NotAnArchive(ArchiveError):
    """It is not a ZIP of ours, or a file that the manifest names is missing."""


class Altered(ArchiveError):
    """A file is not what the manifest says, or nobody signed for it."""


class NotGenuine(ArchiveError):
    """The manifest was not signed by this key."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive; ``path`` with forward slashes, relative."""

    path: str
    data: bytes


def safe_name(name: str) -> str:
    """Return a file name that cannot leave its folder, on any system."""
    cleaned = STRANGE.sub("_", name.replace("/", "_")).strip(". ")
    stem, dot, extension = cleaned.rpartition(".")
    if not dot or len(extension) > MOST_EXTENSION:
        return cleaned[:MOST_NAME] or "file"
    return f"{stem[:MOST_NAME]}.{extension}"


def write(
    out: IO[bytes],
    entries: Iterable[Entry],
    about: dict,
    readme: str,
    private_pem: str,
    on_entry: Callable[[str], None] | None = None,
) -> str:
    """Write a signed archive; return the SHA-256 of the manifest, in hex.

    Entries are taken one by one, so that an archive may be larger than the memory.

    :param about: what the manifest tells beside its files; JSON
    :param readme: how to check it, in the reader's language
    """
    files = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for entry in itertools.chain([Entry(README, readme.encode())], entries):
            package.writestr(entry.path, entry.data)
            files.append(
                {
                    "path": entry.path,
                    "bytes": len(entry.data),
                    "sha256": hashlib.sha256(entry.data).hexdigest(),
                }
            )
            if on_entry:
                on_entry(entry.path)
        pem = archive_signing.public_pem(private_pem)
        manifest = _to_json(
            {
                "format": FORMAT,
                **about,
                "key": archive_signing.thumbprint(pem),
                "files": files,
            }
        )
        package.writestr(MANIFEST, manifest)
        package.writestr(SIGNATURE, archive_signing.sign(manifest, private_pem))
        package.writestr(KEY, pem)
    return hashlib.sha256(manifest).hexdigest()


def verify(source: bytes, pem: str) -> dict:
    """Return the manifest of an archive that is whole and signed by this key.

    :param pem: the district's public key, from where the district publishes it; the
        copy in the archive proves nothing by itself
    :raise NotAnArchive: it is not one, or not complete
    :raise NotGenuine: another key, or an altered manifest
    :raise Altered: a file was changed or added
    """
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as package:
            names = package.namelist()
            manifest = package.read(MANIFEST)
            signature = package.read(SIGNATURE)
            if not archive_signing.is_genuine(manifest, signature, pem):
                raise NotGenuine("The manifest was not signed by this key.")
            told = json.loads(manifest)
            _check_files(package, names, told["files"])
            return told
    except (zipfile.BadZipFile, KeyError) as error:
        raise NotAnArchive("The archive is damaged or not complete.") from error


def _check_files(package: zipfile.ZipFile, names: list[str], files: list[dict]):
    told = {file["path"]: file for file in files}
    if len(names) != len(set(names)) or set(names) != {
        *told,
        MANIFEST,
        SIGNATURE,
        KEY,
    }:
        raise Altered("The archive holds a file that the manifest does not name.")
    for path, file in told.items():
        if hashlib.sha256(package.read(path)).hexdigest() != file["sha256"]:
            raise Altered(f"“{path}” was changed.")


def _to_json(value: dict) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).encode()
