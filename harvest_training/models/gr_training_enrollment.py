from odoo import fields, models

from ..const import ENROLLMENT_STATUS, OPEN_STATUS


class GrTrainingEnrollment(models.Model):
    """A learner's way through a training program, once; a renewal is a new one."""

    _name = "gr.training.enrollment"
    _description = "Training Enrollment"
    _inherit = ["gr.student.record.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_enrolled desc, id desc"
    _check_company_auto = True

    program_id = fields.Many2one(
        "gr.training.program",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    partner_id = fields.Many2one(related="student_id.partner_id", string="Contact")
    status = fields.Selection(
        ENROLLMENT_STATUS, required=True, default="review", index=True, tracking=True
    )
    review_reason = fields.Text(help="Why a person has to decide")
    needs_review = fields.Boolean(
        help="All courses are completed, but the certificate lacks a requirement"
    )
    source = fields.Selection(
        [
            ("rule", "Eligible by rule"),
            ("agent", "Agent"),
            ("self", "Learner"),
            ("api", "Other system"),
            ("renewal", "Renewal"),
            ("import", "Import"),
        ],
        required=True,
        default="agent",
    )
    cycle = fields.Integer("Round", default=1, help="1: the first time; then renewals")
    previous_id = fields.Many2one("gr.training.enrollment", "Previous Round")
    date_requested = fields.Datetime(default=fields.Datetime.now)
    date_enrolled = fields.Datetime()
    date_due = fields.Date(help="When the program should be completed")
    date_completed = fields.Datetime()
    date_certified = fields.Datetime()
    date_ended = fields.Datetime(help="When the learner left or was refused")
    progress = fields.Float(aggregator="avg", help="Courses by their weight, percent")
    last_activity = fields.Datetime()
    tracker_ids = fields.One2many("gr.progress.tracker", "enrollment_id")
    document_ids = fields.One2many("gr.document.request", "enrollment_id")

    _open_uniq = models.UniqueIndex(
        "(student_id, program_id) WHERE status IN "
        "('review', 'not_started', 'in_progress', 'completed')",
        "This learner is in the program already.",
    )

    def _is_open(self):
        self.ensure_one()
        return self.status in OPEN_STATUS
