from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .gr_training_report import REPORT

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
CERTIFICATE, EXPIRY_DAYS = "gr.certificate", (30, 60, 90)


class GrTrainingDashboardTodayMixin(models.AbstractModel):
    """What waits to be done today; the period plays no part in it."""

    _name = "gr.training.dashboard.today.mixin"
    _description = "What Waits on the Training Dashboard"

    @api.model
    def _get_today(self, asked, learners, rounds):
        program = Domain.TRUE
        if program_id := asked["program_id"]:
            program = Domain("id", "=", program_id)
        counts = self._count_rounds(rounds)
        return {
            "waiting": [
                self._get_requests(rounds, counts),
                self._get_homework(learners, program),
                self._get_documents(learners, program),
                self._get_certificates_due(rounds, counts),
            ],
            "expiring": self._get_expiring(learners, program),
            **self._get_risks(rounds, counts),
            **self._get_sessions(asked, program),
            **self._get_clearances(asked),
        }

    @api.model
    def _count_rounds(self, rounds):
        """Return how many rounds have each status, and each risk."""
        counts = Counter()
        for status, risk, count in self.env[REPORT]._read_group(
            rounds, ["status", "risk"], ["__count"]
        ):
            counts[status] += count
            counts[risk] += count
        return counts

    @api.model
    def _get_requests(self, rounds, counts):
        return self._figure(
            counts["review"],
            REPORT,
            rounds & Domain("status", "=", "review"),
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
        return self._figure(
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
        return self._figure(
            documents.search_count(domain),
            documents._name,
            domain,
            self.env._("Documents that came in and wait to be verified."),
            key="documents",
            label=self.env._("Documents to verify"),
        )

    @api.model
    def _get_certificates_due(self, rounds, counts):
        return self._figure(
            counts["completed"],
            REPORT,
            rounds & Domain("status", "=", "completed"),
            self.env._(
                "Rounds that are completed and have no certificate: it waits for a"
                " document, for an agent, or the program gives none."
            ),
            key="due",
            label=self.env._("Completed, not certified"),
        )

    @api.model
    def _get_expiring(self, learners, program):
        """Return the valid certificates that end soon; each figure includes the one
        before it."""
        certificates = self.env[CERTIFICATE]
        today = fields.Date.context_today(self)
        domain = Domain("state", "=", "valid") & Domain("expires_on", ">=", today)
        if not learners.is_true():
            domain &= Domain("student_id", "any", learners)
        if not program.is_true():
            domain &= Domain("program_id", "any", program)
        return [
            self._get_expiring_within(certificates, domain, today, days)
            for days in EXPIRY_DAYS
        ]

    @api.model
    def _get_expiring_within(self, certificates, domain, today, days):
        until = domain & Domain("expires_on", "<=", today + timedelta(days=days))
        return self._figure(
            certificates.search_count(until),
            certificates._name,
            until,
            self.env._(
                "Valid certificates that end within %(days)s days, today included."
                " Also those whose renewal has begun.",
                days=days,
            ),
            key=f"expiring_{days}",
            label=self.env._("Certificates ending within %s days", days),
        )

    # LEARNERS AT RISK

    @api.model
    def _get_risks(self, rounds, counts):
        """Return how many are at risk and why, and the most urgent of them."""
        domain = rounds & Domain("risk", "!=", False)
        report = self.env[REPORT]
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
                sum(counts[risk] for risk, _label in labels),
                REPORT,
                domain,
                " ".join(definitions.values()),
            ),
            "risks": [
                self._figure(
                    counts[risk],
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
    def _get_sessions(self, asked, program):
        """Return the sessions ahead, with the places taken and left."""
        sessions = self.env["gr.course.session"]
        now = fields.Datetime.now()
        domain = (
            Domain("state", "=", "open")
            & Domain("date_start", ">=", now)
            & Domain("date_start", "<", now + timedelta(days=SESSION_DAYS))
        )
        if site_id := asked["site_id"]:  # online ones are for everybody
            domain &= Domain("site_id", "in", [site_id, False])
        if not program.is_true():
            domain &= Domain("program_id", "any", program)
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
        return {
            "id": session.id,
            "name": session.name,
            "start": fields.Datetime.to_string(session.date_start),
            "taken": session.taken_count,
            "free": session.free_count if session.capacity else False,
        }
