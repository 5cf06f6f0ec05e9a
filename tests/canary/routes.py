"""Every route that names a record, asked with somebody else's.

A route counts when its path has a converter or its function takes a parameter with the
name of a record. Secrets (tokens, codes) are filled with wrong ones: a right one is a
key that was given.
"""

import inspect

from odoo.addons.base.models.ir_http import ModelConverter

# Prefix of the path -> why it is not asked.
NOT_ASKED = {
    "/doc": "documentation of the interface, the same for all",
    "/google": "a file that a search engine asks for",
    "/html_editor/shape": "pictures of the editor",
    "/html_editor/font": "pictures of the editor",
    "/html_editor/video": "asks the network",
    "/html_editor/generate": "asks the network",
    "/json/2": "the same calls as by call_kw, which the other sweep asks",
    "/odoo": "the client's own page, without records",
    "/web/assets": "compiles scripts",
    "/web/bundle": "compiles scripts",
    "/web/database": "closed by list_db",
    "/web/dataset": "the same calls as by call_kw, which the other sweep asks",
    "/web/filestore": "served by the proxy only",
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
PAGES = ("/my", "/my/children", "/my/training", "/my/home", "/slides", "/slides/all")

# Name of a parameter -> the model whose number it takes.
NUMBERS = {
    "activity_id": "mail.activity",
    "attachment_id": "ir.attachment",
    "attendee_id": "gr.course.session.attendee",
    "channel_id": "discuss.channel",
    "digest_id": "digest.digest",
    "document_id": "gr.training.document",
    "employee_id": "hr.employee",
    "enrollment_id": "gr.training.enrollment",
    "follower_id": "mail.followers",
    "message_id": "mail.message",
    "package_id": "gr.courseware.package",
    "partner_id": "res.partner",
    "rating_id": "rating.rating",
    "request_id": "gr.document.request",
    "session_id": "gr.course.session",
    "slide_id": "slide.slide",
    "student_id": "gr.student",
    "template_id": "gr.certificate.template",
    "user_id": "res.users",
    "website_id": "website",
}
THREAD = {
    "id": "gr.student",
    "record_id": "gr.student",
    "res_id": "gr.student",
    "thread_id": "gr.student",
}
TEXTS = {
    "field": "image_128",
    "model": "gr.student",
    "model_name": "gr.student",
    "res_model": "gr.student",
    "thread_model": "gr.student",
}


class Requests:
    """Makes the requests of one actor, with the numbers of one place."""

    def __init__(self, world, place):
        self._numbers = {
            model: next(
                (number for where, number, _kind in records if where == place), 0
            )
            for model, records in world.records.items()
        }

    def of(self, rule):
        """Return (method, path, JSON parameters or None), or None when not asked."""
        if rule.rule.startswith(tuple(NOT_ASKED)):
            return None
        names = set(inspect.signature(rule.endpoint.func).parameters)
        named = names & (NUMBERS.keys() | THREAD.keys())
        if not rule._converters and not named:
            return ("GET", rule.rule, None) if rule.rule in PAGES else None
        path = self._path(rule)
        if rule.endpoint.routing["type"] == "jsonrpc":
            values = {name: self._value(name) for name in names & self._known()}
            return "POST", path, values
        if rule.methods and "GET" not in rule.methods:
            return None
        return "GET", path, None

    def _known(self):
        return NUMBERS.keys() | THREAD.keys() | TEXTS.keys()

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
            return self._numbers.get(converter.model, 0)
        return self._value(name)

    def _value(self, name):
        if name in TEXTS:
            return TEXTS[name]
        model = NUMBERS.get(name) or THREAD.get(name)
        return self._numbers.get(model, 0) if model else 1


def _trace(rule, values):
    """Yield (is a value?, text or name) along the path of ``rule``."""
    for is_value, part in rule._trace:
        if part == "|":  # the host ends here
            continue
        yield (is_value and part in values), part
