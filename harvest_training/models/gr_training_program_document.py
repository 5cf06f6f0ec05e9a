from odoo import fields, models


class GrTrainingProgram(models.Model):
    _inherit = "gr.training.program"

    training_document_ids = fields.One2many(
        "gr.training.document", "program_id", "Documents to Hand In", copy=True
    )
