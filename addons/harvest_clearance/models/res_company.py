from odoo import fields, models


class ResCompany(models.Model):
    """Who is told when a site coordinator has not solved it."""

    _inherit = "res.company"

    gr_compliance_user_id = fields.Many2one(
        "res.users",
        string="Compliance Manager",
        domain=[("share", "=", False)],
        help="Is told of staff requirements that are overdue. Empty: everybody of role"
        " B in the district.",
    )

    gr_remind_staff = fields.Boolean(
        string="Remind Staff",
        help="Send reminders of staff requirements and escalate them. Turn it on when"
        " what people hold has been entered; before that, everybody would be told that"
        " everything is missing.",
    )

    def _gr_get_coordinators(self):
        """Return ``{site id: users of role C who are named for the site}``."""
        group = self.env.ref("harvest_base.group_harvest_program")
        admin = self.env.ref("harvest_base.group_harvest_admin")
        # sudo: who answers for a site, for a mail of the system
        users = (group.sudo().all_user_ids - admin.sudo().all_user_ids).filtered(
            lambda user: user.active and not user.share
        )
        found = {}
        for user in users:
            for site in user.gr_site_ids.filtered(lambda one: one.company_id in self):
                found[site.id] = found.get(site.id, users.browse()) | user
        return found

    def _gr_compliance_users(self):
        """Return the users who answer for compliance in this district."""
        self.ensure_one()
        if self.gr_compliance_user_id.active:
            return self.gr_compliance_user_id
        group = self.env.ref("harvest_base.group_harvest_operations")
        admin = self.env.ref("harvest_base.group_harvest_admin")
        # sudo: who holds a role, for a mail of the system
        users = group.sudo().all_user_ids.filtered(
            lambda user: user.active and not user.share and self in user.company_ids
        )
        return (users - admin.sudo().all_user_ids) or users
