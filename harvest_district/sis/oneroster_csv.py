"""Read a OneRoster 1.1 or 1.2 CSV roster, zipped or as a folder, bulk or delta.

Source: OneRoster 1.1/1.2 CSV binding. What is refused, and what only costs a row, is in
``messages.MESSAGES``: *fatal* raises, *error* sets a row aside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from . import kinds
from .bundle import Bundle, Limits, open_bundle
from .errors import RefusedFile, RosterError
from .manifest import ABSENT, BULK, DELTA, V12, Manifest, read_manifest
from .problems import Problem, Problems, make
from .roster import Roster
from .table_reader import TableReader
from .tables import TABLES, Table
from .text import CP1252, UTF8, TextProfile, inspect

REQUIRED = (kinds.ORG, kinds.SESSION, kinds.PERSON)  # of a complete roster, with rows
_BY_NAME = {table.name.lower(): table for table in TABLES}


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What is set per source.

    ``encoding``: of files without a byte order mark, ``utf-8`` or ``cp1252``.
    ``grade_names``: the source's own spelling of grades (lower case, no spaces) to CEDS
    codes, for example ``{"-1": "TK"}``.
    """

    encoding: str = UTF8
    grade_names: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if self.encoding not in (UTF8, CP1252):
            raise ValueError(f"encoding must be {UTF8} or {CP1252}")


def read_oneroster(
    source: str | Path | BinaryIO, options: ReadOptions | None = None
) -> Roster:
    """Read a roster into memory; the source may be closed or removed afterwards.

    References between files are not checked here (``snapshot.build_snapshot`` does): a
    delta refers to what came before it.

    :param source: a zip file or folder by path, or an open binary zip file
    :raise RosterError: nothing of it may be used; ``problems`` has all that was found
    """
    options = options or ReadOptions()
    problems = Problems()
    try:
        with open_bundle(source, options.limits, problems) as bundle:
            return read_bundle(bundle, options, problems)
    except RosterError as error:
        error.problems += tuple(p for p in problems if p not in error.problems)
        raise


def read_bundle(bundle: Bundle, options: ReadOptions, problems: Problems) -> Roster:
    """Read a roster whose files are open; problems are added, also when it raises."""
    manifest = read_manifest(bundle, set(_BY_NAME), options.encoding, problems)
    roster = Roster(manifest.version, manifest.system, problems=problems)
    present = [
        t for t in TABLES if manifest.modes.get(t.name.lower(), ABSENT) != ABSENT
    ]
    for name in bundle.names:
        if name not in _BY_NAME and name != "manifest":
            problems.add("file_ignored", bundle.file_name(name))
    _check_required(bundle, manifest, present)
    profiles = {
        table.name: _inspect(bundle, table, options, problems) for table in present
    }
    readers = [
        TableReader(bundle, table, manifest.version, profiles[table.name], problems)
        for table in present
    ]
    _raise_all([problem for reader in readers for problem in reader.check_header()])
    for reader in readers:
        _load(roster, reader, manifest, options)
    _distrust_cut_files(roster, profiles, present)
    roster.fold_roles()
    _raise_all(_empty(roster))
    return roster


def _check_required(bundle: Bundle, manifest: Manifest, present: list[Table]) -> None:
    """:raise RefusedFile: a complete roster lacks a file that the rest stands on"""
    modes = {table.kind: manifest.modes[table.name.lower()] for table in present}
    if DELTA in modes.values() and BULK not in modes.values():
        return
    needed = {kind for kind in REQUIRED if kind not in modes}
    if modes.get(kinds.MEMBERSHIP) == BULK and kinds.CLASS not in modes:
        needed.add(kinds.CLASS)
    if (
        manifest.version == V12
        and modes.get(kinds.PERSON) == BULK
        and kinds.ROLE not in modes
    ):
        needed.add(kinds.ROLE)
    _raise_all(
        [
            make("file_required", bundle.file_name(table.name))
            for table in TABLES
            if table.kind in needed
        ]
    )


def _inspect(
    bundle: Bundle, table: Table, options: ReadOptions, problems: Problems
) -> TextProfile:
    profile = inspect(bundle, table.name, options.encoding)
    file = bundle.file_name(table.name)
    if profile.encoding not in (UTF8, "utf-8-sig"):
        problems.add("other_encoding", file, encoding=profile.encoding)
    if profile.replacement_line:
        problems.add("replacement_character", file, profile.replacement_line)
    return profile


def _load(
    roster: Roster, reader: TableReader, manifest: Manifest, options: ReadOptions
) -> None:
    kind = reader.table.kind
    mode = manifest.modes[reader.table.name.lower()]
    roster.files[kind] = reader.file
    reader.read_into(roster, options.grade_names)
    if manifest.inferred and roster.removed(kind):
        mode = DELTA  # deletions are spelt out: what is not there is merely unchanged
    roster.modes[kind] = mode
    if mode == BULK and not reader.unidentified:
        roster.complete.add(kind)


def _distrust_cut_files(
    roster: Roster, profiles: dict[str, TextProfile], present: list[Table]
) -> None:
    """A file that alone has no line end at its end may have been cut there."""
    ends = {t.kind: profiles[t.name].ends_with_newline for t in present}
    if not any(ends.values()):
        return
    for kind, ended in ends.items():
        if not ended:
            roster.problems.add("maybe_truncated", roster.files[kind])
            roster.complete.discard(kind)


def _empty(roster: Roster) -> list[Problem]:
    return [
        make("file_empty", roster.files[kind])
        for kind in REQUIRED
        if roster.modes.get(kind) == BULK
        and not roster.entities(kind)
        and not roster.aside(kind)
    ]


def _raise_all(found: list[Problem]) -> None:
    if found:
        raise RefusedFile(found[0], found)
