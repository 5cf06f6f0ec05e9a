"""Where districts leave files: a folder, or an SFTP server (``sftp``).

A file is *complete* when its size and time did not change between two looks, or when
its marker (``roster.zip.done``) lies beside it. Only complete files are fetched, into
a folder of our own that is gone afterwards; nothing is moved or deleted where they lie.
"""

import hashlib
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from .errors import NothingNew, UnreadableFile, UnsafeFile

_CHUNK = 1 << 18  # bytes


class Entry(NamedTuple):
    """A file that lies there; ``mtime`` in whole seconds of the server's clock."""

    name: str
    size: int
    mtime: int


class Inbox(ABC):
    """A place with files; used as a context."""

    place: str  # for messages: the folder's own name

    @abstractmethod
    def list(self) -> Sequence[Entry]:
        """The plain files of the folder.

        :raise RosterError: ``not_found``, ``cannot_open`` or the network's
        """

    @abstractmethod
    def read(self, entry: Entry) -> Iterator[bytes]:
        """The bytes of a file, in parts."""


class FolderInbox(Inbox):
    """A folder on this server, or one file by its path."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self.place = self._path.name

    def list(self) -> Sequence[Entry]:
        if self._path.is_file():
            return [self._entry(self._path)]
        if not self._path.is_dir():
            raise UnreadableFile.of("not_found", self.place)
        try:
            return [self._entry(path) for path in self._path.iterdir() if _plain(path)]
        except OSError as error:
            raise UnreadableFile.of("cannot_open", self.place) from error

    def _entry(self, path: Path) -> Entry:
        if not path.resolve().is_relative_to(self._folder.resolve()):
            raise UnsafeFile.of("path_unsafe", path.name)
        stat = path.stat()
        return Entry(path.name, stat.st_size, int(stat.st_mtime))

    @property
    def _folder(self) -> Path:
        return self._path.parent if self._path.is_file() else self._path

    def read(self, entry: Entry) -> Iterator[bytes]:
        try:
            with (self._folder / entry.name).open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except OSError as error:
            raise UnreadableFile.of("cannot_open", entry.name) from error


def check_folder(path: str, allowed: Iterable[str]) -> None:
    """Whether something of this very server may be read.

    Who connects a system is no administrator of the server: without a list, its whole
    disk could be looked at through a mapping.

    :raise UnsafeFile: ``folder_not_allowed``
    """
    real = Path(path).resolve()
    if not any(real.is_relative_to(Path(root).resolve()) for root in allowed if root):
        raise UnsafeFile.of("folder_not_allowed", real.name)


def _plain(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".")


@dataclass(frozen=True, slots=True)
class InboxPolicy:
    """How a delivery is recognised.

    ``pattern``
        names of deliveries, such as ``roster*.zip``. One that ends in ``.csv`` means
        that all files together are one delivery.
    ``marker``
        the ending that a marker adds to a file's name, such as ``.done``; "": two looks
    ``settle``
        seconds between the two looks
    ``max_bytes``
        of one delivery
    """

    pattern: str = "*.zip"
    marker: str = ""
    settle: float = 15
    max_bytes: int = 512 << 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """Complete files that belong together, fetched.

    ``path``
        the zip file, or a folder of CSV files; gone when the context ends.
    ``cursor``
        what was read, as JSON: names, sizes, times and one hash of all bytes.
    """

    path: Path
    cursor: dict[str, Any]


class Collector:
    """Finds the newest complete delivery of an inbox and fetches it."""

    def __init__(
        self, inbox: Inbox, policy: InboxPolicy, sleep: Callable[[float], None]
    ) -> None:
        self._inbox = inbox
        self._policy = policy
        self._sleep = sleep

    def find(self) -> tuple[Entry, ...]:
        """The files of the newest complete delivery.

        :raise RosterError: ``inbox_empty``, ``still_arriving``
        """
        entries = self._inbox.list()
        wanted = self._matching(entries)
        if not wanted:
            pattern = self._policy.pattern
            raise UnreadableFile.of("inbox_empty", self._inbox.place, pattern=pattern)
        complete = wanted & self._settled(entries)
        if (self._whole_folder and complete != wanted) or not complete:
            missing = max(wanted - complete, key=_age)
            raise UnreadableFile.of("still_arriving", missing.name)
        if self._whole_folder:
            return tuple(sorted(complete))
        return (max(complete, key=_age),)

    @property
    def _whole_folder(self) -> bool:
        return self._policy.pattern.lower().endswith(".csv")

    def _matching(self, entries: Sequence[Entry]) -> set[Entry]:
        pattern = self._policy.pattern.lower()
        return {e for e in entries if fnmatchcase(e.name.lower(), pattern)}

    def _settled(self, before: Sequence[Entry]) -> set[Entry]:
        marker = self._policy.marker
        if marker:
            names = {entry.name for entry in before}
            return {entry for entry in before if entry.name + marker in names}
        self._sleep(self._policy.settle)
        return {e for e in set(before) & set(self._inbox.list()) if e.size}

    @contextmanager
    def fetch(self, known: dict[str, Any] | None = None) -> Iterator[Delivery]:
        """Copy the newest delivery here.

        :param known: the cursor of what was read last
        :raise NothingNew: the newest delivery is the one that is known
        :raise RosterError: nothing complete is there, it is too large, or it changed
            while it was fetched
        """
        entries = self.find()
        marks = [list(entry) for entry in entries]
        if known and known.get("files") == marks:
            raise NothingNew.of("nothing_new", entries[0].name)
        limit = self._policy.max_bytes
        if sum(entry.size for entry in entries) > limit:
            raise UnsafeFile.of("download_too_large", entries[0].name, limit=limit)
        folder = Path(tempfile.mkdtemp(prefix="harvest-"))
        try:
            digest = hashlib.sha256()
            for entry in entries:
                self._copy(entry, folder / _safe(entry.name), digest)
            if not set(entries) <= set(self._inbox.list()):
                raise UnreadableFile.of("still_arriving", entries[0].name)
            value = digest.hexdigest()
            if known and known.get("hash") == value:
                raise NothingNew.of("nothing_new", entries[0].name)
            path = folder if self._whole_folder else folder / entries[0].name
            yield Delivery(path, {"files": marks, "hash": value})
        finally:
            shutil.rmtree(folder)

    def _copy(self, entry: Entry, path: Path, digest: Any) -> None:
        size = 0
        with path.open("xb") as stream:
            for chunk in self._inbox.read(entry):
                size += len(chunk)
                if size > entry.size:
                    break
                _write(stream, chunk, digest)
        if size != entry.size:
            raise UnreadableFile.of("still_arriving", entry.name)


def _write(stream: BinaryIO, chunk: bytes, digest: Any) -> None:
    stream.write(chunk)
    digest.update(chunk)


def _age(entry: Entry) -> tuple[int, str]:
    return entry.mtime, entry.name


def _safe(name: str) -> str:
    """:raise RosterError: a server's name that leads elsewhere"""
    if name in (".", "..") or "/" in name or "\\" in name or not name.isprintable():
        raise UnsafeFile.of("path_unsafe")
    return name
