from odoo import api, fields, models

from .gr_api_key import current_limits


class GrUserKeyMixin(models.AbstractModel):
    """Part of ``res.users``: keys, and what a key narrows."""

    _name = "gr.user.key.mixin"
    _description = "Users: API Keys"

    gr_api_key_ids = fields.One2many(
        "gr.api.key",
        "user_id",
        string="Keys with Limits",
        domain=[("revoked_at", "=", False)],
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "gr_api_key_ids"]

    @api.private
    def _gr_where(self):
        where = super()._gr_where()
        limits = current_limits()
        if not limits or limits.sites is None or self.id != self.env.uid:
            return where
        return [site for site in limits.sites if where is None or site in where]
