from odoo import api, fields, models
from odoo.tools import SQL

from ..const import TRACKER_STATUS
from ..progress import derive

# What facts say about a tracker: written by ``_refresh`` and by nobody else.
DERIVED = (
    "elearning_enrollment_id",
    "elearning_progress",
    "membership",
    "custom_sessions_completed",
    "sessions_required",
    "homework_submissions",
    "homework_accepted",
    "homework_required",
    "assessments_passed",
    "assessments_required",
    "overall_progress",
    "status",
)
# A change of one of these is something that the learner did.
ACTIVITY = {
    "elearning_progress",
    "custom_sessions_completed",
    "homework_submissions",
    "homework_accepted",
    "assessments_passed",
}
FACT_MODELS = (
    "gr.progress.tracker",
    "gr.training.enrollment",
    "gr.course.integration",
    "gr.course.session",
    "gr.course.session.attendee",
    "gr.homework.assignment",
    "gr.homework.attempt",
    "gr.assessment.integration",
    "gr.assessment.attempt",
    "gr.student",
    "slide.channel.partner",
)


class GrProgressTracker(models.Model):
    """One course of one learner's enrollment: what eLearning and we know together.

    Nothing here is entered: facts (lessons, attendance, homework, assessments) are, and
    ``_refresh`` derives the rest. What is frozen is history and derives no more.
    """

    _name = "gr.progress.tracker"
    _description = "Unified Progress Tracking"
    _inherit = ["gr.student.record.mixin", "gr.progress.tracker.next.mixin"]
    _order = "enrollment_id, course_integration_id"
    _check_company_auto = True
    _guarded = frozenset(
        {*DERIVED, "date_started", "date_completed", "last_activity"}
        | {"is_locked", "is_frozen"}
    )

    enrollment_id = fields.Many2one(
        "gr.training.enrollment", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        related="enrollment_id.student_id", store=True, precompute=True, index=True
    )
    course_integration_id = fields.Many2one(
        "gr.course.integration",
        string="Course",
        required=True,
        index=True,
        ondelete="restrict",
    )
    program_id = fields.Many2one(
        related="enrollment_id.program_id", store=True, precompute=True, index=True
    )
    elearning_enrollment_id = fields.Many2one(
        "slide.channel.partner",
        string="eLearning Enrollment",
        index="btree_not_null",
        ondelete="set null",
    )
    membership = fields.Selection(
        [
            ("none", "Not a member"),
            ("invited", "Invited"),
            ("member", "Member"),
            ("left", "Left the course"),
        ],
        string="Membership in eLearning",
        required=True,
        default="none",
    )
    elearning_progress = fields.Float(
        "eLearning Progress (%)", default=0.0, aggregator="avg"
    )
    custom_sessions_completed = fields.Integer("Sessions Completed", default=0)
    sessions_required = fields.Integer(default=0)
    homework_submissions = fields.Integer(default=0, help="Assignments handed in")
    homework_accepted = fields.Integer(default=0)
    homework_required = fields.Integer(default=0)
    assessments_passed = fields.Integer(default=0)
    assessments_required = fields.Integer(default=0)
    sessions_text = fields.Char("Sessions", compute="_compute_texts")
    homework_text = fields.Char("Homework", compute="_compute_texts")
    assessments_text = fields.Char("Exams", compute="_compute_texts")
    overall_progress = fields.Float(
        "Overall Progress (%)", default=0.0, aggregator="avg"
    )
    status = fields.Selection(
        TRACKER_STATUS, required=True, default="not_started", index=True
    )
    date_started = fields.Datetime("Started")
    date_completed = fields.Datetime("Completed")
    last_activity = fields.Datetime()
    is_locked = fields.Boolean(
        "Locked", default=False, help="A course to complete first is not completed yet"
    )
    is_frozen = fields.Boolean(
        "History", default=False, help="What happens later does not change it any more"
    )
    sync_error = fields.Char("Problem", readonly=True)
    sync_attempts = fields.Integer("Tries", readonly=True)
    sync_retry_at = fields.Datetime("Next Try", readonly=True)

    _course_uniq = models.Constraint(
        "UNIQUE (enrollment_id, course_integration_id)",
        "This course is tracked already.",
    )
    _live_idx = models.Index("(id) WHERE is_frozen IS NOT TRUE")

    @api.depends(*DERIVED)
    def _compute_texts(self):
        for tracker in self:
            tracker.sessions_text = _out_of(
                tracker.custom_sessions_completed, tracker.sessions_required
            )
            tracker.homework_text = _out_of(
                tracker.homework_accepted, tracker.homework_required
            )
            tracker.assessments_text = _out_of(
                tracker.assessments_passed, tracker.assessments_required
            )

    @api.depends("student_id", "course_integration_id")
    def _compute_display_name(self):
        for tracker in self:
            course = tracker.course_integration_id.name
            tracker.display_name = f"{tracker.student_id.name}, {course}"

    @api.model_create_multi
    def create(self, vals_list):
        trackers = super().create(vals_list)
        # The precomputed learner leaves a shadow in the cache of the learner's lines.
        trackers.student_id.invalidate_recordset(["tracker_ids"])
        # sudo: a learner brings earlier exams, whose definitions others may see
        assessments = trackers.sudo().course_integration_id.assessment_ids
        assessments._import_results(trackers.sudo())
        return trackers

    def _refresh(self):
        """Derive these trackers from the facts, and follow what that changes.

        One query reads the facts of all of them; only what differs is written. Call it
        after any change of a fact or of a course's definition.

        :return: the trackers that changed
        """
        changed = self._derive()
        changed.enrollment_id._refresh()
        changed._tell_completed()
        return changed

    def _tell_completed(self):
        """Tell of courses that are completed now: once a round, whatever happens to it.

        The ledger of notices knows what was told already.
        """
        completed = self.filtered(
            lambda line: line.status in ("completed", "certified")
        )
        told = self.env["gr.training.notice"]._queue_many(
            "course_completed",
            [(line.enrollment_id, f"{line._name},{line.id}") for line in completed],
        )
        keys = set(told.mapped("key"))
        self.env["gr.training.event"]._tell_courses(
            "training.course.completed",
            completed.filtered(lambda line: f"{line._name},{line.id}" in keys),
        )

    def _derive(self):
        """Write what the facts say where it differs; return those trackers, sudoed."""
        # sudo: derived from facts for whoever caused them, e.g. a learner's lesson
        live = self.sudo().exists().filtered(lambda tracker: not tracker.is_frozen)
        changed = live.browse()
        now = fields.Datetime.now()
        for facts in live._get_facts():
            tracker = live.browse(facts["id"])
            values = {
                name: value
                for name, value in derive(facts).items()
                if (tracker[name].id or None if name.endswith("_id") else tracker[name])
                != value
            }
            if values:
                tracker.write({**values, **tracker._get_dates(values, now)})
                changed += tracker
        return changed

    def _get_dates(self, values, now):
        """Return the dates that a change of ``values`` moves."""
        self.ensure_one()
        dates = {"last_activity": now} if ACTIVITY & values.keys() else {}
        new_status = values.get("status", self.status)
        if new_status != "not_started" and not self.date_started:
            dates["date_started"] = now
        if "status" in values:
            dates["date_completed"] = now if new_status == "completed" else False
        return dates

    def _get_facts(self):
        """Return one dict a tracker with all that its progress depends on.

        One statement, whatever their number: the immediate update and the nightly
        reconciliation are the same code.
        """
        if not self:
            return []
        for model in FACT_MODELS:
            self.env[model].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
