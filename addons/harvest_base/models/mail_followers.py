from odoo import api, models


class MailFollowers(models.Model):
    """A child is not a user of the mail system: student contacts never follow."""

    _inherit = "mail.followers"

    @api.model_create_multi
    def create(self, vals_list):
        wanted = [vals["partner_id"] for vals in vals_list if vals.get("partner_id")]
        adults = set(self.env["res.partner"]._gr_without_students(wanted))
        return super().create(
            [
                vals
                for vals in vals_list
                if not vals.get("partner_id") or vals["partner_id"] in adults
            ]
        )
