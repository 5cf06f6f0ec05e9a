from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        """Rename websites with the district, unless a person named them otherwise."""
        if "name" not in vals:
            return super().write(vals)
        # sudo: who names a district need not be who designs websites
        websites_sudo = (
            self.env["website"].sudo().search([("company_id", "in", self.ids)])
        )
        following = websites_sudo.filtered(
            lambda website: website.name == website.company_id.name
        )
        result = super().write(vals)
        following.name = vals["name"]
        return result
