from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import ENROLLMENT_STATUS, LEARNING_STATUS, OPEN_STATUS
from ..progress import average


class GrTrainingEnrollment(models.Model):
    """A learner's way through a training program, once; a renewal is a new one."""

    _name = "gr.training.enrollment"
    _description = "Training Enrollment"
    _inherit = [
        "gr.student.record.mixin",
        "gr.training.completion.mixin",
        "gr.training.credential.mixin",
        "gr.training.enrollment.next.mixin",
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

    # Workflow: enrolment

    @api.model
    def _request(self, program, students, source, note=None):
        """Ask for places in a program: who is eligible starts or waits for the agent.

        :param program: an active ``gr.training.program``
        :param students: ``gr.student`` records of its district
        :param str source: who asks, a value of the field ``source``
        :param str note: what the one who asks says
        :return: their open enrollments, one a student, new or not
        :raise UserError: the program is not active
        """
        if program.status != "active":
            raise UserError(
                self.env._(
                    "“%s” is not active: nobody can be enrolled.", program.display_name
                )
            )
        existing = self._get_open(program, students)
        new = students - existing.student_id
        if not new:
            return existing
        unmet = program._get_unmet_conditions(new)
        # sudo: guarded fields; the access to student and program is checked by create
        created = self.create(
            [{"student_id": student.id, "program_id": program.id} for student in new]
        ).sudo()
        created.source = source
        at_once = source in ("agent", "renewal", "import") or program._enrolls_itself()
        eligible = created.filtered(lambda line: not unmet[line.student_id.id])
        if at_once:
            eligible._start()
        for enrollment in created if not at_once else created - eligible:
            reasons = unmet[enrollment.student_id.id]
            enrollment._ask_review(reasons, note)
        return existing + created.with_env(self.env)

    @api.model
    def _get_open(self, program, students):
        return self.search(
            [
                ("program_id", "=", program.id),
                ("student_id", "in", students.ids),
                ("status", "in", OPEN_STATUS),
            ]
        )

    def _ask_review(self, reasons, note=None):
        """Leave the decision to the agent, with what speaks against it."""
        self.ensure_one()
        lines = list(reasons) or [
            self.env._("Eligible; this program is enrolled by an agent.")
        ]
        if note:
            lines.append(self.env._("The request says: %s", note))
        self.review_reason = "\n".join(lines)
        self.env["gr.training.notice"]._queue("review_needed", self)
        agent = self.coordinator_id
        if agent.active:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Decide on an enrollment"),
                note=self.review_reason,
                user_id=agent.id,
            )

    def action_enroll(self):
        """The agent's yes."""
        self.check_access("write")
        waiting = self.filtered(lambda enrollment: enrollment.status == "review")
        if waiting.student_id._is_user():
            raise AccessError(
                self.env._("Nobody decides on the own enrollment. Ask a colleague.")
            )
        waiting.sudo()._start()  # sudo: guarded fields, access was checked above
        waiting.activity_feedback(["mail.mail_activity_data_todo"])
        return True

    def _refuse(self, reason):
        """The agent's no, with the reason that the learner is told."""
        self.check_access("write")
        waiting = self.filtered(lambda enrollment: enrollment.status == "review")
        waiting.decision_note = reason
        # sudo: guarded fields, access was checked above
        waiting.sudo().write({"status": "refused", "date_ended": fields.Datetime.now()})
        waiting.activity_feedback(["mail.mail_activity_data_todo"])
        self.env["gr.training.notice"]._queue("refused", waiting)

    def _start(self):
        """Enroll: contact, trackers, courses, documents, welcome. Sudoed records."""
        now = fields.Datetime.now()
        for student in self.student_id:
            student._get_partner()
        # Before the courses: a learner who has completed them already is certified at
        # once, and that not without the documents.
        self.env["gr.document.request"]._request_for(self)
        for program, enrollments in self.grouped("program_id").items():
            due = program.duration_weeks and (
                fields.Date.context_today(self)
                + timedelta(weeks=program.duration_weeks)
            )
            enrollments.write(
                {
                    "status": "not_started",
                    "date_enrolled": now,
                    "last_activity": now,
                    "date_due": due,
                }
            )
        self._ensure_trackers()
        self.env["gr.training.notice"]._queue("welcome", self)
        self.env["gr.training.event"]._tell("training.enrollment.created", self)

    def _ensure_trackers(self):
        """Track every active course of the program, and open what may be opened."""
        Tracker = self.env["gr.progress.tracker"].sudo()  # sudo: guarded fields
        known = {
            (enrollment.id, course.id)
            for enrollment, course in Tracker._read_group(
                [("enrollment_id", "in", self.ids)],
                ["enrollment_id", "course_integration_id"],
            )
        }
        trackers = Tracker.create(
            [
                {
                    "enrollment_id": enrollment.id,
                    "course_integration_id": course.id,
                    "is_locked": bool(course.prerequisite_ids),
                }
                for enrollment in self
                for course in enrollment.program_id.course_integrations
                if course.status == "active" and (enrollment.id, course.id) not in known
            ]
        )
        trackers._open_courses()
        # Members of before this enrollment bring what they have done already.
        trackers._refresh()
        return trackers

    def _withdraw(self, reason):
        """End the learner's way; what was done stays as it is."""
        self.check_access("write")
        open_ones = self.filtered(lambda enrollment: enrollment.status in OPEN_STATUS)
        open_ones.decision_note = reason
        open_ones.sudo()._close("withdrawn")  # sudo: guarded fields, checked above

    def _close(self, status):
        """End enrollments (sudoed) as ``withdrawn``, and leave courses nobody needs."""
        trackers = self.tracker_ids
        trackers._freeze()
        self.write({"status": status, "date_ended": fields.Datetime.now()})
        self.activity_unlink(["mail.mail_activity_data_todo"])
        for tracker in trackers:
            partner = tracker.student_id.partner_id
            channel = tracker.course_integration_id.elearning_course_id
            if partner and not tracker.elearning_enrollment_id._gr_get_trackers():
                channel._remove_membership(partner.ids)

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

    # Renewal

    @api.model
    def _cron_renew(self):
        """Begin the next round of certificates that end soon; history stays."""
        # sudo: cron, all learners
        due = self.sudo()._get_to_renew()
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for enrollment in due:
            enrollment._renew()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _get_to_renew(self):
        """Return the last certified rounds whose certificate ends within the lead."""
        candidates = self.search(
            [
                ("status", "=", "certified"),
                ("program_id.status", "=", "active"),
                ("program_id.renewal", "!=", "none"),
                ("student_id.active", "=", True),
                ("next_ids", "=", False),
                ("certificate_ids.expires_on", "!=", False),
            ]
        )
        today = fields.Date.context_today(self)
        return candidates.filtered(
            lambda line: (
                max(line.certificate_ids.filtered("expires_on").mapped("expires_on"))
                <= today + timedelta(days=line.program_id.renewal_lead_days)
            )
        )

    def _renew(self):
        """Begin another round with fresh lessons; sudoed record.

        :return: the new enrollment; who is no longer eligible waits for the agent
        """
        self.ensure_one()
        program, student = self.program_id, self.student_id
        if self._get_open(program, student):
            return self.browse()
        self._reset_lessons()
        renewed = self._request(program, student, "renewal").sudo()  # sudo: guarded
        renewed.write({"cycle": self.cycle + 1, "previous_id": self.id})
        self.env["gr.training.notice"]._queue("renewal", renewed)
        return renewed

    def _reset_lessons(self):
        """Let the learner take the lessons anew, where no other round needs them."""
        for tracker in self.tracker_ids:
            member = tracker.elearning_enrollment_id
            if not member or member._gr_get_trackers():
                continue
            lessons = self.env["slide.slide.partner"].search(
                [
                    ("partner_id", "=", member.partner_id.id),
                    ("channel_id", "=", member.channel_id.id),
                ]
            )
            member.member_status = "joined"
            lessons.write({"completed": False, "quiz_attempts_count": 0})
            member._recompute_completion()
