from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..const import OPEN_STATUS

CHECK_BATCH = 1000  # trackers a transaction of the check

KINDS = [
    ("progress", "Progress differed from the facts"),
    ("missing_tracker", "A course of the program was not tracked"),
    ("missing_member", "Not a member of an open course"),
    ("left", "Left the course in eLearning"),
    ("outside", "Learns the course outside its program"),
    ("course_archived", "The eLearning course is archived"),
    ("no_lessons", "The eLearning course has no published lesson"),
    ("no_contact", "The learner has no contact"),
    ("archived_learner", "The learner is archived"),
    ("uncertified", "Complete, but without a certificate"),
]


class GrTrainingDiscrepancy(models.Model):
    """Where eLearning and the training suite do not say the same.

    The check repairs what follows from the facts and says so; what a person has to
    decide stays open until it is true no more.
    """

    _name = "gr.training.discrepancy"
    _description = "Difference between eLearning and Training"
    _inherit = ["gr.student.record.mixin"]
    _order = "state desc, date_found desc, id desc"

    kind = fields.Selection(KINDS, required=True, index=True)
    enrollment_id = fields.Many2one(
        "gr.training.enrollment", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        related="enrollment_id.student_id", store=True, precompute=True, index=True
    )
    tracker_id = fields.Many2one(
        "gr.progress.tracker", index="btree_not_null", ondelete="cascade"
    )
    program_id = fields.Many2one(
        related="enrollment_id.program_id", store=True, precompute=True
    )
    course_integration_id = fields.Many2one(
        related="tracker_id.course_integration_id", string="Course"
    )
    detail = fields.Char(help="What was different, before and after")
    state = fields.Selection(
        [("repaired", "Repaired"), ("ended", "Solved"), ("open", "To Decide")],
        required=True,
        default="open",
        index=True,
    )
    date_found = fields.Datetime(default=fields.Datetime.now, required=True)
    date_seen = fields.Datetime("Last Seen", default=fields.Datetime.now)
    remedy = fields.Char(compute="_compute_remedy")

    _open_uniq = models.UniqueIndex(
        "(kind, enrollment_id, COALESCE(tracker_id, 0)) WHERE state = 'open'",
        "This difference is open already.",
    )

    @api.depends("kind")
    def _compute_remedy(self):
        remedies = {
            "left": self.env._("Withdraw the learner, or enroll again in the course."),
            "outside": self.env._("Nothing to do, or enroll the learner."),
            "course_archived": self.env._("Restore the course, or archive its link."),
            "no_lessons": self.env._("Publish a lesson of the course."),
            "no_contact": self.env._("Give the learner a contact."),
            "archived_learner": self.env._("Withdraw, or restore the learner."),
            "uncertified": self.env._("See what the enrollment lacks, and decide."),
        }
        for line in self:
            line.remedy = remedies.get(line.kind, "")

    @api.model
    def _cron_check(self):
        """Compare both systems: repair what is derivable, report the rest."""
        # sudo: cron, all learners
        live = (
            self.env["gr.training.enrollment"]
            .sudo()
            .search([("status", "in", OPEN_STATUS)], order="id")
        )
        self.env["ir.cron"]._commit_progress(remaining=len(live))
        for ids in split_every(CHECK_BATCH, live.ids):
            live.browse(ids)._check_consistency()
            if not self.env["ir.cron"]._commit_progress(len(ids)):
                break
            self.env.invalidate_all()

    @api.model
    def _note_repaired(self, kind, trackers, details=None):
        """Write down what was repaired, one line a tracker; sudoed."""
        self.sudo().create(  # sudo: written by the check alone
            [
                {
                    "kind": kind,
                    "state": "repaired",
                    "enrollment_id": tracker.enrollment_id.id,
                    "tracker_id": tracker.id,
                    "detail": (details or {}).get(tracker.id, ""),
                }
                for tracker in trackers
            ]
        )

    @api.model
    def _report(self, enrollments, found):
        """Keep the open differences of ``enrollments`` equal to ``found``.

        :param found: set of (kind, enrollment id, tracker id or False)
        """
        lines = self.sudo()  # sudo: written by the check alone
        known = lines.search(
            [("enrollment_id", "in", enrollments.ids), ("state", "=", "open")]
        )
        still = known.filtered(
            lambda line: (line.kind, line.enrollment_id.id, line.tracker_id.id) in found
        )
        (known - still).state = "ended"
        still.date_seen = fields.Datetime.now()
        kept = {
            (line.kind, line.enrollment_id.id, line.tracker_id.id) for line in still
        }
        lines.create(
            [
                {"kind": kind, "enrollment_id": enrollment, "tracker_id": tracker}
                for kind, enrollment, tracker in sorted(found - kept)
            ]
        )

    @api.model
    def _find(self, enrollments):
        """Return what a person has to decide, for ``_report``; two statements."""
        for model in (
            "gr.training.enrollment",
            "gr.progress.tracker",
            "gr.course.integration",
            "gr.student",
            "slide.channel",
        ):
            self.env[model].flush_model()
        by_course = self.env.execute_query(
            SQL(
                """
SELECT CASE WHEN NOT channel.active THEN 'course_archived'
            WHEN channel.total_slides = 0 THEN 'no_lessons'
            ELSE 'left' END, t.enrollment_id, t.id
  FROM gr_progress_tracker t
  JOIN gr_course_integration ci ON ci.id = t.course_integration_id
  JOIN slide_channel channel ON channel.id = ci.elearning_course_id
 WHERE t.enrollment_id IN %(ids)s AND t.is_frozen IS NOT TRUE
   AND ci.status = 'active' AND t.status <> 'completed'
   AND (NOT channel.active OR channel.total_slides = 0 OR t.membership = 'left')
                """,
                ids=tuple(enrollments.ids),
            )
        )
        by_learner = self.env.execute_query(
            SQL(
                """
SELECT CASE WHEN NOT s.active THEN 'archived_learner' ELSE 'no_contact' END,
       e.id, NULL
  FROM gr_training_enrollment e JOIN gr_student s ON s.id = e.student_id
 WHERE e.id IN %(ids)s AND e.status <> 'review'
   AND (NOT s.active OR s.partner_id IS NULL)
 UNION ALL
SELECT 'uncertified', e.id, NULL
  FROM gr_training_enrollment e
 WHERE e.id IN %(ids)s AND e.needs_review
                """,
                ids=tuple(enrollments.ids),
            )
        )
        return {
            (kind, enrollment, tracker or False)
            for kind, enrollment, tracker in [*by_course, *by_learner]
        }
