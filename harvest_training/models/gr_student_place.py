from odoo import models


class GrStudent(models.Model):
    """Where a learner's days begin and end."""

    _inherit = "gr.student"

    def _get_timezone(self):
        """Return the IANA name of the zone that the learner's due days are read in."""
        self.ensure_one()
        learner = self.sudo()  # only the zone of a site gets out
        site = learner.site_ids[:1] or learner.site_id
        return site.tz or learner.company_id.partner_id.tz or "UTC"
