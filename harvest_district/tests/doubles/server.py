"""A web server on loopback in a thread of its own, whose faults a test scripts.

    with Double(app) as double:
        double.faults.add("/users", status(429, {"Retry-After": "3"}), times=2)
        ...
        assert double.seen[-1].path == "/users"

A vendor's double is an *app*: a function from a werkzeug ``Request`` to a ``Response``
that answers honestly. A *fault* stands between the two: it gets the request and a
function that answers honestly, and returns what goes out instead.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

App = Callable[[Request], Response]
Fault = Callable[[Request, App], Response]

ALWAYS = -1
_POLL = 0.02  # seconds in which a server notices that it is to end


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that came in."""

    method: str
    path: str
    args: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class _Planned:
    pattern: re.Pattern
    fault: Fault
    times: int
    after: int


class Faults:
    """What is planned to go wrong; in the order in which it was added."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self._lock = threading.Lock()

    def add(self, path: str, fault: Fault, *, times: int = 1, after: int = 0) -> None:
        """Plan a fault.

        :param path: a regular expression to be found in the path and query
        :param times: how many matching requests meet it; ``ALWAYS``
        :param after: how many matching requests are spared before
        """
        self._planned.append(_Planned(re.compile(path), fault, times, after))

    def clear(self) -> None:
        self._planned.clear()

    def _take(self, target: str) -> list[Fault]:
        """The faults that this request meets; each is counted down."""
        found = []
        with self._lock:
            for planned in self._planned:
                if not planned.times or not planned.pattern.search(target):
                    continue
                if planned.after:
                    planned.after -= 1
                    continue
                planned.times -= planned.times > 0
                found.append(planned.fault)
        return found

    def answer(self, request: Request, app: App) -> Response:
        """Answer through all faults that apply, the first added outermost."""
        for fault in reversed(self._take(request.full_path)):
            app = _between(fault, app)
        return app(request)


def _between(fault: Fault, app: App) -> App:
    return lambda request: fault(request, app)


class Double:
    """Serves an app on ``url`` until it is closed.

    ``seen``
        every request, in the order in which they came.
    ``clock``
        the server's own clock, in its ``Date`` headers; seconds since 1970.
    """

    def __init__(self, app: App, *, port: int = 0, tls: bool = False) -> None:
        self.app = app
        self.clock: Callable[[], float] = time.time
        self.faults = Faults()
        self.seen: list[Seen] = []
        self._server = make_server(
            "127.0.0.1",
            port,
            self._wsgi,
            threaded=True,
            request_handler=type("Handler", (_Handler,), {"double": self}),
            ssl_context="adhoc" if tls else None,
        )
        self._server.log = lambda *_what: None  # clients may go away in the middle
        self.host = f"127.0.0.1:{self._server.port}"
        self.url = f"{'https' if tls else 'http'}://{self.host}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), daemon=True
        )
        self._thread.start()

    def _wsgi(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        request = Request(environ)
        body = request.get_data(parse_form_data=False, cache=True)
        self.seen.append(
            Seen(
                request.method,
                request.path,
                request.args.to_dict(),
                dict(request.headers),
                request.form.to_dict(),
                body,
            )
        )
        return self.faults.answer(request, self.app)(environ, start_response)

    def paths(self) -> list[str]:
        """The paths that were asked, in their order."""
        return [seen.path for seen in self.seen]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> "Double":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


class _Handler(WSGIRequestHandler):
    double: Double

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The ``Date`` header."""
        return super().date_time_string(timestamp or self.double.clock())

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: a double is asked thousands of times."""


def answer_json(payload: Any, status: int = 200, **headers: str) -> Response:
    """JSON as bytes; underscores in header names become hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps(payload, ensure_ascii=False).encode()
    return Response(body, status, named, content_type="application/json")


# TOKENS


