"""``/json/2`` with the limits of a key, and pages instead of everything at once."""

from werkzeug.exceptions import UnprocessableEntity

from odoo.exceptions import AccessError
from odoo.http import request, route

from odoo.addons.rpc.controllers.json2 import WebJson2Controller

from ..models.gr_api_key import current_limits

# Methods that answer with a list, and which argument says how long it may be.
PAGED = {
    "search", "search_fetch", "search_read", "web_search_read", "name_search",
    "web_name_search", "read_group", "web_read_group", "formatted_read_group",
}  # fmt: skip
BY_IDS = {"read", "web_read", "export_data"}


class LimitedJson2Controller(WebJson2Controller):
    @route()
    def web_json_2_rpc(self, __model__, __method__, ids=(), **kwargs):
        self._check_key(__model__, __method__)
        if current_limits() is not None:
            kwargs = self._limit_page(__method__, ids, kwargs)
        return super().web_json_2_rpc(__model__, __method__, ids=ids, **kwargs)

    def _check_key(self, model, method):
        limits = current_limits()
        if limits is None or model not in request.env:
            return
        function = getattr(type(request.env[model]), method, None)
        only_reads = bool(getattr(function, "_readonly", False))
        if not limits.may_call(model, method, only_reads):
            raise AccessError(
                request.env._(
                    "This key may not call %(model)s/%(method)s. Make one that may.",
                    model=model,
                    method=method,
                )
            )

    def _limit_page(self, method, ids, kwargs):
        # sudo: the same for everybody
        rules = request.env["gr.rule"].sudo()
        most = rules.sign_in_rule("auth.api.page_size_max")
        asked = kwargs.get("limit") or (len(ids) if method in BY_IDS else 0)
        if asked > most:
            raise UnprocessableEntity(
                f"At most {most} records a request: use limit and offset."
            )
        if method in PAGED and not kwargs.get("limit"):
            request.future_response.headers["Harvest-Page-Limit"] = str(most)
            return {**kwargs, "limit": most}
        return kwargs
