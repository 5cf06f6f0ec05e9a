"""A set of CSV files that is not OneRoster's: opened, checked and read row by row."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .bundle import Bundle
from .errors import RefusedFile
from .headered import Columns, HeaderedFile
from .problems import Problem, Problems, make
from .text import UTF8, TextProfile, inspect


class CsvSet:
    """The files of one delivery.

    :param files: the files that are read, by lower-case name without ``.csv``
    :param required: those of them that must be there
    :raise RosterError: a file is missing, unreadable, or lacks a column
    """

    def __init__(
        self,
        bundle: Bundle,
        encoding: str,
        problems: Problems,
        files: Mapping[str, Columns],
        required: Collection[str],
    ) -> None:
        self.problems = problems
        self._damaged: set[str] = set()
        missing = [
            make("file_required", f"{n}.csv") for n in required if n not in bundle
        ]
        _raise_all(missing)
        for name in bundle.names:
            if name not in files:
                problems.add("file_ignored", bundle.file_name(name))
        profiles = {
            name: self._inspect(bundle, name, encoding)
            for name in files
            if name in bundle
        }
        self._files = {
            name: HeaderedFile(bundle, name, profile.encoding, problems, files[name])
            for name, profile in profiles.items()
        }
        _raise_all([p for file in self._files.values() for p in file.check_header()])
        self._distrust_cut_files(profiles)

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def file_name(self, name: str) -> str:
        file = self._files.get(name)
        return file.file if file else f"{name}.csv"

    def is_whole(self, *names: str) -> bool:
        """Whether every row of these files could be read, after they were read."""
        return not self._damaged & set(names)

    def rows(self, name: str) -> Iterator[tuple[int, dict[str, str]]]:
        """(row number, cells by column) of a file; nothing when it is not there.

        :raise RefusedFile: the file was cut off
        """

        def refuse(
            code: str, number: int, cells: list[str], widths: dict[str, Any]
        ) -> None:
            self.problems.add(code, file.file, number, **widths)
            self._damaged.add(name)

        file = self._files.get(name)
        if file:
            yield from file.rows(refuse)

    def _inspect(self, bundle: Bundle, name: str, encoding: str) -> TextProfile:
        profile = inspect(bundle, name, encoding)
        file = bundle.file_name(name)
        if profile.encoding not in (UTF8, "utf-8-sig"):
            self.problems.add("other_encoding", file, encoding=profile.encoding)
        if profile.replacement_line:
            self.problems.add("replacement_character", file, profile.replacement_line)
        return profile

    def _distrust_cut_files(self, profiles: Mapping[str, TextProfile]) -> None:
        """A file that alone has no line end at its end may have been cut there."""
        if not any(profile.ends_with_newline for profile in profiles.values()):
            return
        for name, profile in profiles.items():
            if not profile.ends_with_newline:
                self.problems.add("maybe_truncated", self.file_name(name))
                self._damaged.add(name)


def _raise_all(found: list[Problem]) -> None:
    if found:
        raise RefusedFile(found[0], found)