@dataclass
class Tokens:
    """Bearer tokens that a double gives out, and which of them still count.

    :param uses: requests after which a token has expired; 0: never
    """

    uses: int = 0
    given: int = 0
    _left: dict[str, int] = field(default_factory=dict)

    def give(self) -> str:
        self.given += 1
        token = f"token-{self.given}"
        self._left[token] = self.uses or ALWAYS
        return token

    def take(self, request: Request) -> bool:
        """Whether the request's bearer token counts; it is used once more."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        left = self._left.get(token, 0)
        if left > 0:
            self._left[token] = left - 1
        return left != 0

    def revoke(self) -> None:
        """From now on no token counts that was given before."""
        self._left.clear()


# FAULTS OF THE TRANSPORT


def status(
    code: int, headers: Mapping[str, str] | None = None, body: bytes | str = b""
) -> Fault:
    """Another status; with ``{"Retry-After": …}`` for 429 and 503."""
    return lambda request, app: Response(body, code, headers)


def html(code: int = 200) -> Fault:
    """A web page, as during maintenance."""
    page = "<!doctype html><title>Maintenance</title><p>Back soon."
    return lambda request, app: Response(page, code, content_type="text/html")


def redirect(location: str) -> Fault:
    return status(302, {"Location": location})


def drop() -> Fault:
    """Break the connection in the middle of the honest answer's body."""

    def fault(request: Request, app: App) -> Response:
        honest = app(request)
        body = honest.get_data()

        def half() -> Iterator[bytes]:
            yield body[: len(body) // 2]
            raise ConnectionAbortedError

        headers = {**honest.headers, "Content-Length": str(len(body))}
        return Response(half(), honest.status_code, headers)

    return fault


def slow(seconds: float) -> Fault:
    def fault(request: Request, app: App) -> Response:
        time.sleep(seconds)
        return app(request)

    return fault


def truncated() -> Fault:
    """Half of the honest body, as if that were all."""

    def fault(request: Request, app: App) -> Response:
        honest = app(request)
        honest.set_data(honest.get_data()[: len(honest.get_data()) // 2])
        return honest

    return fault


def before(act: Callable[[], object]) -> Fault:
    """Do something, such as changing the district, then answer honestly."""

    def fault(request: Request, app: App) -> Response:
        act()
        return app(request)

    return fault


# FAULTS OF THE CONTENTS


def capped(limit: int, name: str = "limit") -> Fault:
    """A page size that is silently lowered."""

    def fault(request: Request, app: App) -> Response:
        args = request.args.to_dict()
        args[name] = str(min(int(args.get(name, limit)), limit))
        environ = {**request.environ, "QUERY_STRING": urlencode(args)}
        return app(Request(environ))

    return fault


def edited(edit: Callable[[Any], Any]) -> Fault:
    """The honest JSON after ``edit``, which gets it decoded and returns it."""

    def fault(request: Request, app: App) -> Response:
        honest = app(request)
        payload = edit(json.loads(honest.get_data()))
        honest.set_data(json.dumps(payload, ensure_ascii=False))
        return honest

    return fault


def without_key(key: str) -> Fault:
    """The envelope is missing."""
    return edited(lambda payload: {k: v for k, v in payload.items() if k != key})


def null_key(key: str) -> Fault:
    return edited(lambda payload: {**payload, key: None})


def rows_twice(key: str) -> Fault:
    return edited(lambda payload: {**payload, key: payload[key] * 2})


def single_object(key: str) -> Fault:
    """One row comes as itself instead of in a list (XML turned into JSON)."""
    return edited(
        lambda payload: {
            **payload,
            key: payload[key][0] if len(payload[key]) == 1 else payload[key],
        }
    )


def with_headers(headers: Mapping[str, str | None]) -> Fault:
    """Other headers, such as a wrong total or a ``Link``; None takes one away."""

    def fault(request: Request, app: App) -> Response:
        honest = app(request)
        for name, value in headers.items():
            honest.headers.pop(name, None)
            if value is not None:
                honest.headers[name] = value
        return honest

    return fault
