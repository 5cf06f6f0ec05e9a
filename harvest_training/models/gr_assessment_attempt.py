from odoo import api, fields, models

from odoo.addons.harvest_base.exceptions import HarvestError

# What a try says; only its note may be completed later.
HISTORY = {
    "assessment_id",
    "date",
    "number",
    "score",
    "pass_mark",
    "passed",
    "is_over_limit",
    "user_input_id",
    "slide_id",
    "entered_by_id",
}


class GrAssessmentAttempt(models.Model):
    """One try at an assessment; never changed, so that history stays."""

    _name = "gr.assessment.attempt"
    _description = "Assessment Attempt"
    _inherit = ["gr.progress.fact.mixin", "gr.student.record.mixin"]
    _order = "date desc, id desc"

    assessment_id = fields.Many2one(
        "gr.assessment.integration", required=True, index=True, ondelete="restrict"
    )
    tracker_id = fields.Many2one(
        "gr.progress.tracker",
        string="Learner in the Course",
        required=True,
        index=True,
        ondelete="cascade",
    )
    student_id = fields.Many2one(
        related="tracker_id.student_id",
        string="Learner",
        store=True,
        precompute=True,
        index=True,
    )
    course_integration_id = fields.Many2one(
        related="assessment_id.course_integration_id", store=True, string="Course"
    )
    program_id = fields.Many2one(related="assessment_id.program_id", store=True)
    kind = fields.Selection(related="assessment_id.kind", store=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    number = fields.Integer("Attempt", default=1)
    score = fields.Float("Score (%)", aggregator="avg")
    pass_mark = fields.Float("Pass Mark (%)", help="As it was at the time")
    passed = fields.Boolean()
    is_over_limit = fields.Boolean(
        "One Too Many", help="More attempts than allowed: it cannot pass"
    )
    user_input_id = fields.Many2one(
        "survey.user_input",
        string="Answers",
        index="btree_not_null",
        ondelete="set null",
    )
    slide_id = fields.Many2one(
        "slide.slide", string="Lesson", index="btree_not_null", ondelete="set null"
    )
    entered_by_id = fields.Many2one("res.users", string="Entered by")
    note = fields.Text(help="What a judgement rests on")

    _once = models.UniqueIndex(
        "(assessment_id, tracker_id, user_input_id) WHERE user_input_id IS NOT NULL",
        "This attempt is recorded already.",
    )

    @api.depends("student_id", "assessment_id")
    def _compute_display_name(self):
        for attempt in self:
            attempt.display_name = (
                f"{attempt.student_id.name}, {attempt.assessment_id.name}"
            )

    def write(self, vals):
        if HISTORY & vals.keys():
            raise HarvestError(
                self.env._("An attempt is history. Enter another one instead.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise HarvestError(self.env._("An attempt is history and is not deleted."))

    def _call_after_last(self):
        """Tell the program's agent when a learner failed the last try allowed."""
        for attempt in self:
            assessment = attempt.assessment_id
            agent = attempt.program_id.coordinator_id
            if (
                attempt.passed
                or attempt.number != assessment.max_attempts
                or not agent.active
            ):
                continue
            attempt.tracker_id.enrollment_id.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("No attempts left: %s", assessment.name),
                user_id=agent.id,
            )
