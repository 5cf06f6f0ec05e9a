"""Safe access to the files of a roster: a zip archive or a folder of CSV files.

Nothing is unpacked to disk. Only flat names count; one common top folder is tolerated.
Limits are checked against the archive's directory before anything is read; ``zipfile``
reads no more than that directory says and checks every CRC.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from .errors import UnreadableFile, UnsafeFile
from .problems import Problems

CLUTTER = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
RATIO_FROM = 1 << 20  # bytes unpacked below which a ratio means nothing


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may cost."""

    files: int = 100
    total_bytes: int = 2 << 30  # unpacked
    ratio: int = 200  # unpacked : packed, per file


class Bundle:
    """The CSV files of a roster by their lower-case name without ``.csv``."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names

    @property
    def names(self) -> list[str]:
        return sorted(self._names)

    def file_name(self, name: str) -> str:
        """The name as it stands in the source, for messages."""
        real = self._names.get(name.lower(), f"{name}.csv")
        return PurePosixPath(real).name

    def open(self, name: str) -> BinaryIO:
        raise NotImplementedError


class FolderBundle(Bundle):
    """CSV files in a folder."""

    def __init__(self, folder: Path, names: dict[str, str]) -> None:
        super().__init__(names)
        self._folder = folder

    def open(self, name: str) -> BinaryIO:
        return (self._folder / self._names[name.lower()]).open("rb")


class ZipBundle(Bundle):
    """CSV files in a zip archive."""

    def __init__(self, archive: zipfile.ZipFile, names: dict[str, str]) -> None:
        super().__init__(names)
        self._archive = archive

    def open(self, name: str) -> BinaryIO:
        return cast(BinaryIO, self._archive.open(self._names[name.lower()]))


@contextmanager
def open_bundle(
    source: str | Path | BinaryIO, limits: Limits, problems: Problems
) -> Iterator[Bundle]:
    """Open a roster's files.

    :param source: path of a zip file or of a folder, or an open binary zip file
    :raise UnreadableFile: not there, not a zip, damaged or encrypted
    :raise UnsafeFile: over a limit, leading outside, or ambiguous names
    """
    if isinstance(source, (str, Path)):
        path = Path(source)
        if path.is_dir():
            yield _folder(path, limits, problems)
            return
        if not path.is_file():
            raise UnreadableFile.of("not_found", path.name)
    label = Path(source).name if isinstance(source, (str, Path)) else ""
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile.of("zip_damaged", label) from error
    with archive:
        yield _zip(archive, limits, problems)


def _zip(archive: zipfile.ZipFile, limits: Limits, problems: Problems) -> ZipBundle:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    for info in infos:
        _check_path(info.orig_filename)
        if info.flag_bits & 0x1:
            raise UnreadableFile.of("zip_encrypted", info.filename)
    sizes = {info.filename: (info.file_size, info.compress_size) for info in infos}
    _check_limits([(i.filename, i.file_size, i.compress_size) for i in infos], limits)
    names = _choose([info.filename for info in infos], problems)
    for real in names.values():
        size, packed = sizes[real]
        if size > RATIO_FROM and size > limits.ratio * max(packed, 1):
            raise UnsafeFile.of("ratio_too_high", real, limit=limits.ratio)
    return ZipBundle(archive, names)


def _folder(path: Path, limits: Limits, problems: Problems) -> FolderBundle:
    root = path.resolve()
    files = []
    for file in sorted(path.rglob("*")):
        if file.is_file():
            if not file.resolve().is_relative_to(root):
                raise UnsafeFile.of("path_unsafe", file.name)
            size = file.stat().st_size
            files.append((file.relative_to(path).as_posix(), size, size))
    _check_limits(files, limits)
    return FolderBundle(path, _choose([name for name, *_ in files], problems))


def _check_path(name: str) -> None:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or ".." in parts or parts[0].startswith("/") or ":" in parts[0]:
        raise UnsafeFile.of("path_unsafe", PurePosixPath(name).name)
    if not name.isprintable():
        raise UnsafeFile.of("path_unsafe")


def _check_limits(files: list[tuple[str, int, int]], limits: Limits) -> None:
    if len(files) > limits.files:
        raise UnsafeFile.of("too_many_files", limit=limits.files)
    if sum(size for _name, size, _packed in files) > limits.total_bytes:
        raise UnsafeFile.of("too_large", limit=limits.total_bytes)


def _choose(paths: list[str], problems: Problems) -> dict[str, str]:
    """Map each CSV file's lower-case stem to its path; refuse what is ambiguous."""
    names: dict[str, str] = {}
    folders = set()
    for real in paths:
        path = PurePosixPath(real.replace("\\", "/"))
        if CLUTTER & set(path.parts) or path.name.startswith("._"):
            continue
        if path.suffix.lower() != ".csv":
            problems.add("file_ignored", path.name)
            continue
        stem = path.stem.strip().lower()
        if stem in names and PurePosixPath(names[stem]).parent == path.parent:
            raise UnsafeFile.of("name_twice", path.name)
        folders.add(path.parent)
        names[stem] = real
    if len(folders) > 1 or any(len(folder.parts) > 1 for folder in folders):
        raise UnsafeFile.of("nested_folders")
    return names
