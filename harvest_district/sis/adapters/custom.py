"""Any source that a person has mapped: CSV files, a JSON interface, a database.

``Settings.extra["mapping"]`` is the mapping (``mapping``). Files come as for every file
source (``files``). For interfaces ``extra["auth"]`` is ``{"kind": …}``: none, bearer,
header (with ``header``), basic, oauth1 or oauth2. For databases see ``sql_rows``.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, NamedTuple

from ..auth import ClientCredentials, HeaderAuth, OAuth1Auth, basic, bearer
from ..builder import RosterBuilder, as_cell
from ..bundle import Bundle, Limits, open_bundle
from ..errors import RefusedFile
from ..inbox import check_folder
from ..mapping import (
    CSV,
    FIXED,
    JSON,
    SQL,
    Mapper,
    TableMapping,
    check,
    check_all,
    load,
    mapped_gaps,
    version_of,
)
from ..net import Auth, NetError
from ..problems import Problem, Problems, make
from ..roster import Roster
from ..row_sources import CsvRows, JsonRows, NoRows, RowSource
from ..source import Cursor, Pull
from ..sql_rows import SQLITE, SqlRows
from .files import FileSource
from .flat import merge_row

_ZIP = b"PK"
# Tables whose rows sources repeat: a parent for each child, a school for each student.
_REPEATED = frozenset({"orgs", "academicSessions", "users", "courses", "classes"})


class SampleRow(NamedTuple):
    """One source row, the columns that are mapped first, and what becomes of it.

    ``is_taken``
        false: a filter leaves it out.
    """

    number: int
    source: dict[str, str]
    result: dict[str, str]
    problems: tuple[Problem, ...]
    is_taken: bool


class Sample(NamedTuple):
    """The first rows, and what is wrong with the mapping itself."""

    rows: list[SampleRow]
    problems: list[Problem]


class CustomSource(FileSource):
    """A mapped source; its gaps are the columns that nobody has mapped."""

    adapter = "custom"
    dialect = ""
    default_pattern = "*.csv"

    def __init__(self, settings, net=None) -> None:
        super().__init__(settings, net)
        self.mappings = load(settings.extra.get("mapping"))
        self.gaps = mapped_gaps(self.mappings)  # type: ignore[misc]

    @property
    def kind(self) -> str:
        """Where rows come from: csv, json, sql; fixed when nothing is read."""
        kinds = {one.origin.kind for one in self.mappings} - {FIXED}
        return next(iter(kinds), FIXED)

    def make_auth(self) -> Auth:
        """:raise NetError: ``setting_missing``"""
        settings, given = self.settings, self.settings.extra.get("auth") or {}
        user, secret = settings.client_id, settings.secret
        kind = given.get("kind", "none")
        if kind != "none" and not secret:
            raise NetError.of("setting_missing", setting="secret")
        if kind == "oauth2":
            style = given.get("style") or "basic"
            return ClientCredentials(
                settings.token_url, user, secret, scope=settings.scope, style=style
            )
        makers: dict[str, Callable[[], Auth]] = {
            "none": Auth,
            "bearer": lambda: bearer(secret),
            "header": lambda: HeaderAuth(given["header"], secret),
            "basic": lambda: basic(user, secret),
            "oauth1": lambda: OAuth1Auth(user, secret),
        }
        return makers[kind]()

    # READING

    def pull(self, cursor: Cursor | None = None) -> Pull:
        """Read everything; files only when they are new."""
        self._check_mapping()
        if self.kind == CSV:
            return super().pull(cursor)
        problems = Problems()
        with self._opened(problems) as rows:
            roster = self._build(rows, problems)
        return Pull(roster, None, False, self.net.requests_sent)

    def _open(
        self, source: str | Path | BinaryIO, problems: Problems
    ) -> AbstractContextManager[Bundle]:
        """A zip, a folder, or one CSV file that was uploaded as it is."""
        return _bundle(source, problems)

    def _read_checked(self, bundle: Bundle, problems: Problems) -> Roster:
        self._check_mapping()  # any set of files may be right
        return self._read(bundle, problems)

    def _read(self, bundle: Bundle, problems: Problems) -> Roster:
        return self._build(CsvRows(bundle, self.settings.encoding, problems), problems)

    def _build(self, rows: RowSource, problems: Problems) -> Roster:
        builder = self._new_builder(problems)
        changing = self.kind == JSON  # it may be written to between two pages
        known: dict[tuple[str, str], tuple[str, int, dict[str, str]]] = {}
        for mapping in self.mappings:
            sink = builder.table(mapping.table, mapping.place, last_wins=changing)
            for number, row in self._mapped(rows, mapping):
                key = mapping.table, row.get("sourcedId", "")
                if mapping.table not in _REPEATED or not key[1]:
                    sink.add(row, number)
                elif key not in known:
                    known[key] = mapping.place, number, row
                elif merge_row(known[key][2], row):
                    problems.add("rows_differ", mapping.place, number)
        for (table, _id), (place, number, row) in known.items():
            builder.table(table, place).add(row, number)
        for table in {one.table for one in self.mappings}:
            parts = [one for one in self.mappings if one.table == table]
            if all(rows.is_whole(one) for one in parts):
                builder.complete(table)
        return builder.finish()

    def _mapped(
        self, rows: RowSource, mapping: TableMapping
    ) -> Iterator[tuple[int, dict[str, str]]]:
        mapper = Mapper(mapping)
        for number, row in rows.rows(mapping):
            if mapper.takes(row):
                yield number, mapper.map(row)

    def _new_builder(self, problems: Problems) -> RosterBuilder:
        version = version_of(self.mappings)
        builder = RosterBuilder(version, self.adapter, self.settings.grade_names)
        builder.roster.problems = problems
        return builder

    @contextmanager
    def _opened(self, problems: Problems) -> Iterator[RowSource]:
        """The way to the rows, whatever the kind."""
        settings = self.settings
        if self.kind == CSV:
            # To look at, a file need not be whole: no wait between two looks.
            with self._collector(settle=0) as collector, collector.fetch() as delivery:
                with _bundle(delivery.path, problems) as bundle:
                    yield CsvRows(bundle, settings.encoding, problems)
        elif self.kind == JSON:
            yield JsonRows(self.net, problems)
        elif self.kind == SQL:
            if settings.base_url.startswith(SQLITE):
                check_folder(settings.path, settings.extra.get("folders", ()))
            rows = SqlRows(
                *(settings.base_url, settings.path, settings.client_id),
                *(settings.secret, self.net.policy, problems),
            )
            with rows.connected():
                yield rows
        else:
            yield NoRows(problems)

    def _check_mapping(self) -> None:
        found = check_all(self.mappings)
        if found:
            raise RefusedFile(found[0], found)

    # TRYING OUT

    def sample(self, mapping: TableMapping, most: int = 20) -> Sample:
        """The first rows of a mapping's source, and what becomes of each.

        Nothing is kept, and a mapping that is not finished shows what the source sends.

        :raise RosterError: the source cannot be read
        """
        problems = check(mapping, version_of(self.mappings))
        try:
            mapper = Mapper(mapping)
        except RefusedFile:
            mapper = None
        with self._opened(Problems()) as rows:
            found = [
                self._try_row(number, row, mapping, mapper)
                for number, row in islice(rows.rows(mapping, every=True), most)
            ]
        sent = {name.casefold() for row in found for name in row.source}
        if found and mapper and mapping.origin.kind in (CSV, SQL):
            problems += [
                make("mapping_source_unknown", mapping.place, name=name)
                for name in sorted(mapping.sources)
                if name.casefold() not in sent
            ]
        return Sample(found, problems)

    def _try_row(
        self, number: int, row: Mapping, mapping: TableMapping, mapper: Mapper | None
    ) -> SampleRow:
        used = sorted(row, key=lambda name: name not in mapping.sources)
        source = {name: as_cell(row[name]) for name in used}
        if mapper is None or not mapper.takes(row):
            return SampleRow(number, source, {}, (), mapper is None)
        problems = Problems()
        try:
            result = mapper.map(row)
            sink = self._new_builder(problems).table(mapping.table, mapping.place)
            sink.add(result, number)
        except RefusedFile as error:  # a date of a form that is not set
            return SampleRow(number, source, {}, (error.problem,), True)
        return SampleRow(number, source, result, tuple(problems), True)

    # THE CONNECTION TEST

    def steps(self) -> Iterator[tuple[str, Callable[[], int | None]]]:
        """The mapping first: without it nothing can be asked for."""
        yield "mapping", self._check_mapping
        if self.kind == CSV:
            yield from super().steps()
            return
        yield "settings", self._check_address
        yield "reach", self._try_first_row
        yield "schools", self._count_schools

    def _check_address(self) -> None:
        if self.kind != FIXED and not self.settings.base_url:
            raise NetError.of("setting_missing", setting="base_url")

    def _try_first_row(self) -> None:
        with self._opened(Problems()) as rows:
            for one in self.mappings:
                if one.origin.kind == self.kind:
                    next(rows.rows(one), None)
                    return


@contextmanager
def _bundle(source: str | Path | BinaryIO, problems: Problems) -> Iterator[Bundle]:
    """A zip, a folder or a stream; a stream that is no zip is one CSV file."""
    if isinstance(source, (str, Path)) or _is_zip(source):
        with open_bundle(source, Limits(), problems) as bundle:
            yield bundle
        return
    with TemporaryDirectory(prefix="harvest-") as folder:
        (Path(folder) / "upload.csv").write_bytes(source.read())
        with open_bundle(folder, Limits(), problems) as bundle:
            yield bundle


def _is_zip(stream: BinaryIO) -> bool:
    start = stream.read(len(_ZIP))
    stream.seek(0)
    return start == _ZIP
