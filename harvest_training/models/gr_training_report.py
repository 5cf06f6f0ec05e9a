from odoo import api, fields, models
from odoo.tools import SQL

from ..const import ENROLLMENT_STATUS

REPORT = "gr.training.report"
# How far a round has come; each step includes the ones before.
STEPS = [
    ("asked", "Asked"),
    ("enrolled", "Enrolled"),
    ("started", "In Progress"),
    ("completed", "Completed"),
    ("certified", "Certified"),
]
RISKS = [
    ("overdue", "Overdue"),
    ("idle", "No Activity, Due Soon"),
    ("behind", "Behind the Pace"),
]


class GrTrainingReport(models.Model):
    """One line a learner's round in a program, with what can be said of it today.

    Nothing is stored: days, risk and step follow from the enrollment, the district's
    thresholds and today's date, in the time zone of the person who looks.
    """

    _name = "gr.training.report"
    _description = "Training Analysis"
    _inherit = ["gr.audited.part.mixin"]
    _auto = False
    _order = "begun_on desc, id desc"
    _rec_name = "student_id"
    _depends = {
        "gr.training.enrollment": [
            "student_id",
            "program_id",
            "company_id",
            "status",
            "source",
            "cycle",
            "progress",
            "date_requested",
            "date_enrolled",
            "date_due",
            "date_completed",
            "date_certified",
            "last_activity",
        ],
        "gr.student": ["learner_type", "site_id"],
        "res.company": [
            "gr_training_idle_days",
            "gr_training_due_days",
            "gr_training_pace_points",
        ],
    }

    enrollment_id = fields.Many2one("gr.training.enrollment", readonly=True)
    student_id = fields.Many2one("gr.student", string="Learner", readonly=True)
    program_id = fields.Many2one("gr.training.program", readonly=True)
    company_id = fields.Many2one("res.company", string="District", readonly=True)
    site_ids = fields.Many2many(
        "gr.site",
        "gr_training_report_site_rel",
        "report_id",
        "site_id",
        string="Sites",
        readonly=True,
        help="Where the learner works, helps or goes to school; who is at two sites"
        " counts at both",
    )
    learner_type = fields.Selection(
        lambda self: self.env["gr.student"]._fields["learner_type"].selection,
        readonly=True,
    )
    status = fields.Selection(ENROLLMENT_STATUS, readonly=True)
    source = fields.Selection(
        lambda self: self.env["gr.training.enrollment"]._fields["source"].selection,
        readonly=True,
    )
    cycle = fields.Integer("Round", readonly=True, aggregator=None)
    round_count = fields.Integer("Rounds", readonly=True)
    reached = fields.Selection(
        STEPS, "Furthest Step", readonly=True, help="Each step includes those before"
    )
    risk = fields.Selection(
        RISKS,
        "At Risk",
        readonly=True,
        help="Only who is learning now. Overdue: the due date is over. No activity:"
        " due soon, and nothing was done for a while. Behind: progress is well below"
        " what the time that has gone by asks for. The district sets the thresholds.",
    )
    progress = fields.Float("Progress (%)", readonly=True, aggregator="avg")
    completion_rate = fields.Float(
        "Completion Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Of the enrolled: 100 when completed, else 0",
    )
    begun_on = fields.Date(
        "Began", readonly=True, help="The day of enrollment; before it, of the request"
    )
    date_due = fields.Date("Due", readonly=True)
    last_activity = fields.Datetime(readonly=True)
    completed_on = fields.Date("Completed", readonly=True)
    certified_on = fields.Date("Certified", readonly=True)
    days_to_completion = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="From the beginning to the completion; empty before it",
    )
    weeks_to_completion = fields.Integer(
        readonly=True, aggregator="avg", help="The same in weeks begun"
    )

    def init(self):
        """Make the relation behind ``site_ids``, so that one can group by site."""
        self.env.cr.execute(
            """
            CREATE OR REPLACE VIEW gr_training_report_site_rel AS
                SELECT enrollment.id AS report_id, staff.site_id
                  FROM gr_training_enrollment enrollment
                  JOIN gr_student_training_site_rel staff USING (student_id)
                 UNION
                SELECT enrollment.id, student.site_id
                  FROM gr_training_enrollment enrollment
                  JOIN gr_student student ON student.id = enrollment.student_id
                 WHERE student.site_id IS NOT NULL
            """
        )

    def _gr_audit_ref(self, record_id):
        """A line has the id of its enrollment, and no table of its own."""
        return ("gr_training_enrollment", "id", record_id)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT id, id AS enrollment_id, student_id, program_id, company_id,
                   learner_type, status, source, cycle, 1 AS round_count, reached,
                   progress, begun_on,
                   date_due, last_activity,
                   %(completed_on)s AS completed_on, %(certified_on)s AS certified_on,
                   %(days)s AS days_to_completion,
                   CEIL(%(days)s / 7)::integer AS weeks_to_completion,
                   CASE WHEN reached = 'asked' THEN NULL
                        WHEN ended_at IS NULL THEN 0 ELSE 100 END AS completion_rate,
                   %(risk)s AS risk
              FROM (%(rounds)s) rounds
            """,
            completed_on=self._local_date(SQL("ended_at")),
            certified_on=self._local_date(SQL("date_certified")),
            # GREATEST would make 0 days of no completion at all.
            days=SQL(
                "CASE WHEN ended_at IS NOT NULL THEN ROUND(GREATEST("
                "EXTRACT(EPOCH FROM ended_at - began_at), 0) / 86400, 1) END"
            ),
            risk=self._get_risk_sql(),
            rounds=self._get_rounds_sql(),
        )

    @api.model
    def _get_rounds_sql(self):
        """Return the SELECT of the rounds: their step, beginning and completion."""
        began = SQL(
            "COALESCE(enrollment.date_enrolled, enrollment.date_requested,"
            " enrollment.create_date)"
        )
        return SQL(
            """
            SELECT enrollment.id, enrollment.student_id, enrollment.program_id,
                   enrollment.company_id, student.learner_type, enrollment.status,
                   enrollment.source, enrollment.cycle,
                   COALESCE(enrollment.progress, 0) AS progress,
                   enrollment.date_due, enrollment.last_activity,
                   enrollment.date_certified, step.reached,
                   %(began)s AS began_at, %(begun_on)s AS begun_on,
                   CASE WHEN step.reached IN ('completed', 'certified')
                        THEN COALESCE(enrollment.date_completed,
                                      enrollment.date_certified) END AS ended_at,
                   district.gr_training_idle_days, district.gr_training_due_days,
                   district.gr_training_pace_points
              FROM gr_training_enrollment enrollment
              JOIN gr_student student ON student.id = enrollment.student_id
              JOIN res_company district ON district.id = enrollment.company_id
             CROSS JOIN LATERAL (SELECT %(reached)s AS reached) step
            """,
            began=began,
            begun_on=self._local_date(began),
            reached=self._get_reached_sql(),
        )

    @api.model
    def _get_reached_sql(self):
        """Return the rule of ``reached``; who leaves has reached what was reached."""
        return SQL(
            """
            CASE WHEN enrollment.status = 'certified'
                      OR enrollment.date_certified IS NOT NULL THEN 'certified'
                 WHEN enrollment.status = 'completed'
                      OR enrollment.date_completed IS NOT NULL THEN 'completed'
                 WHEN enrollment.status IN ('review', 'refused') THEN 'asked'
                 WHEN enrollment.status = 'in_progress' OR enrollment.progress > 0
                 THEN 'started'
                 WHEN enrollment.status = 'not_started'
                      OR enrollment.date_enrolled IS NOT NULL THEN 'enrolled'
                 ELSE 'asked' END
            """
        )

    @api.model
    def _get_risk_sql(self):
        """Return the rule of ``risk``; the first line that fits is the answer."""
        return SQL(
            """
            CASE WHEN status NOT IN ('not_started', 'in_progress') THEN NULL
                 WHEN date_due < %(today)s THEN 'overdue'
                 WHEN date_due <= %(today)s + gr_training_due_days
                      AND COALESCE(last_activity, began_at)
                          < %(now)s - gr_training_idle_days * INTERVAL '1 day'
                 THEN 'idle'
                 WHEN date_due > begun_on
                      AND progress + gr_training_pace_points
                          < 100.0 * (%(today)s - begun_on) / (date_due - begun_on)
                 THEN 'behind' END
            """,
            today=SQL("%s::date", fields.Date.context_today(self)),
            now=SQL("%s::timestamp", fields.Datetime.now()),
        )

    @api.model
    def _local_date(self, moment):
        """Return the calendar day of a UTC timestamp where the reader is."""
        zone = str(self.env.tz)
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)

    def action_open_enrollment(self):
        """Open the learner's round behind a line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.student_id.display_name,
            "res_model": "gr.training.enrollment",
            "res_id": self.enrollment_id.id,
            "views": [(False, "form")],
        }
