from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class GrAssessmentIntegration(models.Model):
    """An exam of a course: an Odoo certification, a lesson's quiz, or a judgement.

    The result comes from where the exam is taken; whether it is passed is decided here,
    by our own mark.
    """

    _name = "gr.assessment.integration"
    _description = "Assessment Integration"
    _inherit = ["gr.course.part.mixin", "gr.assessment.result.mixin"]
    _order = "course_integration_id, sequence, id"

    elearning_course_id = fields.Many2one(
        related="course_integration_id.elearning_course_id"
    )
    kind = fields.Selection(
        [
            ("survey", "Certification (survey)"),
            ("quiz", "Quiz of a lesson"),
            ("manual", "Judgement of the trainer"),
        ],
        required=True,
        default="manual",
        tracking=True,
    )
    survey_id = fields.Many2one(
        "survey.survey",
        string="Certification",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('scoring_type', '!=', 'no_scoring')]",
    )
    slide_id = fields.Many2one(
        "slide.slide",
        string="Lesson",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('channel_id', '=', elearning_course_id),"
        " ('question_ids', '!=', False)]",
    )
    pass_mark = fields.Float(
        "Pass Mark (%)",
        compute="_compute_pass_mark",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The certification's own, unless another is entered. A change counts for"
        " later attempts.",
    )
    max_attempts = fields.Integer(
        tracking=True, help="What comes after these cannot pass. 0: not limited"
    )
    attempt_ids = fields.One2many("gr.assessment.attempt", "assessment_id")
    attempt_count = fields.Integer("Attempts", compute="_compute_counts")
    passed_count = fields.Integer("Passed", compute="_compute_counts")

    _check_pass_mark = models.Constraint(
        "CHECK (pass_mark BETWEEN 0 AND 100 AND (kind = 'survey' OR pass_mark > 0))",
        "A pass mark is more than 0 and at most 100 percent.",
    )
    _check_attempts = models.Constraint(
        "CHECK (max_attempts >= 0)", "A number of attempts cannot be negative."
    )
    _check_source = models.Constraint(
        "CHECK ((kind <> 'survey' OR survey_id IS NOT NULL)"
        " AND (kind <> 'quiz' OR slide_id IS NOT NULL))",
        "Choose the certification or the lesson that this assessment is.",
    )
    _survey_uniq = models.UniqueIndex(
        "(course_integration_id, survey_id) WHERE active AND kind = 'survey'",
        "This certification is an assessment of the course already.",
    )
    _slide_uniq = models.UniqueIndex(
        "(course_integration_id, slide_id) WHERE active AND kind = 'quiz'",
        "This quiz is an assessment of the course already.",
    )

    @api.depends("kind", "survey_id")
    def _compute_pass_mark(self):
        for assessment in self:
            if assessment.kind == "survey" and assessment.survey_id:
                assessment.pass_mark = assessment.survey_id.scoring_success_min
            elif not assessment.pass_mark:
                # Odoo completes a quiz when every answer is right; a judgement
                # without points is all or nothing.
                assessment.pass_mark = 100.0

    @api.depends("attempt_ids.passed")
    def _compute_counts(self):
        Attempt = self.env["gr.assessment.attempt"]
        mine = Domain("assessment_id", "in", self.ids)
        tried, passed = {}, {}
        if Attempt.has_access("read"):
            tried = dict(Attempt._read_group(mine, ["assessment_id"], ["__count"]))
            passed = dict(
                Attempt._read_group(
                    mine & Domain("passed", "=", True), ["assessment_id"], ["__count"]
                )
            )
        for assessment in self:
            assessment.attempt_count = tried.get(assessment, 0)
            assessment.passed_count = passed.get(assessment, 0)

    @api.constrains("slide_id", "course_integration_id", "kind")
    def _check_slide(self):
        for assessment in self.filtered(lambda line: line.kind == "quiz"):
            if assessment.slide_id.channel_id != assessment.elearning_course_id:
                raise ValidationError(
                    self.env._(
                        "“%(lesson)s” is no lesson of “%(course)s”.",
                        lesson=assessment.slide_id.name,
                        course=assessment.elearning_course_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        assessments = super().create(vals_list)
        assessments._import_results()
        return assessments

    # Ways on

    def action_view_attempts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_training.gr_assessment_attempt_action"
        )
        return action | {"domain": [("assessment_id", "=", self.id)]}

    def action_enter(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Enter a Result"),
            "res_model": "gr.assessment.enter",
            "view_mode": "form",
            "target": "new",
            "context": {"default_assessment_id": self.id},
        }
