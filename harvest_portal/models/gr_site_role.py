from odoo import models

from ..const import FAMILY_CONTACT_ROLES


class GrSiteRole(models.Model):
    _inherit = "gr.site.role"

    def _to_family_contacts(self):
        """Return the people to call, the first to be called first, as plain values."""
        labels = dict(self._fields["role"]._description_selection(self.env))
        ordered = self.sorted(lambda role: FAMILY_CONTACT_ROLES.index(role.role))
        return [
            {
                "name": role.partner_id.name,
                "role": labels[role.role],
                "phone": role.phone,
                "email": role.email,
            }
            for role in ordered
        ]
