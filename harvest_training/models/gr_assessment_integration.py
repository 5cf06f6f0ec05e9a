from odoo import fields, models


class GrAssessmentIntegration(models.Model):
    """An exam of a course: an Odoo certification, a lesson's quiz, or a judgement."""

    _name = "gr.assessment.integration"
    _description = "Assessment Integration"
    _inherit = ["gr.guarded.mixin", "mail.thread"]
    _order = "course_integration_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    course_integration_id = fields.Many2one(
        "gr.course.integration", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="course_integration_id.company_id",
        string="District",
        store=True,
        precompute=True,
        index=True,
    )
    active = fields.Boolean(default=True)
    required = fields.Boolean(default=True)
    attempt_ids = fields.One2many("gr.assessment.attempt", "assessment_id")
