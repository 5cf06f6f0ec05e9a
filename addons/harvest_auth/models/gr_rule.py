from odoo import api, fields, models, tools


class GrRule(models.Model):
    """Numbers of the sign-in, which hold for the whole system, not for one district."""

    _inherit = "gr.rule"

    topic = fields.Selection(
        selection_add=[("security", "Sign-in and security")],
        ondelete={"security": "cascade"},
    )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @api.private
    def sign_in_rule(self, key, district=None):
        """Return today's value of a rule that every request may ask for; cached.

        :param district: ``res.company``; by default the first one, because before a
            sign-in nobody knows whose it will be
        """
        district = district or self.env.ref("base.main_company")
        return self._sign_in_rule(key, district.id, fields.Date.today())

    @api.model
    @tools.ormcache("key", "district_id", "day")
    def _sign_in_rule(self, key, district_id, day):
        district = self.env["res.company"].browse(district_id)
        return self.rule(key, district, day)
