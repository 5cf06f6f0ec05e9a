from odoo import api, models

from .gr_rls import PARAMETER


class IrConfigParameter(models.Model):
    """Switching the parameter puts the wall up, or takes it down, at once."""

    _inherit = "ir.config_parameter"

    @api.model_create_multi
    def create(self, vals_list):
        parameters = super().create(vals_list)
        parameters._gr_apply_wall()
        return parameters

    def write(self, vals):
        touched = self._gr_is_wall()
        result = super().write(vals)
        if touched or self._gr_is_wall():
            self._gr_apply_wall(force=True)
        return result

    def unlink(self):
        touched = self._gr_is_wall()
        result = super().unlink()
        if touched:
            self.browse()._gr_apply_wall(force=True)
        return result

    def _gr_is_wall(self):
        return PARAMETER in self.mapped("key")

    def _gr_apply_wall(self, force=False):
        if force or self._gr_is_wall():
            self.env.flush_all()
            # sudo: who may change the setting need not own the tables
            self.env["gr.rls"].sudo()._apply()
