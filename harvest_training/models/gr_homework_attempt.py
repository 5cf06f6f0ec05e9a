from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import float_compare, is_html_empty

from odoo.addons.harvest_base.exceptions import HarvestError

from .. import deadlines

DECIDED = ("returned", "accepted")
CONTENT = {"text", "attachment_ids"}
DECISION = {"feedback", "score_ids", "reviewer_id", "date_decided", "score", "state"}


class GrHomeworkAttempt(models.Model):
    """What a learner handed in for an assignment, and what became of it.

    What was handed in does not change, what was decided neither; who does it again
    makes a new attempt.
    """

    _name = "gr.homework.attempt"
    _description = "Homework Attempt"
    _inherit = [
        "gr.upload.mixin",
        "gr.progress.fact.mixin",
        "gr.student.record.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "submitted_at desc, assignment_id, tracker_id, number desc"
    _fixed = frozenset({"company_id", "assignment_id", "tracker_id"})
    _guarded = frozenset(
        {"state", "number", "submitted_at", "due_date", "is_late"}
        | {"reviewer_id", "date_decided", "score"}
    )

    assignment_id = fields.Many2one(
        "gr.homework.assignment", required=True, index=True, ondelete="restrict"
    )
    tracker_id = fields.Many2one(
        "gr.progress.tracker",
        string="Learner in the Course",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('course_integration_id', '=', course_integration_id),"
        " ('is_frozen', '=', False)]",
    )
    student_id = fields.Many2one(
        related="tracker_id.student_id",
        string="Learner",
        store=True,
        precompute=True,
        index=True,
    )
    course_integration_id = fields.Many2one(
        related="assignment_id.course_integration_id", store=True, string="Course"
    )
    program_id = fields.Many2one(related="assignment_id.program_id", store=True)
    instructions = fields.Html(related="assignment_id.instructions")
    number = fields.Integer("Attempt", readonly=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "To Review"),
            ("returned", "Returned"),
            ("accepted", "Accepted"),
        ],
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
        index=True,
        group_expand=True,
    )
    text = fields.Text("Answer")
    submitted_at = fields.Datetime("Handed In", readonly=True, tracking=True)
    due_date = fields.Date("Due", readonly=True, help="As it was when handed in")
    is_late = fields.Boolean(
        "Late", readonly=True, help="After the due day, by the clocks of the site"
    )
    days_waiting = fields.Integer(compute="_compute_days_waiting")
    reviewer_id = fields.Many2one("res.users", readonly=True, tracking=True)
    date_decided = fields.Datetime("Decided", readonly=True)
    feedback = fields.Html(help="The learner reads it")
    score_ids = fields.One2many("gr.homework.score", "attempt_id", "Points")
    score = fields.Float(readonly=True, aggregator="avg")
    points_so_far = fields.Float(compute="_compute_points_so_far")
    total_points = fields.Float(related="assignment_id.total_points")
    pass_points = fields.Float(related="assignment_id.pass_points")

    _number_uniq = models.Constraint(
        "UNIQUE (assignment_id, tracker_id, number)",
        "This was handed in at the same moment elsewhere. Open the page again.",
    )
    _queue_idx = models.Index("(submitted_at) WHERE state = 'submitted'")

    @api.depends("student_id", "assignment_id", "number")
    def _compute_display_name(self):
        for attempt in self:
            attempt.display_name = self.env._(
                "%(learner)s, %(homework)s (attempt %(number)s)",
                learner=attempt.student_id.name,
                homework=attempt.assignment_id.name,
                number=attempt.number,
            )

    @api.depends("submitted_at", "state")
    def _compute_days_waiting(self):
        now = fields.Datetime.now()
        for attempt in self:
            waits = attempt.state == "submitted" and attempt.submitted_at
            attempt.days_waiting = (now - attempt.submitted_at).days if waits else 0

    @api.depends("score_ids.points")
    def _compute_points_so_far(self):
        for attempt in self:
            attempt.points_so_far = sum(attempt.score_ids.mapped("points"))

    @api.model_create_multi
    def create(self, vals_list):
        """Number the attempts of a learner one after the other."""
        attempts = super().create(vals_list)
        for vals, attempt in zip(vals_list, attempts.sudo(), strict=True):
            if not vals.get("number"):  # sudo: guarded, the number is ours
                attempt.number = attempt._get_next_number()
        return attempts

    def _get_next_number(self):
        """Return one more than the learner's last attempt, seen or not (sudoed)."""
        last = self.search(
            [
                ("assignment_id", "=", self.assignment_id.id),
                ("tracker_id", "=", self.tracker_id.id),
                ("id", "!=", self.id),
            ],
            order="number desc",
            limit=1,
        )
        return last.number + 1

    def write(self, vals):
        """Keep history: not even the system edits what was handed in or decided."""
        if CONTENT & vals.keys() and any(attempt.state != "draft" for attempt in self):
            raise HarvestError(
                self.env._("What was handed in stays as it is. Hand in once more.")
            )
        if DECISION & vals.keys() and any(attempt.state in DECIDED for attempt in self):
            raise HarvestError(
                self.env._("The decision is history. The learner may hand in again.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(attempt.state != "draft" for attempt in self):
            raise HarvestError(self.env._("What was handed in is not deleted."))

    # Learner

    def _is_same(self, text, files):
        """Whether this is what was handed in here: the second press of a button."""
        self.ensure_one()
        if (self.text or "").strip() != (text or "").strip():
            return False
        kept = sorted((file.name, file.raw) for file in self.attachment_ids)
        return kept == sorted(files)

    def action_submit(self):
        """Hand in a draft that was entered for a learner."""
        for attempt in self:
            attempt.check_access("write")
            assignment = attempt.assignment_id
            files = [(file.name, file.raw) for file in attempt.attachment_ids]
            earlier = assignment.attempt_ids.filtered(
                lambda other, own=attempt: (
                    other.tracker_id == own.tracker_id and other.number < own.number
                )
            ).sorted("number")[-1:]
            assignment._check_may_submit(
                attempt.tracker_id, earlier, attempt.text, files
            )
            attempt._hand_in()
        return True

    def _hand_in(self):
        """Close the draft: stamp it, prepare the points, call the reviewer."""
        self.ensure_one()
        now = fields.Datetime.now()
        assignment, tracker = self.assignment_id, self.tracker_id
        due = assignment._get_due_date(tracker)
        zone = tracker.student_id._get_timezone()
        attempt = self.sudo()  # sudo: guarded fields, and scores of the reviewer
        attempt.write(
            {
                "state": "submitted",
                "submitted_at": now,
                "due_date": due,
                "is_late": bool(due) and now >= deadlines.end_of_day(due, zone),
            }
        )
        attempt.score_ids.create(
            [
                {
                    "attempt_id": attempt.id,
                    "criterion_id": criterion.id,
                    "name": criterion.name,
                    "sequence": criterion.sequence,
                    "most": criterion.points,
                }
                for criterion in assignment.criterion_ids
            ]
        )
        attempt._call_reviewer()

    def _call_reviewer(self):
        reviewer = self.program_id.coordinator_id
        if reviewer.active:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Review homework"),
                user_id=reviewer.id,
            )

    # Reviewer

    def action_accept(self):
        for attempt in self:
            attempt._check_may_accept()
        self._decide("accepted")
        return True

    def action_return(self):
        for attempt in self:
            if is_html_empty(attempt.feedback):
                raise HarvestError(
                    self.env._("Write in the feedback what the learner should change.")
                )
        self._decide("returned")
        return True

    def _check_may_accept(self):
        self.ensure_one()
        if any(not score.is_scored for score in self.score_ids):
            raise HarvestError(self.env._("Give points for each criterion first."))
        if float_compare(self.points_so_far, self.pass_points, precision_digits=2) < 0:
            raise HarvestError(
                self.env._(
                    "%(points)s points are fewer than the %(pass)s that this homework"
                    " asks for. Return it with your feedback.",
                    points=self.points_so_far,
                    **{"pass": self.pass_points},
                )
            )

    def _decide(self, state):
        """Close the review (of submitted attempts) and tell the learner."""
        self.check_access("write")
        if any(attempt.state != "submitted" for attempt in self):
            raise HarvestError(self.env._("Only what waits for a review is decided."))
        for attempt in self.sudo():  # sudo: guarded fields, access was checked above
            if attempt.student_id._is_user():
                raise AccessError(self.env._("Nobody reviews the own homework."))
            attempt.write(
                {
                    "state": state,
                    "reviewer_id": self.env.uid,
                    "date_decided": fields.Datetime.now(),
                    "score": attempt.points_so_far,
                }
            )
            attempt.activity_feedback(["mail.mail_activity_data_todo"])
            self.env["gr.training.notice"]._queue(
                f"homework_{state}",
                attempt.tracker_id.enrollment_id,
                f"{self._name},{attempt.id}",
            )
