from odoo import fields, models
from odoo.fields import Domain


class GrRosterAsOf(models.TransientModel):
    """Who was enrolled where on a day, as it was known at a moment.

    The answer is the ordinary list of enrollments: it shows what the reader may read.
    """

    _name = "gr.roster.as.of"
    _description = "Roster as of a Day"

    date = fields.Date("On This Day", required=True, default=fields.Date.context_today)
    known_at = fields.Datetime(
        "As Known on", help="Empty: with all that is known now, corrections included."
    )
    site_id = fields.Many2one("gr.site", help="Empty: all sites that you may see")

    def action_open(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_base.gr_student_enrollment_action"
        )
        return action | {
            "name": self._get_title(),
            "display_name": self._get_title(),
            "domain": list(self._get_domain()),
            "views": [
                (self.env.ref("harvest_district.gr_roster_as_of_view_list").id, "list"),
                (False, "graph"),
                (False, "pivot"),
                (False, "form"),
            ],
            "context": {"search_default_group_by_site": 1, "active_test": False},
        }

    def _get_domain(self):
        domain = self.env["gr.student.enrollment"]._get_as_of_domain(
            self.date, self.known_at or None
        )
        if self.site_id:
            domain &= Domain("site_id", "=", self.site_id.id)
        return domain

    def _get_title(self):
        """Return ``Roster as of 2026-10-01, as known on 2026-11-02 10:30``."""
        if not self.known_at:
            return self.env._("Roster as of %(day)s, as known now", day=self.date)
        moment = fields.Datetime.context_timestamp(self, self.known_at)
        return self.env._(
            "Roster as of %(day)s, as known on %(moment)s",
            day=self.date,
            moment=moment.strftime("%Y-%m-%d %H:%M"),
        )
