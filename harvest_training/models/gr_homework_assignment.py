from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.harvest_base.exceptions import HarvestError

from .. import deadlines


class GrHomeworkAssignment(models.Model):
    """Homework of a course: what to hand in, by when, how it is judged."""

    _name = "gr.homework.assignment"
    _description = "Homework Assignment"
    _inherit = ["gr.course.part.mixin"]
    _order = "course_integration_id, sequence, id"

    instructions = fields.Html(translate=True, help="What to do and what to hand in")
    due = fields.Selection(
        [
            ("none", "No due date"),
            ("date", "On a date"),
            ("days", "Days after enrollment"),
        ],
        required=True,
        default="none",
        tracking=True,
    )
    due_date = fields.Date(tracking=True)
    due_days = fields.Integer("Days", tracking=True)
    late_policy = fields.Selection(
        [
            ("always", "Take it, marked as late"),
            ("days", "Take it for some more days"),
            ("never", "Do not take it"),
        ],
        string="When Late",
        required=True,
        default="always",
        tracking=True,
    )
    late_days = fields.Integer("More Days", tracking=True)
    needs_file = fields.Boolean("A file is needed")
    pass_points = fields.Float(
        tracking=True, help="Fewer points cannot be accepted; only with criteria"
    )
    criterion_ids = fields.One2many(
        "gr.homework.criterion", "assignment_id", "Rubric", copy=True
    )
    total_points = fields.Float(compute="_compute_total_points", store=True)
    attempt_ids = fields.One2many("gr.homework.attempt", "assignment_id")
    to_review_count = fields.Integer(compute="_compute_counts")
    accepted_count = fields.Integer(compute="_compute_counts")

    _check_due = models.Constraint(
        "CHECK ((due <> 'date' OR due_date IS NOT NULL)"
        " AND (due <> 'days' OR due_days > 0))",
        "Say when the homework is due.",
    )
    _check_late = models.Constraint(
        "CHECK (late_policy <> 'days' OR late_days > 0)",
        "Say how many days late homework is still taken.",
    )

    @api.depends("criterion_ids.points")
    def _compute_total_points(self):
        for assignment in self:
            assignment.total_points = sum(assignment.criterion_ids.mapped("points"))

    @api.depends("attempt_ids.state")
    def _compute_counts(self):
        counts = {}
        Attempt = self.env["gr.homework.attempt"]
        if Attempt.has_access("read"):
            counts = {
                (assignment.id, state): count
                for assignment, state, count in Attempt._read_group(
                    [("assignment_id", "in", self.ids)],
                    ["assignment_id", "state"],
                    ["__count"],
                )
            }
        for assignment in self:
            assignment.to_review_count = counts.get((assignment.id, "submitted"), 0)
            assignment.accepted_count = counts.get((assignment.id, "accepted"), 0)

    @api.constrains("pass_points", "criterion_ids")
    def _check_pass_points(self):
        for assignment in self:
            if not 0 <= assignment.pass_points <= assignment.total_points:
                raise ValidationError(
                    self.env._(
                        "The rubric of “%(name)s” has %(total)s points. Ask for at most"
                        " as many.",
                        name=assignment.name,
                        total=assignment.total_points,
                    )
                )

    # Learners

    def _get_due_date(self, tracker):
        """Return the last day (a date, at the learner's place) in time, or None."""
        self.ensure_one()
        if self.due == "date":
            return self.due_date
        # sudo: the learner of this tracker is told
        enrolled = tracker.sudo().enrollment_id.date_enrolled
        if self.due == "days" and enrolled:
            zone = tracker.student_id._get_timezone()
            return deadlines.local_day(enrolled, zone) + timedelta(days=self.due_days)
        return None

    def _is_still_taken(self, tracker):
        """Whether homework may be handed in now, late or not."""
        self.ensure_one()
        return deadlines.may_hand_in(
            self._get_due_date(tracker),
            fields.Datetime.now(),
            tracker.student_id._get_timezone(),
            self.late_policy,
            self.late_days,
        )

    def _submit(self, tracker, text, files=()):
        """Hand in homework for a learner.

        The same once more, while it waits for review, changes nothing; something else
        waits until the reviewer has answered.

        :param tracker: the learner's ``gr.progress.tracker`` of the assignment's course
        :param str text: what the learner wrote, may be empty
        :param files: ``[(name, bytes)]``
        :return: the ``gr.homework.attempt``
        :raise HarvestError: it cannot be handed in, with the reason
        """
        self.ensure_one()
        self._lock(tracker)
        last = self.attempt_ids.filtered(
            lambda attempt: attempt.tracker_id == tracker
        ).sorted("number")[-1:]
        if last.state == "submitted" and last._is_same(text, files):
            return last
        self._check_may_submit(tracker, last, text, files)
        if last.state == "draft":
            last.write({"text": text})
        else:
            last = last.create(
                {
                    "assignment_id": self.id,
                    "tracker_id": tracker.id,
                    "text": text,
                }
            )
        last._attach(files)
        last._hand_in()
        return last

    @api.model
    def _lock(self, tracker):
        """Let hand-ins of one learner in one course wait for each other."""
        self.env.execute_query(
            SQL(
                "SELECT id FROM gr_progress_tracker WHERE id = %s FOR UPDATE",
                tracker.id,
            )
        )

    def _check_may_submit(self, tracker, last, text, files):
        self.ensure_one()
        refusal = self._get_refusal(tracker, last)
        if not refusal and not (text or "").strip() and not files:
            refusal = self.env._("Write something or add a file.")
        if not refusal and self.needs_file and not files:
            refusal = self.env._("Add a file: this homework needs one.")
        if refusal:
            raise HarvestError(refusal)

    def _get_refusal(self, tracker, last):
        """Return why nothing can be handed in now, or False."""
        if tracker.course_integration_id != self.course_integration_id:
            return self.env._("This homework belongs to another course.")
        if not self.active or tracker.is_frozen:
            return self.env._("This training is over: nothing can be handed in.")
        if tracker.is_locked:
            return self.env._("The course opens when those before it are completed.")
        if last.state == "submitted":
            return self.env._(
                "What you handed in waits for its review. You get a message then."
            )
        if last.state == "accepted":
            return self.env._("Your homework was accepted: nothing is left to do.")
        if not self._is_still_taken(tracker):
            return self.env._(
                "The time for this homework is over. Ask the training coordinator."
            )
        return False

    def action_view_attempts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_training.gr_homework_attempt_action"
        )
        return action | {
            "domain": [("assignment_id", "=", self.id)],
            "context": {"default_assignment_id": self.id},
        }