SELECT t.id, t.is_locked,
       member.id AS member_id, member.active AS member_active,
       member.member_status, member.completion,
       ci.completion_threshold, ci.sessions_required,
       ci.weight_elearning, ci.weight_sessions,
       ci.weight_homework, ci.weight_assessments,
       COALESCE(sessions.done, 0) AS sessions_done,
       COALESCE(homework.handed_in, 0) AS homework_handed_in,
       COALESCE(homework.accepted, 0) AS homework_accepted,
       COALESCE(assignments.asked, 0) AS homework_required,
       COALESCE(assessed.passed, 0) AS assessments_passed,
       COALESCE(assessed.tried, 0) AS assessments_tried,
       COALESCE(assessments.asked, 0) AS assessments_required
  FROM gr_progress_tracker t
  JOIN gr_course_integration ci ON ci.id = t.course_integration_id
  JOIN gr_student s ON s.id = t.student_id
  LEFT JOIN slide_channel_partner member
         ON member.channel_id = ci.elearning_course_id
        AND member.partner_id = s.partner_id
  LEFT JOIN (
      SELECT a.tracker_id,
             COUNT(DISTINCT COALESCE(NULLIF(cs.topic, ''), cs.id::text)) AS done
        FROM gr_course_session_attendee a
        JOIN gr_course_session cs ON cs.id = a.session_id
       WHERE a.state = 'attended' AND a.tracker_id IN %(ids)s
       GROUP BY a.tracker_id
  ) sessions ON sessions.tracker_id = t.id
  LEFT JOIN (
      SELECT h.tracker_id,
             COUNT(DISTINCT ha.id) FILTER (WHERE h.state IN ('submitted', 'accepted'))
                 AS handed_in,
             COUNT(DISTINCT ha.id) FILTER (WHERE h.state = 'accepted') AS accepted
        FROM gr_homework_attempt h
        JOIN gr_homework_assignment ha ON ha.id = h.assignment_id
       WHERE ha.active AND ha.required AND h.tracker_id IN %(ids)s
       GROUP BY h.tracker_id
  ) homework ON homework.tracker_id = t.id
  LEFT JOIN (
      SELECT r.tracker_id,
             COUNT(DISTINCT ai.id) FILTER (WHERE r.passed) AS passed,
             COUNT(*) AS tried
        FROM gr_assessment_attempt r
        JOIN gr_assessment_integration ai ON ai.id = r.assessment_id
       WHERE ai.active AND ai.required AND r.tracker_id IN %(ids)s
       GROUP BY r.tracker_id
  ) assessed ON assessed.tracker_id = t.id
  LEFT JOIN (
      SELECT course_integration_id, COUNT(*) AS asked
        FROM gr_homework_assignment WHERE active AND required
       GROUP BY course_integration_id
  ) assignments ON assignments.course_integration_id = ci.id
  LEFT JOIN (
      SELECT course_integration_id, COUNT(*) AS asked
        FROM gr_assessment_integration WHERE active AND required
       GROUP BY course_integration_id
  ) assessments ON assessments.course_integration_id = ci.id
 WHERE t.id IN %(ids)s
 ORDER BY t.id
                """,
                ids=tuple(self.ids),
            )
        )

    def _freeze(self, **values):
        """Close these trackers: what they say now is history."""
        # sudo: guarded fields; whoever closes the enrollment was checked there
        self.sudo().write({"is_frozen": True, **values})

    def _open_courses(self):
        """Make the learners members of the eLearning courses that are open to them."""
        # sudo: membership follows from enrollment, whoever enrolled the learner
        to_open = self.sudo().filtered(
            lambda tracker: (
                not tracker.is_locked
                and not tracker.is_frozen
                and tracker.membership in ("none", "invited", "left")
            )
        )
        for channel, trackers in to_open.grouped(
            lambda tracker: tracker.course_integration_id.elearning_course_id
        ).items():
            partners = trackers.student_id.partner_id
            channel._action_add_members(partners, member_status="joined")

    def _get_missing_parts(self):
        """Return what a certificate needs of this course and does not find."""
        self.ensure_one()
        course = self.course_integration_id.name
        missing = []
        if self.status not in ("completed", "certified"):
            missing.append(self.env._("“%s” is not completed.", course))
        if self.custom_sessions_completed < self.sessions_required:
            missing.append(
                self.env._(
                    "“%(course)s”: %(done)s of %(all)s sessions attended.",
                    course=course,
                    done=self.custom_sessions_completed,
                    all=self.sessions_required,
                )
            )
        if self.homework_accepted < self.homework_required:
            missing.append(
                self.env._(
                    "“%(course)s”: %(done)s of %(all)s assignments accepted.",
                    course=course,
                    done=self.homework_accepted,
                    all=self.homework_required,
                )
            )
        if self.assessments_passed < self.assessments_required:
            missing.append(
                self.env._(
                    "“%(course)s”: %(done)s of %(all)s assessments passed.",
                    course=course,
                    done=self.assessments_passed,
                    all=self.assessments_required,
                )
            )
        return missing


def _out_of(done, required):
    """Return for example "1 / 2"; nothing where the course has no such part."""
    return f"{done} / {required}" if required else ""
