"""Every route, asked with the numbers of somebody else's records."""

import inspect

from odoo.addons.base.models.ir_http import ModelConverter

from .parameters import PLAIN, numbers_of, of_route

REST = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)

# Prefix of the path -> why it is not asked.
NOT_ASKED = {
    "/doc": "documentation of the interface, the same for all",
    "/google": "a file that a search engine asks for",
    "/html_editor/shape": "pictures of the editor",
    "/html_editor/font": "pictures of the editor",
    "/html_editor/video": "asks the network",
    "/html_editor/generate": "asks the network",
    "/jsonrpc": "the same calls as by call_kw, with a password",
    "/html_editor/attachment/add_url": "asks the network",
    "/web_editor/attachment/add_url": "asks the network",
    "/slides/prepare_preview": "asks the network",
    "/json/2": "the same calls as by call_kw, which the other sweep asks",
    "/odoo": "the client's own page, without records",
    "/web/assets": "compiles scripts",
    "/web/bundle": "compiles scripts",
    "/web/database": "closed by list_db",
    "/web/dataset": "the same calls as by call_kw, which the other sweep asks",
    "/web/filestore": "served by the proxy only",
    "/web/become": "ends the session",
    "/web/tests": "compiles scripts",
    "/web/set_profiling": "measures the server",
    "/queue_job": "jobs run on a cursor of their own",
    "/my/deactivate_account": "ends the account of who asks",
    "/discuss/gif": "asks the network",
    "/html_editor/link_preview_external": "asks the network",
    "/html_editor/media_library": "asks the network",
    "/web_editor/save_library_media": "asks the network",
    "/html_editor/save_library_media": "asks the network",
    "/website/google": "asks the network",
    "/website/seo_suggest": "asks the network",
    "/website/configurator": "asks the network",
    "/website/get_assets_editor": "compiles scripts",
    "/auth/leave": "ends the session",
    "/web/session": "ends the session",
    "/web/webclient": "translations, the same for all",
    "/web_editor/font": "pictures of the editor",
    "/web_editor/shape": "pictures of the editor",
    "/web_editor/video": "asks the network",
    "/web_editor/generate": "asks the network",
    "/web_unsplash": "asks the network",
    "/websocket": "needs a socket of its own",
    "/xmlrpc": "the same calls as by call_kw, with a password",
}


class Requests:
    """Makes the requests of one actor, with the numbers of one place and kind."""

    def __init__(self, world, place, kind):
        """:param kind: whose records are taken where a model has several kinds"""
        self._numbers = {}
        for model, records in world.records.items():
            there = [(of, number) for where, number, of in records if where == place]
            fitting = [number for of, number in there if of == kind]
            self._numbers[model] = (fitting or [n for _of, n in there] or [0])[0]

    def of(self, rule):
        """Yield (method, path, parameters): JSON's or a form's, None of a page."""
        if rule.rule.startswith(tuple(NOT_ASKED)):
            return
        path = self._path(rule)
        for values in self._values(rule, is_full=True), self._values(rule):
            if rule.endpoint.routing["type"] == "jsonrpc":
                yield "JSON", path, values
                continue
            methods = rule.methods or ({"GET", "POST"} if values else {"GET"})
            for method in ("GET", "POST"):
                if method in methods:
                    yield method, path, values

    def _values(self, rule, *, is_full=False):
        """Return what the function needs, or also whatever record it may name."""
        parameters = inspect.signature(rule.endpoint.func).parameters.values()
        values = {}
        for parameter in parameters:
            name = parameter.name
            if name == "self" or name in rule._converters or parameter.kind in REST:
                continue
            value = self._value(name)
            if parameter.default is parameter.empty:
                values[name] = "1" if value is None else value
            elif is_full and value is not None:
                values[name] = value
        return values | of_route(rule.rule, self._number)

    def _number(self, model):
        return self._numbers.get(model, 0)

    def _value(self, name):
        value = numbers_of(name, self._number)
        return PLAIN.get(name) if value is None else value

    def _path(self, rule):
        values = {
            name: self._converted(name, converter)
            for name, converter in rule._converters.items()
        }
        parts = [
            values[part] if is_value else part
            for is_value, part in _trace(rule, values)
        ]
        return "".join(map(str, parts))

    def _converted(self, name, converter):
        if isinstance(converter, ModelConverter):
            return self._number(converter.model) or 1
        value = self._value(name)
        return value[0] if isinstance(value, list) else value or 1


def _trace(rule, values):
    """Yield (is a value?, text or name) along the path of ``rule``."""
    for is_value, part in rule._trace:
        if part == "|":  # the host ends here
            continue
        yield (is_value and part in values), part
