from odoo import api, models


class MailFollowers(models.Model):
    """Who may follow: never a student's contact, and on our records only employees.

    A follower is mailed what staff write, and no record rule stands between, so a
    parent who once subscribed would still get it after a court order.
    """

    _inherit = "mail.followers"

    @api.model_create_multi
    def create(self, vals_list):
        wanted = [vals["partner_id"] for vals in vals_list if vals.get("partner_id")]
        Partner = self.env["res.partner"]
        adults = set(Partner._gr_without_students(wanted))
        employees = set(Partner._gr_employees(wanted))
        return super().create(
            [
                vals
                for vals in vals_list
                if not vals.get("partner_id")
                or vals["partner_id"]
                in (employees if vals["res_model"].startswith("gr.") else adults)
            ]
        )
