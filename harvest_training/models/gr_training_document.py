from odoo import api, fields, models

from ..const import LEARNING_STATUS


class GrTrainingDocument(models.Model):
    """A document that everybody in a program hands in."""

    _name = "gr.training.document"
    _description = "Document of a Program"
    _inherit = ["gr.guarded.mixin"]
    _order = "program_id, sequence, id"
    _fixed = frozenset({"company_id", "program_id"})
    _check_company_auto = True

    program_id = fields.Many2one(
        "gr.training.program",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="program_id.company_id",
        string="District",
        store=True,
        precompute=True,
        index=True,
    )
    sequence = fields.Integer(default=10)
    type_id = fields.Many2one(
        "gr.document.type",
        string="Document",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    required = fields.Boolean(default=True, help="No certificate without it")
    due_days = fields.Integer(
        "Due (Days)", default=30, help="Days after enrollment; 0: no due date"
    )

    _type_uniq = models.Constraint(
        "UNIQUE (program_id, type_id)", "The program asks for this document already."
    )
    _check_days = models.Constraint(
        "CHECK (due_days >= 0)", "A number of days cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # sudo: who is in the program is asked, too, seen or not
        enrollments = lines.program_id.enrollment_ids.sudo()
        self.env["gr.document.request"]._request_for(
            enrollments.filtered(lambda line: line.status in LEARNING_STATUS)
        )
        return lines
