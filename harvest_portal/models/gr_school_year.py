from odoo import models


class GrSchoolYear(models.Model):
    _inherit = "gr.school.year"

    def _has_calendar(self):
        """Whether days were entered, so that a missing one means "no school"."""
        return bool(
            self.env["gr.day"].search_count(
                [("school_year_id", "in", self.ids)], limit=1
            )
        )
