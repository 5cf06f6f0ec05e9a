import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError, ValidationError
from odoo.tools import split_every

from ..const import OPEN_STATUS

_logger = logging.getLogger(__name__)

SYNC_BATCH = 1000  # trackers a transaction of the reconciliation
RETRY_MINUTES = 5  # after the first failure; doubled by each further one
RETRY_LIMIT = 10  # doublings, then once in three and a half days


class GrElearningIntegration(models.AbstractModel):
    """The integration layer of the plan, with its names: API, cron jobs, webhooks.

    Clients reach it by ``/json/2/gr.elearning.integration/<method>`` with a bearer
    key; what they may do is what the key's user may do.
    """

    _name = "gr.elearning.integration"
    _description = "eLearning Integration"

    # API (plan, "API Integration Points")

    @api.model
    def enroll_student(self, student_id, course_id):
        """Enroll a learner in the active programs that hold an eLearning course.

        :param int student_id: id of a ``gr.student``
        :param int course_id: id of a ``slide.channel``
        :return: list of dicts, one a program: ``enrollment_id`` (the eLearning
            membership, False while it waits), ``training_enrollment_id``,
            ``program_id``, ``status``, ``review_reason``
        :raise AccessError: the user may not enroll, or not read this learner
        :raise UserError: the course is in no active program
        """
        student = self._get_student(student_id)
        courses = self.env["gr.course.integration"].search(
            [
                ("elearning_course_id", "=", course_id),
                ("status", "=", "active"),
                ("training_program_id.status", "=", "active"),
                ("company_id", "=", student.company_id.id),
            ]
        )
        if not courses:
            raise UserError(
                self.env._(
                    "Course %s is in no active training program of this district.",
                    course_id,
                )
            )
        Enrollment = self.env["gr.training.enrollment"]
        Enrollment.check_access("create")
        result = []
        for course in courses:
            program = course.training_program_id
            enrollment = Enrollment._request(program, student, "api")
            result.append(self._describe_enrollment(enrollment, course))
        return result

    @api.model
    def get_progress(self, enrollment_id):
        """Return a learner's progress in one eLearning course.

        :param int enrollment_id: id of a ``slide.channel.partner``
        :return: dict of ``enrollment_id``, ``student_id``, ``course_id``,
            ``completion`` (0-100), ``member_status`` and ``trackers``, a list of dicts
            with ``program_id``, ``round``, ``overall_progress`` (0-100), ``status``,
            ``date_completed`` (ISO 8601, UTC) and the counts of the parts
        :raise AccessError: no such enrollment of a learner whom the user may read
        """
        member, student = self._get_member(enrollment_id)
        trackers = self.env["gr.progress.tracker"].search(
            [
                ("student_id", "=", student.id),
                (
                    "course_integration_id.elearning_course_id",
                    "=",
                    member.channel_id.id,
                ),
            ]
        )
        return {
            "enrollment_id": member.id,
            "student_id": student.id,
            "course_id": member.channel_id.id,
            "completion": member.completion,
            "member_status": member.member_status,
            "trackers": [self._describe_tracker(tracker) for tracker in trackers],
        }

    @api.model
    def update_progress(self, enrollment_id, progress_data):
        """Record lessons that a learner completed elsewhere.

        Progress only grows: a lesson that is completed here stays so.

        :param int enrollment_id: id of a ``slide.channel.partner``
        :param dict progress_data: ``completed_slides``, a list of ids of
            ``slide.slide`` of this course; or ``completed``: True for all of them
        :return: as ``get_progress``
        :raise AccessError: the user may not change this learner's training
        :raise ValidationError: other keys, or slides of another course
        """
        member, student = self._get_member(enrollment_id)
        if not member.active:
            raise UserError(self.env._("The learner has left this course."))
        self._check_may_train(student)
        self._complete_slides(member, self._get_slides(member, progress_data))
        return self.get_progress(enrollment_id)

    @api.model
    def _check_may_train(self, student):
        """Refuse who may read a learner's training but not act for it."""
        mine = self.env["gr.training.enrollment"].search(
            [("student_id", "=", student.id), ("status", "in", OPEN_STATUS)]
        )
        if not mine:
            raise UserError(
                self.env._("This learner is in no training program at the moment.")
            )
        mine.check_access("write")
        if student._is_user():
            raise AccessError(
                self.env._("Nobody reports the own lessons. Open them in the course.")
            )

    @api.model
    def _get_student(self, student_id):
        self._check_id("student_id", student_id)
        student = self.env["gr.student"].browse(student_id).exists()
        if not student or not student.has_access("read"):
            raise AccessError(self.env._("There is no learner %s for you.", student_id))
        return student

    @api.model
    def _get_member(self, enrollment_id):
        """Return (membership, sudoed; its learner as the user may read it)."""
        self._check_id("enrollment_id", enrollment_id)
        # sudo: memberships are for eLearning officers; here the learner decides
        Member = self.env["slide.channel.partner"].sudo()
        member = Member.with_context(active_test=False).browse(enrollment_id).exists()
        student = self.env["gr.student"].search(
            [("partner_id", "in", member.partner_id.ids)], limit=1
        )
        if not student:
            raise AccessError(
                self.env._("There is no enrollment %s for you.", enrollment_id)
            )
        return member, student

    @api.model
    def _get_slides(self, member, progress_data):
        if not isinstance(progress_data, dict):
            raise ValidationError(self.env._("progress_data must be an object."))
        unknown = progress_data.keys() - {"completed_slides", "completed"}
        if unknown:
            raise ValidationError(
                self.env._("Unknown: %s.", ", ".join(sorted(map(str, unknown))))
            )
        lessons = member.channel_id.slide_content_ids.filtered("is_published")
        if progress_data.get("completed") is True:
            return lessons
        named = progress_data.get("completed_slides") or []
        if not isinstance(named, list) or any(one not in lessons.ids for one in named):
            raise ValidationError(
                self.env._("completed_slides names lessons that this course lacks.")
            )
        return lessons.browse(named)

    @api.model
    def _complete_slides(self, member, slides):
        """Complete lessons as Odoo does, so that its own completion follows."""
        Line = self.env["slide.slide.partner"].sudo()  # sudo: as in website_slides
        partner = member.partner_id
        known = Line.search(
            [("slide_id", "in", slides.ids), ("partner_id", "=", partner.id)]
        )
        known.filtered(lambda line: not line.completed).write({"completed": True})
        Line.create(
            [
                {"slide_id": slide.id, "partner_id": partner.id, "completed": True}
                for slide in slides - known.slide_id
            ]
        )

    @api.model
    def _describe_enrollment(self, enrollment, course):
        tracker = enrollment.tracker_ids.filtered(
            lambda line: line.course_integration_id == course
        )
        # sudo: memberships are for eLearning officers; this is its id only
        return {
            "enrollment_id": tracker.sudo().elearning_enrollment_id.id,
            "training_enrollment_id": enrollment.id,
            "program_id": enrollment.program_id.id,
            "status": enrollment.status,
            "review_reason": enrollment.review_reason or "",
        }

    @api.model
    def _describe_tracker(self, tracker):
        completed = tracker.date_completed
        return {
            "program_id": tracker.program_id.id,
            "round": tracker.enrollment_id.cycle,
            "status": tracker.status,
            "overall_progress": tracker.overall_progress,
            "date_completed": completed and f"{completed.isoformat()}Z",
            "sessions": [tracker.custom_sessions_completed, tracker.sessions_required],
            "homework": [tracker.homework_accepted, tracker.homework_required],
            "assessments": [tracker.assessments_passed, tracker.assessments_required],
        }

    # Cron jobs (plan, "Scheduled Actions")

    @api.model
    @api.private
    def sync_elearning_progress(self):
        """Reconcile every live tracker with the facts; resumes where it was cut off.

        What changes without a word to us (SQL, another module, a crash between two
        steps) is found here. A tracker that cannot be derived is skipped, kept with
        its error and tried again later and later; the others go on.
        """
        Tracker = self.env["gr.progress.tracker"].sudo()  # sudo: cron, all learners
        due = Tracker.search(
            [
                ("is_frozen", "=", False),
                "|",
                ("sync_retry_at", "=", False),
                ("sync_retry_at", "<=", fields.Datetime.now()),
            ],
            order="id",
        )
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for ids in split_every(SYNC_BATCH, due.ids):
            self._sync_batch(Tracker.browse(ids))
            if not self.env["ir.cron"]._commit_progress(len(ids)):
                break
            self.env.invalidate_all()  # thousands of learners need not stay in memory

    @api.model
    def _sync_batch(self, trackers):
        """Refresh a batch at once; one that fails is found by halves."""
        try:
            with self.env.cr.savepoint():
                trackers._refresh()
                self.env.flush_all()
        except Exception as error:  # noqa: BLE001  whatever one record brings up
            self.env.invalidate_all()
            if len(trackers) == 1:
                self._keep_error(trackers, error)
                return
            middle = len(trackers) // 2
            self._sync_batch(trackers[:middle])
            self._sync_batch(trackers[middle:])
            return
        trackers.filtered("sync_error").write(
            {"sync_error": False, "sync_attempts": 0, "sync_retry_at": False}
        )

    @api.model
    def _keep_error(self, tracker, error):
        attempts = tracker.sync_attempts + 1
        minutes = RETRY_MINUTES * 2 ** min(attempts - 1, RETRY_LIMIT)
        text = str(error) if isinstance(error, UserError) else type(error).__name__
        tracker.write(
            {
                "sync_error": text,
                "sync_attempts": attempts,
                "sync_retry_at": fields.Datetime.add(
                    fields.Datetime.now(), minutes=minutes
                ),
            }
        )

    @api.model
    @api.private
    def generate_completion_certificates(self):
        """Issue what is due and was not, e.g. because a document came late."""
        # sudo: cron, all learners
        waiting = (
            self.env["gr.training.enrollment"]
            .sudo()
            .search(
                [
                    ("status", "=", "completed"),
                    ("program_id.certificate_template_id", "!=", False),
                ],
                order="id",
            )
        )
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for enrollment in waiting:
            self._certify_one(enrollment)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _certify_one(self, enrollment):
        """Issue one certificate; what stands in its way is for the agent to mend."""
        try:
            with self.env.cr.savepoint():
                enrollment._certify()
        except LockError:
            return  # somebody is issuing it right now
        except UserError as error:
            enrollment._flag_for_review([str(error)])
        except Exception:  # one broken design must not hold up the others
            _logger.exception("Certificate of enrollment %s", enrollment.id)
            enrollment._flag_for_review([self.env._("It could not be printed.")])

    # Webhooks (plan, "Webhook Integration")

    @api.model
    @api.private
    def handle_elearning_progress_update(self, data):
        """An outside LMS tells of completed lessons.

        :param dict data: ``enrollment_id`` and what ``update_progress`` takes
        :return: as ``get_progress``
        """
        details = {key: value for key, value in data.items() if key != "enrollment_id"}
        return self.update_progress(data.get("enrollment_id"), details)

    @api.model
    @api.private
    def handle_elearning_completion(self, data):
        """An outside LMS tells that a learner completed a whole course.

        :param dict data: ``enrollment_id``
        :return: as ``get_progress``
        """
        return self.update_progress(data.get("enrollment_id"), {"completed": True})

    @api.model
    def _webhook_progress(self, data, _envelope):
        return self.handle_elearning_progress_update(data)

    @api.model
    def _webhook_completion(self, data, _envelope):
        return self.handle_elearning_completion(data)

    @api.model
    def _check_id(self, name, value):
        if type(value) is not int:  # True is an int as well
            raise ValidationError(self.env._("%s must be a whole number.", name))
