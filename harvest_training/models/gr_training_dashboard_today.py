from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .gr_training_dashboard import REPORT

RISK_ROWS = 8
RISK_FIELDS = (
    "enrollment_id",
    "student_id",
    "program_id",
    "risk",
    "progress",
    "date_due",
    "last_activity",
)
SESSION_ROWS, SESSION_DAYS = 8, 14
EXPIRY_DAYS = (90, 60, 30)


class GrTrainingDashboard(models.AbstractModel):
    """What waits to be done today; the period plays no part in it."""

    _inherit = "gr.training.dashboard"

    @api.model
    def _get_today(self, asked, learners, rounds):
        program = Domain.TRUE
        if program_id := asked["program_id"]:
            program = Domain("id", "=", program_id)
        return {
            "waiting": [
                self._get_requests(rounds),
                *self._get_homework(learners, program),
                *self._get_documents(learners, program),
            ],
            **self._get_risks(rounds),
            **self._get_sessions(program),
            **self._get_clearances(asked),
        }

    @api.model
    def _get_requests(self, rounds):
        domain = rounds & Domain("status", "=", "review")
        return self._figure(
            self.env[REPORT].search_count(domain),
            REPORT,
            domain,
            self.env._("Requests for a training that an agent has to decide."),
            key="review",
            label=self.env._("Requests to decide"),
        )

    @api.model
    def _get_homework(self, learners, program):
        attempts = self.env["gr.homework.attempt"]
        domain = Domain("state", "=", "submitted")
        if not learners.is_true():
            domain &= Domain("student_id", "any", learners)
        if not program.is_true():
            domain &= Domain("tracker_id.program_id", "any", program)
        yield self._figure(
            attempts.search_count(domain),
            attempts._name,
            domain,
            self.env._("Homework that was handed in and waits for its review."),
            key="homework",
            label=self.env._("Homework to review"),
        )

    @api.model
    def _get_documents(self, learners, program):
        documents = self.env["gr.document.request"]
        domain = Domain("state", "=", "received")
        if not learners.is_true():
            domain &= Domain("student_id", "any", learners)
        if not program.is_true():
            domain &= Domain("enrollment_id.program_id", "any", program)
        yield self._figure(
            documents.search_count(domain),
            documents._name,
            domain,
            self.env._("Documents that came in and wait to be verified."),
            key="documents",
            label=self.env._("Documents to verify"),
        )

    # LEARNERS AT RISK

    @api.model
    def _get_risks(self, rounds):
        """Return how many are at risk and why, and the most urgent of them."""
        domain = rounds & Domain("risk", "!=", False)
        report = self.env[REPORT]
        counts = dict(report._read_group(domain, ["risk"], ["__count"]))
        definitions = self._define_risks()
        labels = report._fields["risk"]._description_selection(self.env)
        first = report.search_fetch(
            domain,
            RISK_FIELDS,
            order="date_due, id",
            limit=RISK_ROWS,
        )
        return {
            "risk": self._figure(
                sum(counts.values()), REPORT, domain, " ".join(definitions.values())
            ),
            "risks": [
                self._figure(
                    counts.get(risk, 0),
                    REPORT,
                    rounds & Domain("risk", "=", risk),
                    definitions[risk],
                    key=risk,
                    label=label,
                )
                for risk, label in labels
            ],
            "risk_rows": [self._describe_risk(line, dict(labels)) for line in first],
        }

    @api.model
    def _describe_risk(self, line, labels):
        return {
            "id": line.enrollment_id.id,
            "learner": line.student_id.name,
            "program": line.program_id.name,
            "risk": line.risk,
            "label": labels[line.risk],
            "progress": line.progress,
            "due": fields.Date.to_string(line.date_due) or False,
            "last_activity": fields.Datetime.to_string(line.last_activity) or False,
        }

    @api.model
    def _define_risks(self):
        company = self.env.company
        return {
            "overdue": self.env._(
                "Overdue: learning is not completed, and the due date is over."
            ),
            "idle": self.env._(
                "No activity: due within %(due)s days, and nothing done for more than"
                " %(idle)s days.",
                due=company.gr_training_due_days,
                idle=company.gr_training_idle_days,
            ),
            "behind": self.env._(
                "Behind: progress is more than %(points)s points below the share of"
                " the time from the beginning to the due date that has gone by.",
                points=company.gr_training_pace_points,
            ),
        }

    # SESSIONS

    @api.model
    def _get_sessions(self, program):
        """Return the sessions ahead, with the places taken and left."""
        sessions = self.env["gr.course.session"]
        now = fields.Datetime.now()
        domain = (
            Domain("state", "=", "open")
            & Domain("date_start", ">=", now)
            & Domain("date_start", "<", now + timedelta(days=SESSION_DAYS))
        )
        if not program.is_true():
            domain &= Domain(
                "course_integration_id.training_program_id", "any", program
            )
        first = sessions.search(domain, order="date_start, id", limit=SESSION_ROWS)
        return {
            "sessions": self._figure(
                sessions.search_count(domain),
                sessions._name,
                domain,
                self.env._(
                    "Open sessions that begin within the next %(days)s days, with the"
                    " places that are taken and left.",
                    days=SESSION_DAYS,
                ),
            ),
            "session_rows": [self._describe_session(session) for session in first],
        }

    @api.model
    def _describe_session(self, session):
        taken = len(
            session.attendee_ids.filtered(lambda one: one.state == "registered")
        )
        return {
            "id": session.id,
            "name": session.name,
            "start": fields.Datetime.to_string(session.date_start),
            "taken": taken,
            "free": max(session.capacity - taken, 0) if session.capacity else False,
        }
