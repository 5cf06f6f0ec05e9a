from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class GrAssessmentEnter(models.TransientModel):
    """Enter how a learner did: a judgement of the trainer, or an exam on paper."""

    _name = "gr.assessment.enter"
    _description = "Enter a Result"

    assessment_id = fields.Many2one(
        "gr.assessment.integration", required=True, readonly=True
    )
    kind = fields.Selection(related="assessment_id.kind")
    pass_mark = fields.Float(related="assessment_id.pass_mark")
    course_integration_id = fields.Many2one(
        related="assessment_id.course_integration_id"
    )
    tracker_ids = fields.Many2many(
        "gr.progress.tracker",
        string="Learners",
        required=True,
        domain="[('course_integration_id', '=', course_integration_id),"
        " ('is_frozen', '=', False)]",
    )
    judgement = fields.Selection(
        [("passed", "Passed"), ("failed", "Not passed yet")],
        help="Without points; with points the pass mark decides",
    )
    score = fields.Float(
        "Score (%)", compute="_compute_score", store=True, readonly=False
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    note = fields.Text("What It Rests on")

    _check_score = models.Constraint(
        "CHECK (score >= 0 AND score <= 100)", "A score is between 0 and 100 percent."
    )

    @api.depends("judgement")
    def _compute_score(self):
        """A judgement without points is all or nothing."""
        for wizard in self:
            if wizard.judgement:
                wizard.score = 100.0 if wizard.judgement == "passed" else 0.0

    def action_enter(self):
        self.ensure_one()
        self._check_may_enter()
        # sudo: the ledger is the system's; who may enter was just checked
        self.assessment_id.sudo()._record(
            self.tracker_ids.sudo(),
            self.score,
            self.date,
            entered_by_id=self.env.uid,
            note=self.note,
        )
        return {"type": "ir.actions.act_window_close"}

    def _check_may_enter(self):
        self.tracker_ids.check_access("read")
        if self.tracker_ids.student_id._is_user():
            raise AccessError(self.env._("Nobody judges the own exam."))
        if self.date > fields.Datetime.now():
            raise UserError(self.env._("An exam of the future has no result yet."))
        wrong = self.tracker_ids.filtered(
            lambda tracker: (
                tracker.is_frozen
                or tracker.course_integration_id != self.course_integration_id
            )
        )
        if wrong:
            raise UserError(
                self.env._(
                    "%s does not learn in this course any more.",
                    wrong[0].student_id.name,
                )
            )
