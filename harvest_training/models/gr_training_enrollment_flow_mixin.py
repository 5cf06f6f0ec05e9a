from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import OPEN_STATUS


class GrTrainingEnrollmentFlowMixin(models.AbstractModel):
    """How a learner comes into a program, and leaves it (plan: enrolment workflow)."""

    _name = "gr.training.enrollment.flow.mixin"
    _description = "Way Into and Out of a Training Program"

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
