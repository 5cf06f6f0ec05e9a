from odoo.addons.harvest_base.tests.common import HarvestKit

from .. import cursor
from ..cursor import open_districts
from ..models.gr_rls import PARAMETER


class WallKit(HarvestKit):
    """Two districts with a pupil each, and a wall."""

    @classmethod
    def _put_up(cls):
        cls.env.flush_all()
        cls.env["ir.config_parameter"].set_param(PARAMETER, "True")

    def _open(self, *districts):
        self.env.invalidate_all()
        open_districts(self.env.cr, [district.id for district in districts])

    def _close(self):
        self.env.invalidate_all()
        self.env.cr.cache.pop("harvest_rls.districts", None)
        cursor._thread.districts = None
        self.env.cr.execute("RESET harvest.districts")

    def _count(self, *districts):
        """Return how many pupils raw SQL finds in ``districts``."""
        self.env.cr.execute(
            "SELECT count(*) FROM gr_student WHERE company_id IN %s",
            [tuple(district.id for district in districts)],
        )
        return self.env.cr.fetchone()[0]
