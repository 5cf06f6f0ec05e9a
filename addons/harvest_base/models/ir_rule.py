from odoo import SUPERUSER_ID, models, tools
from odoo.fields import Domain

from ..odoo_walls import BY_COMPANY, BY_USER, MINE, OWN, OWN_FOR_FAMILIES, WITH_FAMILY


class IrRule(models.Model):
    """Odoo's own records of people stay in the district, too.

    Odoo rules by company what has a company, with holes; calendars, channels, badges
    and dialogs have none. What is missing is a table (``odoo_walls.py``) and is added
    here to the rules, so that it holds for whichever of those addons is installed.
    Nothing can widen it, as with a global rule.
    """

    _inherit = "ir.rule"

    @tools.ormcache(
        "self.env.uid",
        "self.env.su",
        "model_name",
        "mode",
        "tuple(self._compute_domain_context_values())",
    )
    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        if self.env.su:
            return domain
        return Domain(domain) & self._gr_wall(model_name)

    def _gr_wall(self, model_name):
        """Return the domain of what lies in the user's districts, by the tables."""
        districts = self.env.companies.ids
        own = OWN.get(model_name)
        if not own and self.env[model_name].is_transient():
            own = "create_uid"  # a dialog is read by who opened it, and nobody else
        if not own and not self.env.user._is_internal():
            own = OWN_FOR_FAMILIES.get(model_name)
        if own:
            return Domain(own, "=", self.env.uid)
        if path := BY_COMPANY.get(model_name):
            return Domain(path, "in", [False, *districts])
        if path := BY_USER.get(model_name):
            return self._gr_near(model_name, path, districts) | self._gr_mine(
                model_name
            )
        return Domain.TRUE

    def _gr_near(self, model_name, path, districts):
        near = Domain.OR(
            [
                Domain(path, "=", False),
                Domain(path, "in", [self.env.uid, SUPERUSER_ID]),
                Domain(f"{path}.company_ids", "in", districts),
            ]
        )
        if contacts := WITH_FAMILY.get(model_name):
            near &= ~Domain(contacts, "any", [("gr_guardianship_ids", "!=", False)])
        return near

    def _gr_mine(self, model_name):
        mine = MINE.get(model_name)
        partner = self.env.user.partner_id
        return Domain(mine, "=", partner.id) if mine else Domain.FALSE
