"""Serve a double by hand, to connect to it and to break it.

    python harvest_district/tests/doubles oneroster_generic --port 8100

``POST /_double/empty/<school>`` takes a school's students away (a wrong year was set in
the system), ``POST /_double/restore`` brings them back, ``GET /_double`` lists schools.
"""

import argparse
import sys
import threading
from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from . import aeries, clever, oneroster, powerschool
from .district import Tables, empty_school, make_district
from .oneroster_styles import STYLES
from .server import App, Double, answer_json

Change = Callable[[Tables], None]


def _oneroster(name: str, tables: Tables) -> tuple[App, Change, str]:
    app = oneroster.OneRosterDouble(tables, STYLES[name]())
    told = (
        f"base path {app.base}, token path {app.style.token}, "
        f"id {oneroster.KEY}, secret {oneroster.SECRET}"
    )
    return app, app.replace, told


def _aeries(_name: str, tables: Tables) -> tuple[App, Change, str]:
    app = aeries.Aeries(tables)
    told = f"base path /aeries, certificate {aeries.CERTIFICATE}"
    return app, lambda changed: setattr(app, "tables", changed), told


def _powerschool(_name: str, tables: Tables) -> tuple[App, Change, str]:
    app = powerschool.PowerSchool(tables)
    told = f"id {powerschool.CLIENT}, secret {powerschool.SECRET}"
    return app, lambda changed: setattr(app, "tables", changed), told


def _clever(_name: str, tables: Tables) -> tuple[App, Change, str]:
    app = clever.Clever(tables)
    told = f"token {clever.TOKEN}"
    return app, lambda changed: setattr(app, "tables", changed), told


DOUBLES = {
    **dict.fromkeys(STYLES, _oneroster),
    "aeries": _aeries,
    "clever": _clever,
    "powerschool": _powerschool,
}


class Breakable:
    """An app whose district can be changed from outside."""

    def __init__(self, app: App, change: Change, tables: Tables) -> None:
        self._app, self._change, self._tables = app, change, tables

    def __call__(self, request: Request) -> Response:
        path = request.path.strip("/").split("/")
        if path[0] != "_double":
            return self._app(request)
        schools = {
            org["sourcedId"]: org["name"]
            for org in self._tables["orgs"]
            if org["type"] == "school"
        }
        if request.method == "POST" and path[1:] == ["restore"]:
            self._change(self._tables)
        elif request.method == "POST" and path[1:2] == ["empty"]:
            if path[-1] not in schools:
                return answer_json({"error": "no such school"}, 404)
            self._change(empty_school(self._tables, path[-1]))
        elif path != ["_double"]:
            return answer_json({"error": "not known"}, 404)
        return answer_json({"schools": schools})


def serve(name: str, *, port: int, schools: int, students: int) -> tuple[Double, str]:
    """Start a double; returns it and what one needs to connect."""
    tables = make_district(schools, students)
    app, change, told = DOUBLES[name](name, tables)
    double = Double(Breakable(app, change, tables), port=port)
    return double, f"{name} on {double.url}: {told}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="doubles", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("name", choices=sorted(DOUBLES))
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--schools", type=int, default=3)
    parser.add_argument("--students", type=int, default=12, help="of each school")
    given = vars(parser.parse_args())
    double, told = serve(given.pop("name"), **given)
    with double:
        sys.stdout.write(told + "\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write("\n")
