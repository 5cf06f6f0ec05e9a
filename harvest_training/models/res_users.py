from odoo import api, models
from odoo.fields import Domain

LEARNER_READERS = "harvest_base.group_harvest_level_1"


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.private
    def _gr_pupil_domain(self):
        """Whoever leads a site or its training sees the learners among its staff, too.

        Colleagues do not: how someone does in training is not the business of all.
        """
        domain = super()._gr_pupil_domain()
        if domain.is_true() or not self.has_group(LEARNER_READERS):
            return domain
        staff = Domain("learner_type", "!=", "pupil")
        return domain | (staff & Domain("site_ids", "in", self.gr_site_ids.ids))
