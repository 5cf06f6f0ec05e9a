from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..lrs import cmi5, scorm12
from ..lrs.statements import duration_seconds
from ..lrs.verbs import COMPLETED, FAILED, INITIALIZED, PASSED, TERMINATED

STATUSES = [
    ("not attempted", "Opened"),
    ("incomplete", "In Progress"),
    ("browsed", "Browsed"),
    ("failed", "Failed"),
    ("completed", "Completed"),
    ("passed", "Passed"),
]
DONE = ("completed", "passed")


class GrCoursewareAttempt(models.Model):
    """How far a learner came in a lesson, and where to go on."""

    _name = "gr.courseware.attempt"
    _description = "Attempt at a Lesson"
    _rec_name = "unit_id"
    _order = "registration_id, unit_id, number"

    registration_id = fields.Many2one(
        "gr.courseware.registration", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="registration_id.company_id", string="District", store=True, index=True
    )
    partner_id = fields.Many2one(
        related="registration_id.partner_id", store=True, index=True, string="Learner"
    )
    unit_id = fields.Many2one(
        "gr.courseware.unit", string="Lesson", required=True, ondelete="restrict"
    )
    number = fields.Integer(string="Attempt", default=1, aggregator=None)
    version = fields.Integer(string="Package Version", aggregator=None)
    status = fields.Selection(STATUSES, required=True, default="not attempted")
    has_score = fields.Boolean()
    score = fields.Float(
        string="Score (points)",
        aggregator="avg",
        help="0–100; scaled scores times 100.",
    )
    total_seconds = fields.Float(string="Time (s)")
    location = fields.Char()
    suspend_data = fields.Text()
    leaves = fields.Char(help="How the learner left: “suspend” wants to be resumed.")
    completed_date = fields.Datetime()
    passed_date = fields.Datetime()
    waived_date = fields.Datetime()
    is_satisfied = fields.Boolean(
        string="Done", compute="_compute_is_satisfied", store=True
    )

    _number_uniq = models.Constraint(
        "UNIQUE(registration_id, unit_id, number)", "An attempt is counted once."
    )

    @api.depends("completed_date", "passed_date", "waived_date", "unit_id.move_on")
    def _compute_is_satisfied(self):
        for attempt in self:
            done, passed = bool(attempt.completed_date), bool(attempt.passed_date)
            if attempt.unit_id.kind == "au":
                by_rule = cmi5.is_satisfied(attempt.unit_id.move_on, done, passed)
            else:
                by_rule = done or passed or attempt.unit_id.kind == "asset"
            attempt.is_satisfied = bool(attempt.waived_date) or by_rule

    def action_waive(self):
        """Count the lesson as done, by a decision of the training coordinator."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("harvest_base.group_harvest_operations"):
            raise AccessError(
                self.env._(
                    "Only a training coordinator can waive a lesson. Ask one of them."
                )
            )
        attempt = self.sudo()  # sudo: written by the product, after the check above
        if not attempt.is_satisfied:
            attempt.waived_date = fields.Datetime.now()
            if attempt.unit_id.kind == "au":
                self.env["gr.xapi.statement"].sudo()._say_waived(attempt)  # sudo: same
            attempt.registration_id._refresh()

    def _get_mode(self):
        """Return the launch mode (cmi5's names): what is done is only reviewed."""
        if self.registration_id.is_preview:
            return "Browse"
        reviewed = self.unit_id.kind == "sco" and self.status in DONE
        return "Review" if reviewed else "Normal"

    def _get_cmi(self, mode):
        """Return what a SCORM 1.2 course finds when it starts (RTE 1.2, 3.4.4)."""
        is_first = self.status == "not attempted"
        entry = "resume" if self.leaves == "suspend" else ""
        unit = self.unit_id
        return {
            "core": {
                "student_id": self.registration_id.actor_name,
                "student_name": self.env._("Learner"),
                "lesson_location": self.location or "",
                "lesson_status": self.status,
                "credit": "credit" if mode == "Normal" else "no-credit",
                "entry": "ab-initio" if is_first else entry,
                "lesson_mode": mode.lower(),
                "total_time": scorm12.timespan(self.total_seconds),
                "score": {"raw": f"{self.score:g}" if self.has_score else ""},
            },
            "suspend_data": self.suspend_data or "",
            "launch_data": unit.launch_data or "",
            "student_data": {
                "mastery_score": f"{unit.mastery:g}" if unit.has_mastery else ""
            },
        }

    def _apply_commit(self, commit):
        """Keep what a SCORM course committed (``scorm12.Commit``)."""
        self.ensure_one()
        vals = {
            "location": commit.location,
            "suspend_data": commit.suspend_data,
            "leaves": commit.leaves,
            "total_seconds": max(self.total_seconds, commit.total_seconds or 0),
        }
        if commit.score is not None:
            vals.update(has_score=True, score=commit.score)
        self.write(vals | self._prepare_status(commit.status))
        self.registration_id._refresh()

    def _apply_statement(self, statement):
        """Keep what a statement says about the launched activity."""
        self.ensure_one()
        verb = statement["verb"]["id"]
        result = statement.get("result", {})
        vals = {}
        if verb == INITIALIZED and self.status == "not attempted":
            vals["status"] = "incomplete"
        elif verb == TERMINATED:
            vals["total_seconds"] = self.total_seconds + duration_seconds(statement)
        elif verb == COMPLETED and result.get("completion") is not False:
            vals = self._prepare_status("completed")
        elif verb == PASSED and result.get("success") is not False:
            vals = self._prepare_status("passed")
        elif verb == FAILED:
            vals = self._prepare_status("failed")
        scaled = result.get("score", {}).get("scaled")
        if scaled is not None and verb in (COMPLETED, PASSED, FAILED):
            vals.update(has_score=True, score=100 * scaled)
        if vals:
            self.write(vals)
            self.registration_id._refresh()

    def _prepare_status(self, status):
        """Return the values of a new status. What was reached is not taken back."""
        now = fields.Datetime.now()
        if status == "passed":
            return {"status": status, "passed_date": self.passed_date or now}
        if status == "completed":
            kept = "passed" if self.passed_date else status
            return {"status": kept, "completed_date": self.completed_date or now}
        if self.status in DONE or status == "not attempted":
            return {}
        return {"status": status}
