from odoo import api, models

from .gr_api_key import current_limits


class IrModelAccess(models.Model):
    """A key reads and changes the records that it was made for, no others."""

    _inherit = "ir.model.access"

    @api.model
    def check(self, model, mode="read", raise_exception=True):
        allowed = super().check(model, mode, raise_exception)
        limits = None if self.env.su else current_limits()
        if not allowed or limits is None or limits.may_access(model, mode):
            return allowed
        if raise_exception:
            raise self._make_access_error(model, mode)
        return False
