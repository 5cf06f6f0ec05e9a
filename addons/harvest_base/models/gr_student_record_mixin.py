from odoo import fields, models


class GrStudentRecordMixin(models.AbstractModel):
    """A part of a student's record: who may read the student may know it exists.

    Each model that inherits this gets the one record rule of
    ``security/gr_student_record_security.xml`` (``user._gr_student_domain()``), so
    that the question "who sees this child" has a single answer.
    """

    _name = "gr.student.record.mixin"
    _description = "Student Record Mixin"
    _inherit = ["gr.guarded.mixin"]
    _gr_seal_attachments = True  # files of it are sealed (harvest_crypto)

    # No check_company: the district *is* the student's. With it a form offers nobody
    # while the district is empty, which it is until a student is chosen.
    student_id = fields.Many2one(
        "gr.student", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="student_id.company_id",
        string="District",
        store=True,
        precompute=True,
        index=True,
    )
