"""Rosters that come as files: from a folder, from an SFTP server, or by upload.

Settings: ``base_url`` is ``sftp://host[:port]`` or empty for a folder of this server;
``path`` the folder; ``client_id`` and ``secret`` the user and its password or private
key. In ``extra``: ``host_key`` (fingerprints, SHA256:…), ``pattern`` (``*.zip``),
``marker`` (``.done``), ``settle`` (seconds between two looks), ``folders`` (those of
this server that its administrator allows; none without it).
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, ClassVar

from .. import vocab
from ..bundle import Bundle, Limits, open_bundle
from ..dialects import ONEROSTER, check_dialect
from ..errors import RosterError
from ..inbox import (
    Collector,
    Delivery,
    FolderInbox,
    Inbox,
    InboxPolicy,
    check_folder,
)
from ..manifest import BULK, DELTA
from ..net import NetError
from ..oneroster_csv import ReadOptions, read_bundle
from ..problems import Problems
from ..roster import Roster
from ..sftp import SftpInbox
from ..source import Cursor, Pull, Source


class FileSource(Source):
    """Files of one CSV format.

    The cursor is what was read last, so that the same file is not applied twice.
    """

    default_pattern: ClassVar[str] = InboxPolicy().pattern

    @property
    @abstractmethod
    def dialect(self) -> str:
        """The format's name, one of ``dialects``."""

    def pull(self, cursor: Cursor | None = None) -> Pull:
        """Read the newest complete delivery.

        :raise NothingNew: it is the one that ``cursor`` stands for
        """
        with self._collector() as collector, collector.fetch(cursor) as delivery:
            return self._pull(delivery)

    def _pull(self, delivery: Delivery) -> Pull:
        roster = self.read(delivery.path)
        modes = set(roster.modes.values())
        return Pull(roster, delivery.cursor, DELTA in modes and BULK not in modes)

    def read(self, source: str | Path | BinaryIO) -> Roster:
        """Read files that are here already, such as an upload.

        :raise RosterError: nothing of it may be used
        """
        problems = Problems()
        try:
            with self._open(source, problems) as bundle:
                return self._read_checked(bundle, problems)
        except RosterError as error:
            error.problems += tuple(p for p in problems if p not in error.problems)
            raise

    def _open(
        self, source: str | Path | BinaryIO, problems: Problems
    ) -> AbstractContextManager[Bundle]:
        return open_bundle(source, Limits(), problems)

    def _read_checked(self, bundle: Bundle, problems: Problems) -> Roster:
        check_dialect(bundle, self.dialect, self.settings.encoding)
        return self._read(bundle, problems)

    @abstractmethod
    def _read(self, bundle: Bundle, problems: Problems) -> Roster:
        """Read the files of the right format."""

    # THE CONNECTION TEST

    def steps(self) -> Iterator[tuple[str, Callable[[], int | None]]]:
        """Each step of its own, so that the one that fails is named."""
        yield "settings", self._check_settings
        if self._is_remote:
            yield "reach", self._try_reach
            yield "token", self._try_sign_in
        yield "folder", self._count_files
        yield "file", self._try_find
        yield "schools", self._count_schools

    def _check_settings(self) -> None:
        needed = {"path": self.settings.path}
        if self._is_remote:
            needed |= {
                "client_id": self.settings.client_id,
                "secret": self.settings.secret,
            }
        for name, value in needed.items():
            if not value:
                raise NetError.of("setting_missing", setting=name)

    def _try_reach(self) -> None:
        with self._sftp().reached():
            pass

    def _try_sign_in(self) -> None:
        with self._sftp().connected():
            pass

    def _count_files(self) -> int:
        with self._inbox() as inbox:
            return len(inbox.list())

    def _try_find(self) -> int:
        with self._collector() as collector:
            return len(collector.find())

    def _count_schools(self) -> int:
        roster = self.pull().roster
        return sum(org.type == vocab.SCHOOL for org in roster.orgs.values())

    # WHERE THE FILES LIE

    @property
    def _is_remote(self) -> bool:
        return bool(self.settings.base_url)

    def _sftp(self) -> SftpInbox:
        settings = self.settings
        return SftpInbox(
            settings.base_url,
            settings.path,
            settings.client_id,
            settings.secret,
            str(settings.extra.get("host_key", "")),
            self.net.policy,
        )

    @contextmanager
    def _inbox(self) -> Iterator[Inbox]:
        if self._is_remote:
            with self._sftp().connected() as inbox:
                yield inbox
        else:
            check_folder(self.settings.path, self.settings.extra.get("folders", ()))
            yield FolderInbox(self.settings.path)

    @contextmanager
    def _collector(self, **changes: float) -> Iterator[Collector]:
        extra = {**self.settings.extra, **changes}
        given = {name: extra.get(name) for name in ("pattern", "marker", "settle")}
        given["pattern"] = given["pattern"] or self.default_pattern
        policy = InboxPolicy(**{name: v for name, v in given.items() if v is not None})
        with self._inbox() as inbox:
            yield Collector(inbox, policy, self.net.sleep)


class OneRosterFiles(FileSource):
    """OneRoster 1.1 or 1.2 CSV files that are left for us to fetch."""

    adapter = "oneroster_files"
    dialect = ONEROSTER

    def _read(self, bundle: Bundle, problems: Problems) -> Roster:
        options = ReadOptions(self.settings.encoding, self.settings.grade_names)
        return read_bundle(bundle, options, problems)
