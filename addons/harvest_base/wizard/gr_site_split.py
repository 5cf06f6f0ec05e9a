from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import GRADE_ORDER, GRADES


class GrSiteSplit(models.TransientModel):
    """Open a new site out of an old one, for some grades or for chosen students."""

    _name = "gr.site.split"
    _description = "Split a Site"
    _inherit = ["gr.site.change.mixin"]

    source_id = fields.Many2one(
        "gr.site",
        string="Site",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    name = fields.Char("Name of the New Site", required=True)
    code = fields.Char("Code of the New Site")
    grade_from = fields.Selection(GRADES)
    grade_to = fields.Selection(GRADES)
    student_ids = fields.Many2many(
        "gr.student", string="Or These Students", domain="[('site_id', '=', source_id)]"
    )

    @api.depends("date", "source_id", "grade_from", "grade_to", "student_ids")
    def _compute_preview(self):
        return super()._compute_preview()

    def _moves_ready(self):
        return bool(self.source_id and self.date and self._get_domain() is not None)

    def _get_moves(self):
        return [(self.source_id, self.env["gr.site"], self._get_domain())]

    def _get_domain(self):
        if self.student_ids:
            return Domain("student_id", "in", self.student_ids.ids)
        if self.grade_from and self.grade_to:
            return Domain("grade", "in", self._get_grades())
        return None

    def _get_grades(self):
        first, last = GRADE_ORDER[self.grade_from], GRADE_ORDER[self.grade_to]
        return [grade for grade, place in GRADE_ORDER.items() if first <= place <= last]

    def action_apply(self):
        self.ensure_one()
        if not self._moves_ready():
            raise UserError(self.env._("Say which grades or which students move."))
        self._check_date()
        new = self.source_id.copy(
            {
                "name": self.name,
                "code": self.code,
                "cds_code": False,
                "nces_code": False,
                "user_ids": False,
            }
        )
        self._move(self.source_id, new, self._get_domain())
        return {
            "type": "ir.actions.act_window",
            "res_model": "gr.site",
            "res_id": new.id,
            "view_mode": "form",
        }
