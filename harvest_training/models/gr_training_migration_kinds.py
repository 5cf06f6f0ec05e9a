from datetime import date, datetime, time

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.harvest_base.const import QUIET_LOAD

from ..const import LEARNING_STATUS, OPEN_STATUS


class GrTrainingMigrationLine(models.Model):
    """What a row of each kind does. Nothing that is there is ever changed."""

    _inherit = "gr.training.migration.line"

    # Learners and enrollments

    def _process_learners(self, made):
        sites = self._find_sites()
        program = self.values["program"] and self._find_program()
        learner = self._find_learner()
        is_new = not learner
        if is_new:
            learner = self._create_learner(sites, made)
        enrolled = program and self._enroll(learner, program, made)
        if is_new:
            return "create", self.env._("New learner: %s", learner.name)
        if enrolled:
            return "match", self.env._(
                "%(learner)s is there already and is enrolled in “%(program)s”",
                learner=learner.name,
                program=program.name,
            )
        return "skip", self.env._("%s is there already", learner.name)

    def _find_sites(self):
        Site = self.env["gr.site"]
        codes = [code.strip() for code in (self.values["sites"] or "").split(";")]
        for code in filter(None, codes):
            site = Site.search(
                [("company_id", "=", self.company_id.id), ("code", "=", code)]
            )
            if not site:
                raise UserError(
                    self.env._(
                        "No site has the code “%s”. Codes are under Sites; separate"
                        " several by a semicolon.",
                        code,
                    )
                )
            Site |= site
        return Site

    def _create_learner(self, sites, made):
        values = self.values
        partner, employee = self._find_contact()
        if not partner:
            partner = (
                self.env["res.partner"]
                .with_context(**QUIET_LOAD)
                .create(
                    {
                        "name": f"{values['first_name']} {values['last_name']}",
                        "email": values["email"],
                        "company_id": self.company_id.id,
                    }
                )
            )
            made.append(partner)
        members = self._get_memberships(partner)
        learner = self.env["gr.student"].create(
            {
                "first_name": values["first_name"],
                "last_name": values["last_name"],
                "learner_type": values["learner_type"] or "staff",
                "company_id": self.company_id.id,
                "partner_id": partner.id,
                "employee_id": employee.id,
                "site_ids": sites.ids,
            }
        )
        made.append(learner)
        # A program that enrolls by itself did so with the learner.
        self._note_enrollments(learner.training_enrollment_ids, made, members)
        return learner

    def _find_contact(self):
        """Return (contact, employee) that have this e-mail address already."""
        email = self.values["email"]
        district = self.company_id
        employee = self.env["hr.employee"].search(
            [
                ("company_id", "=", district.id),
                ("work_email", "=ilike", email),
                ("gr_student_ids", "=", False),
            ],
            limit=1,
        )
        partner = employee.user_partner_id or employee.work_contact_id
        partner = partner or self.env["res.partner"].search(
            [
                ("email_normalized", "=", email),
                ("gr_is_student", "=", False),
                ("company_id", "in", [False, district.id]),
                ("is_company", "=", False),
            ],
            limit=1,
        )
        if partner.gr_student_ids:
            raise UserError(
                self.env._(
                    "The contact with the address %s is a learner of another kind or"
                    " district. Give this learner an own address.",
                    email,
                )
            )
        return partner, employee

    def _enroll(self, learner, program, made):
        """Enroll who is not in the program, and was never; return whether."""
        before = learner.training_enrollment_ids
        if before.filtered(lambda line: line.program_id == program):
            return False
        members = self._get_memberships(learner.partner_id)
        Enrollment = self.env["gr.training.enrollment"]
        enrollment = Enrollment._request(program, learner, "import")
        due = self.values.get("date_due")
        if due:
            enrollment.date_due = due
        self._note_enrollments(enrollment, made, members)
        return True

    def _note_enrollments(self, enrollments, made, members):
        """Write down what is new, with the memberships of courses that came with it."""
        new = self._get_memberships(enrollments.student_id.partner_id) - members
        made += [*enrollments, *new]

    def _get_memberships(self, partner):
        return (
            self.env["slide.channel.partner"]
            .with_context(active_test=False)
            .search([("partner_id", "in", partner.ids)])
        )

    # Programs completed elsewhere

    def _process_history(self, made):
        learner = self._need_learner()
        program = self._find_program()
        day = date.fromisoformat(self.values["date_completed"])
        earlier = learner.training_enrollment_ids.filtered(
            lambda line: line.program_id == program
        )
        if any(
            moment and moment.date() == day
            for line in earlier
            for moment in (line.date_completed, line.date_certified)
        ):
            return "skip", self.env._("%s has this on record already", learner.name)
        noon = datetime.combine(day, time(12))
        made.append(
            self.env["gr.training.enrollment"].create(
                {
                    "student_id": learner.id,
                    "program_id": program.id,
                    "status": "certified",
                    "source": "import",
                    "progress": 100.0,
                    "cycle": len(earlier) + 1,
                    "date_enrolled": noon,
                    "date_completed": noon,
                    "date_certified": noon,
                    "last_activity": noon,
                    "decision_note": self._get_history_note(),
                }
            )
        )
        return "create", self.env._(
            "%(learner)s completed “%(program)s” on %(day)s",
            learner=learner.name,
            program=program.name,
            day=day,
        )

    def _get_history_note(self):
        return self.env._(
            "Taken over from %(system)s. Certificate: %(number)s",
            system=self.values["issued_by"] or self.env._("another system"),
            number=self.values["certificate_number"] or "–",
        )

    # Lessons completed elsewhere

    def _process_progress(self, made):
        learner = self._need_learner()
        tracker = self._find_tracker(learner, self._find_program())
        channel = tracker.course_integration_id.elearning_course_id
        lessons = self._find_lessons(channel)
        Progress = self.env["slide.slide.partner"]
        known = Progress.search(
            [
                ("slide_id", "in", lessons.ids),
                ("partner_id", "=", learner.partner_id.id),
            ]
        )
        open_ones = known.filtered(lambda line: not line.completed)
        new = lessons - known.slide_id
        if not new and not open_ones:
            return "skip", self.env._("%s has completed this already", learner.name)
        open_ones.completed = True
        created = Progress.create(
            [
                {
                    "slide_id": lesson.id,
                    "partner_id": learner.partner_id.id,
                    "completed": True,
                }
                for lesson in new
            ]
        )
        made += [*open_ones, *created]
        return "match", self.env._(
            "%(learner)s completed %(count)s lessons of “%(course)s”",
            learner=learner.name,
            count=len(new | open_ones.slide_id),
            course=channel.name,
        )

    def _find_tracker(self, learner, program):
        enrollment = learner.training_enrollment_ids.filtered(
            lambda line: line.program_id == program and line.status in OPEN_STATUS
        )
        if enrollment.status not in LEARNING_STATUS:
            raise UserError(
                self.env._(
                    "%(learner)s is not enrolled in “%(program)s”. Enroll the learner"
                    " first.",
                    learner=learner.name,
                    program=program.name,
                )
            )
        name = self.values["course"].casefold()
        tracker = enrollment.tracker_ids.filtered(
            lambda line: (
                name
                in (
                    line.course_integration_id.name.casefold(),
                    line.course_integration_id.elearning_course_id.name.casefold(),
                )
            )
        )
        if len(tracker) != 1:
            raise UserError(
                self.env._(
                    "“%(program)s” has no course “%(course)s”. Write its name as it is"
                    " in the program.",
                    program=program.name,
                    course=self.values["course"],
                )
            )
        if tracker.is_locked:
            raise UserError(
                self.env._(
                    "“%s” is locked: the courses before it are not completed. Put their"
                    " rows first.",
                    tracker.course_integration_id.name,
                )
            )
        return tracker

    def _find_lessons(self, channel):
        lessons = channel.slide_ids.filtered(
            lambda slide: slide.is_published and not slide.is_category
        )
        name = self.values["lesson"]
        if not name:
            return lessons
        found = lessons.filtered(lambda slide: slide.name.casefold() == name.casefold())
        if len(found) != 1:
            raise UserError(
                self.env._(
                    "“%(course)s” has no lesson “%(lesson)s”, or more than one. Leave"
                    " the column empty for the whole course.",
                    course=channel.name,
                    lesson=name,
                )
            )
        return found
