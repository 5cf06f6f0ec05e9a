from odoo import models

from odoo.addons.harvest_base.links import find_links


class ResGroups(models.Model):
    """Who is put into a group there gets what it grants, too."""

    _inherit = "res.groups"

    def write(self, vals):
        if "user_ids" not in vals:
            return super().write(vals)
        links = find_links(self, [{"user_ids": vals["user_ids"]}])
        named = set().union(*links.values())
        # sudo: who is in it is written down, whoever changes that
        users = self.sudo().user_ids | self.env["res.users"].browse(named)
        with users.exists()._gr_watching_access():
            return super().write(vals)
