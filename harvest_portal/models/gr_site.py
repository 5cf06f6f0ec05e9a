from odoo import fields, models

from ..const import FAMILY_CONTACT_ROLES, NO_SCHOOL


class GrSite(models.Model):
    """What a family may know of a site: the kind of day today, and whom to call.

    Both return plain values, so nothing else of a calendar or a person gets out.
    """

    _inherit = "gr.site"

    def _get_family_today(self):
        """Return today's day type here, ``NO_SCHOOL``, or False without a calendar."""
        self.ensure_one()
        self.check_access("read")
        today = fields.Date.context_today(self.with_context(tz=self.tz))
        # sudo: families have no access to calendars; only today's type gets out.
        year_sudo = self.env["gr.school.year"].sudo()._get_year(self.company_id, today)
        day_type = year_sudo._get_day_types(self, today, today).get(today)
        return day_type or (year_sudo._has_calendar() and NO_SCHOOL)

    def _get_family_contacts(self):
        """Return ``[(site, [{name, role, phone, email}])]`` of the people to call."""
        self.check_access("read")
        # sudo: families have no access to roles and contacts; of each person only the
        # name and how the school lets them be reached get out.
        roles_sudo = self.env["gr.site.role"].sudo()
        roles_sudo = roles_sudo.search(
            roles_sudo._get_current_domain()
            & fields.Domain("site_id", "in", self.ids)
            & fields.Domain("role", "in", FAMILY_CONTACT_ROLES)
        )
        people = roles_sudo.grouped("site_id")
        nobody = roles_sudo.browse()
        return [(site, people.get(site, nobody)._to_family_contacts()) for site in self]
