from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import GRADES


class GrGradeMove(models.TransientModel):
    """A grade goes to another school, as when sixth grade joins a junior high."""

    _name = "gr.grade.move"
    _description = "Move a Grade to Another School"
    _inherit = ["gr.site.change.mixin"]

    source_ids = fields.Many2many(
        "gr.site",
        string="From Sites",
        required=True,
        default=lambda self: self.env["gr.site"].browse(
            self.env.context.get("active_ids", [])
        ),
    )
    grade = fields.Selection(GRADES, required=True)
    target_id = fields.Many2one("gr.site", string="To School", required=True)

    @api.depends("date", "source_ids", "grade", "target_id")
    def _compute_preview(self):
        return super()._compute_preview()

    def _moves_ready(self):
        return bool(self.source_ids and self.grade and self.date)

    def _get_moves(self):
        domain = Domain("grade", "=", self.grade)
        return [
            (site._origin, self.target_id, domain)
            for site in self.source_ids - self.target_id
        ]

    def action_apply(self):
        self.ensure_one()
        if not self._get_moves():
            raise UserError(self.env._("Choose a school other than the target."))
        if (self.source_ids | self.target_id).company_id != self.target_id.company_id:
            raise UserError(self.env._("A grade cannot move to another district."))
        self._check_date()
        students = self.env["gr.student"]
        for old, new, domain in self._get_moves():
            students |= self._move(old, new, domain)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_base.gr_student_action"
        )
        return action | {"domain": [("id", "in", students.ids)], "context": {}}
