from odoo import fields, models


class GrProgressTrackerNextMixin(models.AbstractModel):
    """What is left to do in one course; read by the learner's pages, sudoed."""

    _name = "gr.progress.tracker.next.mixin"
    _description = "What Is Left to Do in a Course"

    def _get_todos(self):
        """Return ``[(kind, record)]`` of what the learner could do in this course.

        The kinds are those of ``next_step``.
        """
        self.ensure_one()
        if self.is_frozen:
            return []
        return [
            *self._get_lesson_todos(),
            *self._get_homework_todos(),
            *self._get_session_todos(),
            *self._get_exam_todos(),
        ]

    def _get_lesson_todos(self):
        if self.status in ("completed", "certified") or self.elearning_progress >= 100:
            return []
        lesson = self.elearning_enrollment_id.next_slide_id
        exams = self.course_integration_id.assessment_ids
        # A lesson that is an exam comes as the exam, after what prepares for it.
        exams = exams.filtered(lambda exam: exam.active and exam.required)
        if not lesson or lesson.survey_id in exams.survey_id:
            return []
        return [("lesson", lesson)]

    def _get_homework_todos(self):
        todos = []
        for assignment in self._get_assignments().filtered("required"):
            last = self._get_attempts(assignment)[:1]
            if last.state == "submitted":
                todos.append(("homework_waits", assignment))
            elif last.state == "returned":
                todos.append(("homework_again", assignment))
            elif not assignment._get_refusal(self, last):
                todos.append(("homework", assignment))
        return todos

    def _get_session_todos(self):
        course = self.course_integration_id
        missing = self.sessions_required - self.custom_sessions_completed
        if missing <= 0:
            return []
        lines = self._get_bookings_ahead()
        registered = lines.filtered(lambda line: line.state == "registered")
        todos = [("session_ahead", line.session_id) for line in registered]
        if len(registered) >= missing:
            return todos
        waiting = lines - registered
        if waiting:
            return [*todos, ("session_waitlist", waiting[0].session_id)]
        if self._get_sessions_to_book():
            return [*todos, ("session", course)]
        return [*todos, ("session_none", course)]

    def _get_exam_todos(self):
        exams = self.course_integration_id.assessment_ids
        return [
            (self._get_exam_state(exam), exam)
            for exam in exams.filtered(lambda exam: exam.active and exam.required)
            if self._get_exam_state(exam) != "exam_passed"
        ]

    # What the pages list

    def _get_missing_courses(self):
        """Return the courses to complete before this one opens."""
        self.ensure_one()
        done = self.enrollment_id.tracker_ids.filtered(
            lambda line: line.status in ("completed", "certified")
        ).course_integration_id
        return self.course_integration_id._get_open_prerequisites() - done

    def _get_assignments(self):
        return self.course_integration_id.assignment_ids.filtered("active")

    def _get_attempts(self, assignment):
        """Return what the learner handed in, the latest first."""
        # sudo: the learner's own, found through the learner
        return (
            self.env["gr.homework.attempt"]
            .sudo()
            .search(
                [
                    ("assignment_id", "=", assignment.id),
                    ("tracker_id", "=", self.id),
                    ("state", "!=", "draft"),
                ],
                order="number desc",
            )
        )

    def _get_exam_state(self, exam):
        """Return ``exam_passed``, ``exam``, or why there is nothing to take."""
        # sudo: as above
        tries = (
            self.env["gr.assessment.attempt"]
            .sudo()
            .search([("assessment_id", "=", exam.id), ("tracker_id", "=", self.id)])
        )
        if any(tries.mapped("passed")):
            return "exam_passed"
        if exam.kind == "manual":
            return "exam_judged"
        if exam.max_attempts and len(tries) >= exam.max_attempts:
            return "exam_over"
        return "exam"

    def _get_bookings(self):
        # sudo: the learner's own, found through the learner
        lines = self.env["gr.course.session.attendee"].sudo()
        return lines.search([("tracker_id", "=", self.id)], order="date_start, id")

    def _get_bookings_ahead(self):
        now = fields.Datetime.now()
        return self._get_bookings().filtered(
            lambda line: (
                line.state in ("registered", "waitlisted")
                and line.session_id.state == "open"
                and line.session_id.date_end > now
            )
        )

    def _get_sessions_to_book(self):
        """Return the sessions ahead of topics neither attended nor booked."""
        now = fields.Datetime.now()
        lines = self._get_bookings()
        attended = lines.filtered(lambda line: line.state == "attended").session_id
        booked = lines.filtered(lambda line: line.state in ("registered", "waitlisted"))
        placed = booked.filtered(lambda line: line.state == "registered").session_id
        topics = set((attended | placed).mapped("topic")) - {False}
        return self.course_integration_id.session_ids.filtered(
            lambda session: (
                session.state == "open"
                and session.date_start > now
                and (session.registration_end or session.date_start) > now
                and session not in booked.session_id | attended
                and session.topic not in topics
            )
        ).sorted("date_start")
