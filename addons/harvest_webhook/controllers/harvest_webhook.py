import json

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from odoo.http import Controller, Response, request, route

from ..const import MAX_BODY_BYTES, RECEIVE_PATH
from ..problems import problem

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class HarvestWebhook(Controller):
    """Receives webhooks. Who sends is proved by a signature, not by a session."""

    @route(
        f"{RECEIVE_PATH}/<string:key>",
        type="http",
        auth="public",
        csrf=False,
        save_session=False,
        sitemap=False,
    )
    def receive(self, key, **_params):
        return self._send(self._check_call() or self._take(key))

    def _check_call(self):
        """Return why the call cannot be taken, whoever sends it; None if it can."""
        http = request.httprequest
        if not self._is_private(http):
            return problem("https_required")
        if http.method != "POST":
            return problem("method_not_allowed", {"Allow": "POST"})
        if (http.content_length or 0) > MAX_BODY_BYTES:
            return problem("too_large", most=MAX_BODY_BYTES)
        if http.mimetype != "application/json":
            return problem("not_json")
        return None

    def _take(self, key):
        source = request.env["gr.webhook.source"]._find(key)
        if not source:
            return problem("not_found")
        http = request.httprequest
        # Not in the route: Odoo would answer with a page instead of a problem.
        http.max_content_length = MAX_BODY_BYTES
        try:
            body = http.get_data(cache=True)
        except RequestEntityTooLarge:  # sent in chunks, without a length
            return problem("too_large", most=MAX_BODY_BYTES)
        except ClientDisconnected:
            return problem("json_malformed")
        return source._receive(http.headers, body)

    def _is_private(self, http):
        """Learners' data travels encrypted, or not at all (interop 1.2)."""
        host = http.host.rsplit(":", 1)[0] if http.host[-1:] != "]" else http.host
        return http.scheme == "https" or host in LOOPBACK

    def _send(self, reply):
        return Response(
            json.dumps(reply.body, ensure_ascii=False),
            status=reply.status,
            headers={"Cache-Control": "no-store", **reply.headers},
            content_type=f"{reply.content_type}; charset=utf-8",
        )
