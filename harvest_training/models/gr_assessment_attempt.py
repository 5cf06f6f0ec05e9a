from odoo import fields, models


class GrAssessmentAttempt(models.Model):
    """One try at an assessment; never changed, so that history stays."""

    _name = "gr.assessment.attempt"
    _description = "Assessment Attempt"
    _inherit = ["gr.student.record.mixin"]
    _order = "date desc, id desc"

    assessment_id = fields.Many2one(
        "gr.assessment.integration", required=True, index=True, ondelete="restrict"
    )
    tracker_id = fields.Many2one(
        "gr.progress.tracker", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        related="tracker_id.student_id", store=True, precompute=True, index=True
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    passed = fields.Boolean()
