from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _frontend_pre_dispatch(cls):
        """Let users see all their districts on a page, as they do without a website.

        Odoo narrows a page to the website's company. A mother with a child in each of
        two districts would see one of them. The website's company stays the first.
        """
        super()._frontend_pre_dispatch()
        user = request.env.user
        if user._is_public():
            return
        first = request.env.context["allowed_company_ids"]
        others = [i for i in user._get_company_ids() if i not in first]
        request.update_context(allowed_company_ids=[*first, *others])
        request.website = request.website.with_env(request.env)
