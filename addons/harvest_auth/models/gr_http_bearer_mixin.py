from werkzeug.exceptions import TooManyRequests, Unauthorized

from odoo import models
from odoo.http import request

from .gr_api_key import KeyLimits


class GrHttpBearerMixin(models.AbstractModel):
    """Part of ``ir.http``: keys are counted, right ones and wrong ones."""

    _name = "gr.http.bearer.mixin"
    _description = "HTTP: API Keys"

    @classmethod
    def _auth_method_bearer(cls):
        has_key = request.httprequest.headers.get("Authorization", "")
        if not has_key.lower().startswith("bearer "):
            super()._auth_method_bearer()  # a browser's own session
            return
        request.gr_is_bearer = True
        try:
            super()._auth_method_bearer()
        except Unauthorized:
            cls._gr_count_wrong_key()
            raise
        cls._gr_take_quota()

    @classmethod
    def _gr_count_wrong_key(cls):
        """Note a wrong key of this network; send the network away if there are many.

        A right key is looked at all the same, so a forgotten one does not stop the
        others of the same office.
        """
        lockout = request.env["gr.lockout"].sudo()  # nobody is signed in
        wait = lockout._count_wrong_key(request.httprequest.remote_addr)
        if wait:
            message = request.env._(
                "Too many wrong keys from your network. Check the key, and wait."
            )
            cls._gr_refuse(message, {}, int(wait) + 1)

    @classmethod
    def _gr_take_quota(cls):
        limits = getattr(request, "gr_key_limits", None) or KeyLimits()
        buckets = request.env["gr.api.bucket"].sudo()  # nobody's table, our own count
        answer = buckets._take_all(request.env.user.company_id, limits)
        if not answer.allowed:
            message = request.env._(
                "Too many requests. Wait %(seconds)s s; the limit is set per minute.",
                seconds=answer.retry_after,
            )
            cls._gr_refuse(message, answer.headers, answer.retry_after)
        request.future_response.headers.extend(answer.headers)

    @classmethod
    def _gr_refuse(cls, message, headers, retry_after):
        headers = {**headers, "Retry-After": str(retry_after)}
        body = {"name": "TooManyRequests", "message": message}
        response = request.make_json_response(body, list(headers.items()), status=429)
        raise TooManyRequests(message, response=response)
