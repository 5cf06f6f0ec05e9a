from odoo import api, models

from .gr_api_key import current_limits


class SiteLimitedUser:
    """A user as a rule sees it when the key is for some sites only."""

    gr_scope = "site"

    def __init__(self, user):
        self._user = user
        self.gr_site_ids = user.env["gr.site"].browse(user._gr_where())

    def __getattr__(self, name):
        return getattr(self._user, name)


class IrRule(models.Model):
    """Rules are worked out as if the owner of a key had only the key's sites."""

    _inherit = "ir.rule"

    @api.model
    def _eval_context(self):
        context = super()._eval_context()
        limits = current_limits()
        if limits and limits.sites is not None:
            context["user"] = SiteLimitedUser(context["user"])
        return context

    def _compute_domain_context_values(self):
        """Keep what a key may see apart from what its owner may, in the cache."""
        yield from super()._compute_domain_context_values()
        limits = current_limits()
        yield limits.key_id if limits and limits.sites is not None else 0
