from odoo import fields, models

from .gr_erasure import OUTCOMES, REASONS


class GrErasureItem(models.Model):
    """The answer about one kind of record: what becomes of it, and by which law."""

    _name = "gr.erasure.item"
    _description = "Answer of an Erasure"
    _inherit = ["gr.student.record.mixin"]
    _order = "outcome, name, id"
    _gr_not_of_record = True  # see gr.erasure

    erasure_id = fields.Many2one(
        "gr.erasure", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        related="erasure_id.student_id", store=True, precompute=True, index=True
    )
    model = fields.Char(required=True)
    name = fields.Char("What", required=True)
    count = fields.Integer("How Many", aggregator="sum")
    outcome = fields.Selection(OUTCOMES, required=True)
    reason = fields.Selection(REASONS, string="Why", required=True)
    until_date = fields.Date("Until")
    class_id = fields.Many2one("gr.retention.class", ondelete="set null")
    authority = fields.Char("By")
