from odoo import api, fields, models
from odoo.exceptions import UserError


class GrExternalRefMixin(models.AbstractModel):
    """A record that a district system may know. Such records are never deleted."""

    _name = "gr.external.ref.mixin"
    _description = "External Reference Mixin"

    external_ref_ids = fields.One2many(
        "gr.external.ref",
        "res_id",
        string="External References",
        domain=lambda self: [("model", "=", self._name)],
        groups="harvest_base.group_harvest_operations",
        context={"active_test": False},
    )
    is_from_sis = fields.Boolean(
        string="From the District System", compute="_compute_is_from_sis"
    )

    def _compute_is_from_sis(self):
        known = self.env["gr.external.ref"].sudo()  # a yes or no, never the ids
        groups = known._read_group(
            [("model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"]
        )
        known_ids = {res_id for (res_id,) in groups}
        for record in self:
            record.is_from_sis = record.id in known_ids

    @api.ondelete(at_uninstall=False)
    def _unlink_except_from_sis(self):
        for record in self:
            if record.is_from_sis:
                raise UserError(
                    self.env._(
                        "%(name)s came from a district system, so its history has to"
                        " stay. Archive it instead.",
                        name=record.display_name,
                    )
                )
