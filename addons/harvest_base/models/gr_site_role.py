from odoo import fields, models

from ..const import SITE_ROLES


class GrSiteRole(models.Model):
    """An adult's role at a site, or in the whole district when no site is set."""

    _name = "gr.site.role"
    _description = "Role at a Site"
    _inherit = ["gr.guarded.mixin", "gr.period.mixin", "gr.external.ref.mixin"]
    _order = "site_id, role, partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("gr_is_student", "=", False)],
    )
    site_id = fields.Many2one(
        "gr.site", index=True, check_company=True, help="Empty: the whole district"
    )
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    role = fields.Selection(SITE_ROLES, required=True)
    primary = fields.Boolean(default=True)
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")
    active = fields.Boolean(default=True)

    def _compute_display_name(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        for role in self:
            role.display_name = f"{role.partner_id.name}, {labels.get(role.role, '')}"
