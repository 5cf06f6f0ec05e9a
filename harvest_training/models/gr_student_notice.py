from odoo import fields, models

from ..notices import MODES


class GrStudent(models.Model):
    """How a learner wants to be told."""

    _inherit = "gr.student"

    training_notice_mode = fields.Selection(
        MODES, help="Empty: as the district tells its learners"
    )

    def write(self, vals):
        result = super().write(vals)
        if "training_notice_mode" in vals:
            # sudo: the queue is the system's, whoever changed the choice
            waiting = self.env["gr.training.notice"].sudo()
            waiting.search(
                [("student_id", "in", self.ids), ("state", "=", "pending")]
            )._plan()
        return result

    def _get_notice_mode(self):
        self.ensure_one()
        # sudo: the district's default is for all of its learners
        return (
            self.training_notice_mode or self.sudo().company_id.gr_training_notice_mode
        )
