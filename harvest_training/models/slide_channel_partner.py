from odoo import api, models

# What a tracker derives from a membership.
FACTS = {"completion", "member_status", "active", "partner_id", "channel_id"}


class SlideChannelPartner(models.Model):
    _inherit = "slide.channel.partner"

    @api.model_create_multi
    def create(self, vals_list):
        self.env["gr.student"]._gr_check_elearning(
            [vals.get("partner_id") for vals in vals_list]
        )
        members = super().create(vals_list)
        members._gr_get_trackers()._refresh()
        return members

    def write(self, vals):
        if vals.get("active"):
            self.env["gr.student"]._gr_check_elearning(self.partner_id.ids)
        result = super().write(vals)
        if FACTS & vals.keys():
            self._gr_get_trackers()._refresh()
        return result

    def unlink(self):
        trackers = self._gr_get_trackers()
        result = super().unlink()
        trackers._refresh()
        return result

    def _gr_get_trackers(self):
        """Return the live trackers that depend on these memberships; sudoed."""
        # sudo: whoever changes a membership moves its learner's progress
        return (
            self.env["gr.progress.tracker"]
            .sudo()
            .search(
                [
                    ("is_frozen", "=", False),
                    (
                        "course_integration_id.elearning_course_id",
                        "in",
                        self.channel_id.ids,
                    ),
                    ("student_id.partner_id", "in", self.partner_id.ids),
                ]
            )
        )
