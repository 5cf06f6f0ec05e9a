from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import ENROLLMENT_STATUS, LEARNING_STATUS
from ..progress import average


class GrTrainingEnrollment(models.Model):
    """A learner's way through a training program, once; a renewal is a new one."""

    _name = "gr.training.enrollment"
    _description = "Training Enrollment"
    _inherit = [
        "gr.student.record.mixin",
        "gr.training.completion.mixin",
        "gr.training.credential.mixin",
        "gr.training.enrollment.flow.mixin",
        "gr.training.enrollment.next.mixin",
        "gr.training.renewal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_enrolled desc, id desc"
    _check_company_auto = True
    _fixed = frozenset({"company_id", "student_id", "program_id"})
    _guarded = frozenset(
        {"status", "progress", "cycle", "previous_id", "needs_review", "source"}
        | {"date_enrolled", "date_completed", "date_certified", "date_ended"}
        | {"last_activity"}
    )

    program_id = fields.Many2one(
        "gr.training.program",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    partner_id = fields.Many2one(related="student_id.partner_id", string="Contact")
    coordinator_id = fields.Many2one(related="program_id.coordinator_id")
    learner_type = fields.Selection(
        related="student_id.learner_type", store=True, precompute=True
    )
    status = fields.Selection(
        ENROLLMENT_STATUS, required=True, default="review", index=True, tracking=True
    )
    review_reason = fields.Text(
        "Why to Review", help="Why a person has to decide", readonly=True
    )
    decision_note = fields.Text("Decision", tracking=True)
    needs_review = fields.Boolean(
        "Certificate to Review",
        help="All courses are completed, but the certificate lacks a requirement",
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
    previous_id = fields.Many2one(
        "gr.training.enrollment", "Previous Round", index="btree_not_null"
    )
    next_ids = fields.One2many("gr.training.enrollment", "previous_id", "Next Rounds")
    date_requested = fields.Datetime("Requested", default=fields.Datetime.now)
    date_enrolled = fields.Datetime("Enrolled", tracking=True)
    date_due = fields.Date(
        "Due", tracking=True, help="When the program should be completed"
    )
    date_completed = fields.Datetime("Completed")
    date_certified = fields.Datetime("Certified")
    date_ended = fields.Datetime("Ended", help="When the learner left or was refused")
    progress = fields.Float(
        default=0.0,
        aggregator="avg",
        help="The required courses by their weight, percent",
    )
    last_activity = fields.Datetime()
    is_overdue = fields.Boolean(compute="_compute_is_overdue", search="_search_overdue")
    tracker_ids = fields.One2many("gr.progress.tracker", "enrollment_id", "Courses")
    certificate_ids = fields.One2many("gr.certificate", "enrollment_id")
    document_ids = fields.One2many("gr.document.request", "enrollment_id", "Documents")
    notice_ids = fields.One2many("gr.training.notice", "enrollment_id", "Notices")

    _open_uniq = models.UniqueIndex(
        "(student_id, program_id) WHERE status IN "
        "('review', 'not_started', 'in_progress', 'completed')",
        "This learner is in the program already.",
    )

    @api.depends("student_id", "program_id", "cycle")
    def _compute_display_name(self):
        for enrollment in self:
            name = f"{enrollment.student_id.name}, {enrollment.program_id.name}"
            if enrollment.cycle > 1:
                name = self.env._(
                    "%(name)s (round %(round)s)", name=name, round=enrollment.cycle
                )
            enrollment.display_name = name

    @api.depends("date_due", "status")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for enrollment in self:
            enrollment.is_overdue = bool(
                enrollment.status in ("not_started", "in_progress")
                and enrollment.date_due
                and enrollment.date_due < today
            )

    def _search_overdue(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        late = [
            ("status", "in", ("not_started", "in_progress")),
            ("date_due", "<", "today"),
        ]
        domain = fields.Domain(late)
        return domain if (operator == "in") == (True in value) else ~domain

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if any(enrollment.status != "refused" for enrollment in self):
            raise UserError(
                self.env._("An enrollment is history. Withdraw the learner instead.")
            )

    # Workflow: progress

    def _refresh(self):
        """Derive progress and status from the trackers; open what is unlocked.

        Certified, refused and withdrawn ones are history and stay as they are.
        """
        # sudo: derived, whoever caused it
        live = self.sudo().filtered(lambda line: line.status in LEARNING_STATUS)
        now = fields.Datetime.now()
        completed = live.browse()
        for enrollment in live:
            enrollment._unlock_courses()
            values = enrollment._get_derived_values(now)
            changes = {k: v for k, v in values.items() if enrollment[k] != v}
            if changes.get("status") == "completed":
                completed += enrollment
            if changes:
                enrollment.write(changes)
        completed._on_completed()
        # An exam passed, or homework accepted, after all: ask again.
        (live - completed).filtered("needs_review")._certify_soon()

    def _get_derived_values(self, now):
        self.ensure_one()
        counted = self._get_counted_trackers()
        done = counted.filtered(lambda line: line.status in ("completed", "certified"))
        begun = self.tracker_ids.filtered(lambda line: line.status != "not_started")
        status = "in_progress" if begun else "not_started"
        if counted and counted == done:
            status = "completed"
        values = {
            "progress": average(
                (line.course_integration_id.weight, self._get_share(line))
                for line in counted
            ),
            "status": status,
            "date_completed": (self.date_completed or now)
            if status == "completed"
            else False,
        }
        seen = [line.last_activity for line in self.tracker_ids if line.last_activity]
        if seen:
            values["last_activity"] = max(seen)
        if status != "completed":
            values["needs_review"] = False
        return values

    @api.model
    def _get_share(self, tracker):
        """A completed course is all of its part, wherever its threshold lies."""
        done = tracker.status in ("completed", "certified")
        return 100.0 if done else tracker.overall_progress

    def _get_counted_trackers(self):
        """The courses that decide: the active required ones, or all active ones."""
        self.ensure_one()
        active = self.tracker_ids.filtered(
            lambda line: line.course_integration_id.status == "active"
        )
        return active.filtered("course_integration_id.required") or active

    def _unlock_courses(self):
        """Open the courses whose prerequisites are completed now."""
        self.ensure_one()
        completed = self.tracker_ids.filtered(
            lambda line: line.status in ("completed", "certified")
        ).course_integration_id
        unlocked = self.tracker_ids.filtered(
            lambda line: (
                line.is_locked
                and line.course_integration_id._get_open_prerequisites() <= completed
            )
        )
        if unlocked:
            unlocked.is_locked = False
            unlocked._open_courses()
            # What was done before its time may complete them, and so open others.
            if changed := unlocked._derive():
                changed._tell_completed()
                self._unlock_courses()

    # Consistency

    def _check_consistency(self):
        """Compare these enrollments with eLearning; sudoed records.

        Repaired without asking: progress that differs from the facts, a course of the
        program without its tracker, a missing membership. Everything else is listed.
        """
        Discrepancy = self.env["gr.training.discrepancy"]
        learning = self.filtered(lambda line: line.status in LEARNING_STATUS)
        created = learning._ensure_trackers()
        Discrepancy._note_repaired("missing_tracker", created)
        trackers = learning.tracker_ids.filtered(lambda line: not line.is_frozen)
        before = {tracker.id: tracker.overall_progress for tracker in trackers}
        changed = (trackers - created)._refresh()
        details = {
            tracker.id: f"{before[tracker.id]:g} % → {tracker.overall_progress:g} %"
            for tracker in changed
        }
        Discrepancy._note_repaired("progress", changed, details)
        closed_out = trackers.filtered(
            lambda line: line.membership in ("none", "invited") and not line.is_locked
        ).filtered("student_id.partner_id")
        if closed_out:
            closed_out._open_courses()
            Discrepancy._note_repaired("missing_member", closed_out)
        Discrepancy._report(self, Discrepancy._find(self))
