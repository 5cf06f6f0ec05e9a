from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class GrSiteMerge(models.TransientModel):
    """Close sites into another one; their history stays where it happened."""

    _name = "gr.site.merge"
    _description = "Merge Sites"
    _inherit = ["gr.site.change.mixin"]

    source_ids = fields.Many2many(
        "gr.site",
        string="Sites That Close",
        required=True,
        default=lambda self: self.env["gr.site"].browse(
            self.env.context.get("active_ids", [])
        ),
    )
    target_id = fields.Many2one("gr.site", string="Merge into", required=True)

    @api.depends("date", "source_ids", "target_id")
    def _compute_preview(self):
        return super()._compute_preview()

    def _moves_ready(self):
        return bool(self.source_ids and self.date)

    def _get_moves(self):
        return [
            (site._origin, self.target_id, Domain.TRUE)
            for site in self.source_ids - self.target_id
        ]

    def action_apply(self):
        self.ensure_one()
        sources = self.source_ids - self.target_id
        if not sources:
            raise UserError(self.env._("Choose a site other than the one that stays."))
        if (sources | self.target_id).company_id != self.target_id.company_id:
            raise UserError(self.env._("Sites of two districts cannot be merged."))
        if not self.target_id.active:
            raise UserError(self.env._("%s is closed.", self.target_id.name))
        self._check_date()
        for old, new, domain in self._get_moves():
            self._move(old, new, domain)
            self._move_people_and_groups(old, new)
        # sudo: access and succession are written by this wizard only
        self.target_id.sudo().user_ids |= sources.sudo().user_ids
        sources.sudo().write({"successor_id": self.target_id.id, "active": False})
        return {
            "type": "ir.actions.act_window",
            "res_model": "gr.site",
            "res_id": self.target_id.id,
            "view_mode": "form",
        }
