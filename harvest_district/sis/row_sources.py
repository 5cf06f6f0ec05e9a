"""Where the rows of a mapping come from: CSV files, a JSON interface, a database.

Each source gives rows as dictionaries, and says afterwards whether that was all.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from requests.utils import parse_header_links

from .bundle import Bundle
from .errors import RefusedFile
from .headered import Columns, HeaderedFile
from .mapping import FIXED, Mapper, Origin, TableMapping
from .net import Answer, Net, NetError
from .problems import Problems
from .text import inspect

_MOST_PAGES = 100_000


class RowSource(ABC):
    """One pull's way to the rows of every table mapping."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self._damaged: set[str] = set()

    def rows(
        self, mapping: TableMapping, every: bool = False
    ) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """(row number, row); a fixed row for mappings of kind fixed.

        :param every: all columns of the source, whether they are mapped or not, and no
            complaint about one that is mapped and not there: to look at a sample
        :raise RosterError: the source cannot be read
        """
        if mapping.origin.kind == FIXED:
            yield 1, {}
        else:
            yield from self._rows(mapping, every)

    def is_whole(self, mapping: TableMapping) -> bool:
        """Whether all rows came, once they have been read."""
        return mapping.origin.name not in self._damaged

    @abstractmethod
    def _rows(
        self, mapping: TableMapping, every: bool
    ) -> Iterator[tuple[int, Mapping]]:
        """As ``rows``, of what is not fixed."""


class NoRows(RowSource):
    """For mappings of fixed rows alone."""

    def _rows(
        self, mapping: TableMapping, every: bool
    ) -> Iterator[tuple[int, Mapping]]:
        raise RefusedFile.of("mapping_source_missing", mapping.place)


# FILES


class CsvRows(RowSource):
    """Files of one bundle. One that is alone may have any name."""

    def __init__(self, bundle: Bundle, encoding: str, problems: Problems) -> None:
        super().__init__(problems)
        self._bundle = bundle
        self._encoding = encoding

    def _rows(
        self, mapping: TableMapping, every: bool
    ) -> Iterator[tuple[int, Mapping]]:
        name = self._find(mapping)
        profile = inspect(self._bundle, name, self._encoding)
        names = tuple(sorted(mapping.sources))
        columns = Columns((), names) if every else Columns(names)
        file = (_WholeFile if every else _MappedFile)(
            *(self._bundle, name, profile.encoding, self.problems, columns),
            mapping.origin.delimiter,
        )
        if wrong := file.check_header():
            raise RefusedFile(wrong[0], wrong)

        def refuse(code: str, number: int, _cells: list, widths: dict) -> None:
            self.problems.add(code, file.file, number, **widths)
            self._damaged.add(mapping.origin.name)

        yield from file.rows(refuse)

    def _find(self, mapping: TableMapping) -> str:
        name = mapping.origin.name.lower().removesuffix(".csv")
        names = self._bundle.names
        if name not in self._bundle and len(names) == 1:
            return names[0]
        if name not in self._bundle:
            raise RefusedFile.of("file_required", f"{name}.csv")
        return name


class _MappedFile(HeaderedFile):
    """Columns by the names that the person gave; only capital letters do not count."""

    def _known(self) -> dict[str, str]:
        names = (*self._columns.required, *self._columns.optional)
        return {name.casefold(): name for name in names}

    def _recognise(self, name: str, known: Mapping[str, str]) -> str | None:
        return known.get(name.casefold())


class _WholeFile(_MappedFile):
    """Every column, the ones not mapped by their own names."""

    def _recognise(self, name: str, known: Mapping[str, str]) -> str | None:
        column = known.get(name.casefold(), name)
        return column if column not in self.found else None


# A JSON INTERFACE


class JsonRows(RowSource):
    """An HTTP interface, in any of the usual ways of paging (interop reference §11)."""

    def __init__(self, net: Net, problems: Problems) -> None:
        super().__init__(problems)
        self._net = net

    def _rows(
        self, mapping: TableMapping, every: bool
    ) -> Iterator[tuple[int, Mapping]]:
        origin, mapper = mapping.origin, Mapper(mapping)
        count, announced = 0, None
        for answer, rows in self._pages(origin, mapper):
            total = mapper.compile(origin.total)(answer) if origin.total else None
            announced = _number(total) if total is not None else announced
            for row in rows:
                count += 1
                yield count, row
        if announced is not None and announced != count:
            place = mapping.place
            self.problems.add("count_mismatch", place, found=count, announced=announced)
            self._damaged.add(origin.name)

    def _pages(
        self, origin: Origin, mapper: Mapper
    ) -> Iterator[tuple[Any, list[Mapping]]]:
        """(whole answer, its rows), until a page is empty or none is announced."""
        url, params = origin.name, _first_page(origin)
        seen, last, count = set(), None, 0
        for _page in range(_MOST_PAGES):
            answer = self._net.get(url, params)
            data = answer.json()
            rows = _rows_of(data, origin, mapper, answer.place)
            if not rows:
                return
            if rows == last:
                raise NetError.of("page_loop", answer.place)
            yield data, rows
            last, count = rows, count + len(rows)
            step = _next_page(origin, mapper, answer, data, count, params)
            if step is None:
                return
            if str(step) in seen:
                raise NetError.of("page_loop", answer.place)
            seen.add(str(step))
            url, params = step
        raise NetError.of("page_loop", origin.name)


def _first_page(origin: Origin) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if origin.size_param and origin.size:
        params[origin.size_param] = origin.size
    if origin.paging in ("offset", "page") and origin.page_param:
        params[origin.page_param] = int(origin.paging == "page")
    return params


def _next_page(
    origin: Origin, mapper: Mapper, answer: Answer, data: Any, count: int, params: dict
) -> tuple[str, dict[str, Any]] | None:
    """(URL, parameters) of what follows, None at the end."""
    if origin.paging == "offset":
        return origin.name, params | {origin.page_param: count}
    if origin.paging == "page":
        return origin.name, params | {origin.page_param: params[origin.page_param] + 1}
    if origin.paging == "cursor":
        token = mapper.compile(origin.next)(data)
        return (origin.name, params | {origin.page_param: token}) if token else None
    if origin.paging == "link":
        url = mapper.compile(origin.next)(data) if origin.next else _link(answer)
        return (url, {}) if url else None
    return None


def _link(answer: Answer) -> str:
    """``Link: <…>; rel="next"`` (RFC 8288)."""
    links = parse_header_links(answer.headers.get("Link", ""))
    return next((link["url"] for link in links if link.get("rel") == "next"), "")


def _rows_of(data: Any, origin: Origin, mapper: Mapper, place: str) -> list[Mapping]:
    """The list in an answer; one object counts as a list of one (hazard 8)."""
    found = mapper.compile(origin.items)(data) if origin.items else data
    rows = [found] if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise NetError.of("envelope_missing", place, key=origin.items or "[…]")
    return rows


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
