from odoo import api, models
from odoo.fields import Domain

from ..const import PLACE_ORDER


class GrStudent(models.Model):
    """What a guardian's page shows of a child."""

    _inherit = "gr.student"

    @api.model
    def _get_own_children(self, student_id=None):
        """Return the current user's own children, whatever else a role lets them see.

        :param int student_id: only this one; empty when it is not an own child
        """
        if not self.has_access("read"):
            return self.browse()
        domain = self.env.user._gr_family_domain()
        if student_id is not None:
            domain &= Domain("id", "=", student_id)
        return self.search(domain)

    def _get_called_name(self):
        """Return what the child is called every day."""
        self.ensure_one()
        return self.preferred_name or self.first_name or self.name

    def _get_own_guardianship(self):
        """Return the current user's own row, never that of another adult."""
        return self.env["gr.guardianship"].search(
            [
                ("student_id", "in", self.ids),
                ("partner_id", "=", self.env.user.partner_id.id),
            ]
        )

    def _get_family_places(self):
        """Return the children's places in programs that families may see."""
        Place = self.env["gr.program.enrollment"]
        if not self:  # also: a user who may read no place at all
            return Place
        places = Place.search([("student_id", "in", self.ids)])
        shown = places.program_id._filtered_access("read")
        return places.filtered(lambda place: place.program_id in shown).sorted(
            lambda place: PLACE_ORDER.index(place.state)
        )

    def _get_family_sites(self, places):
        """Return the school and the sites of places that are asked for or taken."""
        return (
            self.site_id | places.filtered(lambda place: place._is_open_place()).site_id
        )
