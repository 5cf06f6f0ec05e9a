"""Answer one request: find what it is about, check it, read, write JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .catalog import COLLECTIONS, attributes, render
from .errors import (
    ERROR,
    FAILURE,
    SUCCESS,
    WARNING,
    ApiError,
    forbidden,
    not_supported,
    status_info,
    unknown_endpoint,
    unknown_object,
)
from .links import link_header
from .query import Query, parse_fields, parse_query
from .routes import Route, find_route
from .scopes import allows, scope_uri
from .view import View


@dataclass(frozen=True)
class Request:
    """What came in.

    :param base: the address of the service of this version, without a slash at the end
    :param path: what follows it
    """

    version: str
    base: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"


@dataclass(frozen=True)
class Answer:
    """What goes out.

    :param route: the path with names for ids, for the log; empty when unknown
    :param rows: objects sent
    """

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    route: str = ""
    rows: int = 0


@dataclass(frozen=True)
class Selection:
    """Which rows: the route's kind and subset, hanging on parents, or one by its id.

    :param parents: (kind, subset, sourcedId) of the objects in the path
    """

    route: Route
    parents: tuple[tuple[str, str, str], ...] = ()
    sourced_id: str = ""


@dataclass(frozen=True)
class Page:
    """Rows as payloads with the columns ``sourced_id, status, date_last_modified``."""

    total: int
    rows: Sequence[Mapping[str, Any]]


class Reader(Protocol):
    """What reads the published roster for one client."""

    view: View

    def exists(self, parent: tuple[str, str, str]) -> bool:
        """Whether the client sees this (kind, subset, sourcedId)."""

    def one(self, selection: Selection) -> Mapping[str, Any] | None:
        """The row with the selection's id, when the client sees it."""

    def page(self, selection: Selection, query: Query) -> Page:
        """The rows of a list and how many there are in all."""


def serve(request: Request, scopes: Collection[str], reader: Reader) -> Answer:
    """Answer a request of a client that is known.

    :param scopes: URIs that its token holds
    """
    try:
        return _serve(request, scopes, reader)
    except ApiError as error:
        return failure(request, error)


def failure(request: Request, error: ApiError) -> Answer:
    """Return an error in the words of the version."""
    body = status_info(request.version, FAILURE, ERROR, error.minor, error.description)
    found = find_route(request.path)
    headers = {"WWW-Authenticate": 'Bearer realm="oneroster"'}
    return Answer(
        error.status,
        body,
        headers if error.status == 401 else {},
        found[0].template if found else "",
    )


def _serve(request: Request, scopes: Collection[str], reader: Reader) -> Answer:
    if request.method not in ("GET", "HEAD"):
        raise not_supported()
    found = find_route(request.path)
    if found is None:
        raise unknown_endpoint()
    route, ids = found
    if not allows(scopes, request.version, route.scopes):
        raise forbidden(
            "The token lacks the scope "
            + " or ".join(scope_uri(name, request.version) for name in route.scopes)
        )
    parents = tuple(
        (*parent, id_) for parent, id_ in zip(route.parents, ids, strict=False)
    )
    if not all(map(reader.exists, parents)):
        raise unknown_object()
    if route.single:
        return _single(request, Selection(route, parents, ids[-1]), reader)
    return _collection(request, Selection(route, parents), reader)


def _single(request: Request, selection: Selection, reader: Reader) -> Answer:
    attrs = attributes(request.version, selection.route.kind)
    names, unknown = parse_fields(request.params.get("fields"), attrs)
    row = reader.one(selection)
    if row is None:
        raise unknown_object()
    body = {selection.route.wrapper: _write(request, selection, reader, names)(row)}
    body |= _complaint(request, unknown)
    return Answer(200, body, {}, selection.route.template, 1)


def _collection(request: Request, selection: Selection, reader: Reader) -> Answer:
    route = selection.route
    query = parse_query(request.params, attributes(request.version, route.kind))
    page = reader.page(selection, query)
    rows = list(map(_write(request, selection, reader, query.fields), page.rows))
    url = f"{request.base}/{request.path.strip('/')}"
    headers = {
        "X-Total-Count": str(page.total),
        "Link": link_header(url, request.params, query.limit, query.offset, page.total),
    }
    body = {route.wrapper: rows} | _complaint(request, query.unknown_fields)
    return Answer(200, body, headers, route.template, len(rows))


def _write(request, selection, reader, names):
    """Return the function that writes a row; ``names`` None: all attributes."""
    attrs = attributes(request.version, selection.route.kind)
    if names is not None:
        attrs = {name: attrs[name] for name in names}

    def href(kind: str, sourced_id: str) -> str:
        return f"{request.base}/{COLLECTIONS[kind]}/{sourced_id}"

    return lambda row: render(attrs, row, reader.view, href)


def _complaint(request: Request, unknown: Collection[str]) -> dict[str, Any]:
    """An unknown field in ``fields`` brings all data and this beside it."""
    if not unknown:
        return {}
    return status_info(
        request.version,
        SUCCESS,
        WARNING,
        "invalid_selection_field",
        "“fields” names a field that does not exist, so all are sent.",
    )
