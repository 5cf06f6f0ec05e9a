from odoo import models


class GrStudentRecordMixin(models.AbstractModel):
    _name = "gr.student.record.mixin"
    _inherit = ["gr.student.record.mixin", "gr.audited.part.mixin"]
