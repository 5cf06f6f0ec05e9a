"""A ZIP from a stranger: checked whole before any of it is used."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from .errors import PackageError
from .model import RATIO_FROM, Limits

ENCRYPTED = 0x1
UTF8_NAME = 0x800
CHUNK = 256 * 1024  # bytes read at a time while the checksums are verified
DRIVE = re.compile(r"^[A-Za-z]:")
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Archive:
    """Files of a ZIP by their path, with ``/`` between folders."""

    def __init__(self, zip_file: zipfile.ZipFile, entries: dict) -> None:
        self._zip = zip_file
        self._entries = entries

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __iter__(self):
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def size(self, name: str) -> int:
        """Bytes of a file, unpacked."""
        return self._entries[name].file_size

    def crc(self, name: str) -> int:
        return self._entries[name].CRC

    def read(self, name: str) -> bytes:
        with _naming(name):
            return self._zip.read(self._entries[name])

    def open(self, name: str) -> BinaryIO:
        """A stream of a file, that can be sought: a video is asked for in parts."""
        return self._zip.open(self._entries[name])

    def verify(self) -> None:
        """Unpack everything once, to nowhere, so that damage shows at the upload.

        :raise PackageError: ``damaged``
        """
        for name, info in self._entries.items():
            with _naming(name), self._zip.open(info) as stream:
                while stream.read(CHUNK):
                    pass


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Say which file cannot be unpacked."""
    try:
        yield
    except (*BROKEN, NotImplementedError) as error:
        raise PackageError("damaged", name=name) from error


def open_archive(stream: BinaryIO, limits: Limits) -> Archive:
    """Return the archive in ``stream``.

    :raise PackageError: what is not a ZIP, is encrypted, would leave its folder, names
        a file twice, or is larger than ``limits`` allow; nothing is unpacked before.
    """
    try:
        zip_file = zipfile.ZipFile(stream)
    except (*BROKEN, NotImplementedError) as error:
        raise PackageError("not_zip") from error
    infos = zip_file.infolist()
    _check_entries(infos, limits)
    entries = {}
    for info in infos:
        name = _clean_name(info)
        if info.is_dir() or name.startswith("__MACOSX/"):
            continue
        if name in entries:
            raise PackageError("duplicate", name=name)
        entries[name] = info
    if not entries:
        raise PackageError("empty")
    return Archive(zip_file, entries)


def _check_entries(infos: list, limits: Limits) -> None:
    if len(infos) > limits.files:
        raise PackageError("too_many_files", count=len(infos), limit=limits.files)
    total = sum(info.file_size for info in infos)
    if total > limits.unpacked:
        raise PackageError("too_large", size=total, limit=limits.unpacked)
    for info in infos:
        if info.flag_bits & ENCRYPTED:
            raise PackageError("encrypted", name=info.filename)
        if info.compress_type not in METHODS:
            raise PackageError("compression", name=info.filename)
        if info.file_size > limits.file:
            raise PackageError("file_too_large", name=info.filename, limit=limits.file)
        large = info.file_size > RATIO_FROM
        if large and info.file_size > limits.ratio * max(info.compress_size, 1):
            raise PackageError("bomb", name=info.filename)


def _clean_name(info: zipfile.ZipInfo) -> str:
    """Return the path inside the package, or refuse one that leads out of it."""
    # orig_filename is what was written: zipfile cuts a name at a NUL.
    written = info.orig_filename
    name = _decode_name(info).replace("\\", "/")
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    outside = name.startswith("/") or DRIVE.match(name) or ".." in name.split("/")
    if "\0" in written or is_link or outside:
        raise PackageError("unsafe_path", name=name)
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def _decode_name(info: zipfile.ZipInfo) -> str:
    """Undo zipfile's cp437 where a tool wrote UTF-8 and did not say so."""
    if info.flag_bits & UTF8_NAME or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename
