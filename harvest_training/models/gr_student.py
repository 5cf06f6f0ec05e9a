from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from odoo.addons.harvest_privacy.const import ELEARNING

from ..const import INTEGRATION_STATUS, LEARNING_STATUS, OPEN_STATUS
from ..notices import MODES

_lt = LazyTranslate(__name__)
OPEN_DOCUMENTS = ("requested", "rejected", "received")
BEST_FIRST = {"completed": 3, "in_progress": 2, "not_started": 1, "review": 0}


class GrStudent(models.Model):
    """A learner in the eyes of eLearning (plan, "Enhanced Student Model")."""

    _inherit = "gr.student"

    employee_id = fields.Many2one(
        "hr.employee",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        groups="harvest_base.group_harvest_level_1",
        help="The employee that this learner is",
    )
    site_ids = fields.Many2many(
        "gr.site",
        "gr_student_training_site_rel",
        "student_id",
        "site_id",
        string="Works or Helps at",
        check_company=True,
        compute="_compute_site_ids",
        store=True,
        readonly=False,
        help="Sites of a learner who is no pupil; their coordinators see the training",
    )
    training_enrollment_ids = fields.One2many("gr.training.enrollment", "student_id")
    tracker_ids = fields.One2many("gr.progress.tracker", "student_id")
    certificate_ids = fields.One2many("gr.certificate", "student_id", "Certificates")
    training_notice_mode = fields.Selection(
        MODES, help="Empty: as the district tells its learners"
    )
    elearning_enrollments = fields.Many2many(
        "slide.channel.partner",
        compute="_compute_elearning_enrollments",
        string="eLearning Enrollments",
        groups="harvest_base.group_harvest_level_1",
    )
    elearning_progress = fields.Float(
        "eLearning Progress (%)",
        compute="_compute_elearning_progress",
        store=True,
        aggregator="avg",
        help="Mean over the courses of the learner's programs",
    )
    completed_courses = fields.Integer(
        compute="_compute_completed_courses",
        store=True,
        help="Different courses completed in training programs",
    )
    integration_status = fields.Selection(
        INTEGRATION_STATUS,
        compute="_compute_integration_status",
        store=True,
        default="not_integrated",
        help="How far the learner's open enrollments are, or else what was reached",
    )

    _employee_uniq = models.UniqueIndex(
        "(employee_id) WHERE employee_id IS NOT NULL",
        "This employee is a learner already.",
    )

    @api.depends("employee_id.gr_site_ids")
    def _compute_site_ids(self):
        for student in self:
            # sudo: where an employee works, whoever enters the learner
            employee = student.sudo().employee_id
            student.site_ids = employee.gr_site_ids or student.site_ids

    @api.depends("partner_id")
    def _compute_elearning_enrollments(self):
        # sudo: memberships are for eLearning officers; these are of a learner whom
        # the user may read
        members = (
            self.env["slide.channel.partner"]
            .sudo()
            .search([("partner_id", "in", self.sudo().partner_id.ids)])
            .grouped("partner_id")
        )
        for student in self:
            # sudo: the contact is hidden from some who may read the learner
            student.elearning_enrollments = members.get(student.sudo().partner_id)

    @api.depends("tracker_ids.elearning_progress")
    def _compute_elearning_progress(self):
        means = dict(self._group_trackers([], "elearning_progress:avg"))
        for student in self:
            mean = means.get(student._origin) or 0.0
            student.elearning_progress = round(mean, 2)

    @api.depends("tracker_ids.status")
    def _compute_completed_courses(self):
        done = [("status", "in", ("completed", "certified"))]
        counts = dict(
            self._group_trackers(done, "course_integration_id:count_distinct")
        )
        for student in self:
            student.completed_courses = counts.get(student._origin, 0)

    def _group_trackers(self, domain, aggregate):
        # sudo: stored for all readers alike, whoever's act computed it
        Tracker = self.env["gr.progress.tracker"].sudo()
        mine = [("student_id", "in", self.ids), *domain]
        return [
            (self.browse(student.id), value)
            for student, value in Tracker._read_group(mine, ["student_id"], [aggregate])
        ]

    @api.depends("training_enrollment_ids.status")
    def _compute_integration_status(self):
        # sudo: stored for all readers alike, whoever's act computed it
        Enrollment = self.env["gr.training.enrollment"].sudo()
        mine = [("student_id", "in", self.ids)]
        found = {
            student.id: set(statuses)
            for student, statuses in Enrollment._read_group(
                mine, ["student_id"], ["status:array_agg"]
            )
        }
        for student in self:
            student.integration_status = _get_integration_status(
                found.get(student._origin.id, set())
            )

    @api.model_create_multi
    def create(self, vals_list):
        students = super().create(vals_list)
        learners = students.filtered(lambda student: student.learner_type != "pupil")
        if learners:
            learners._enroll_where_eligible()
        return students

    def write(self, vals):
        result = super().write(vals)
        if "training_notice_mode" in vals:
            # sudo: the queue is the system's, whoever changed the choice
            waiting = self.env["gr.training.notice"].sudo()
            waiting.search(
                [("student_id", "in", self.ids), ("state", "=", "pending")]
            )._plan()
        return result

    def _get_notice_mode(self):
        self.ensure_one()
        # sudo: the district's default is for all of its learners
        return (
            self.training_notice_mode or self.sudo().company_id.gr_training_notice_mode
        )

    def _get_timezone(self):
        """Return the IANA name of the zone that the learner's due days are read in."""
        self.ensure_one()
        learner = self.sudo()  # only the zone of a site gets out
        site = learner.site_ids[:1] or learner.site_id
        return site.tz or learner.company_id.partner_id.tz or "UTC"

    def _get_open_documents(self):
        """Return the documents that the learner's pages list; called sudoed."""
        return self.env["gr.document.request"].search(
            [("student_id", "in", self.ids), ("state", "in", OPEN_DOCUMENTS)]
        )

    def _get_bookings_ahead(self):
        """Return the bookings that the learner's pages list; called sudoed."""
        bookings = self.env["gr.course.session.attendee"]
        for tracker in self.tracker_ids:
            bookings |= tracker._get_bookings_ahead()
        return bookings.sorted(lambda line: line.session_id.date_start)

    def _enroll_where_eligible(self):
        """Ask the programs that enroll by themselves (plan: "Student Created")."""
        # sudo: the rule enrolls whom it is for, whoever entered the learner
        programs = (
            self.env["gr.training.program"]
            .sudo()
            .search(
                [
                    ("status", "=", "active"),
                    ("auto_enroll", "=", True),
                    ("company_id", "in", self.company_id.ids),
                ]
            )
        )
        for program in programs:
            program._enroll_eligible(among=self)

    def _get_partner(self):
        """Match the contact that a learner has already before one is made.

        An employee is the contact of the own user; a pupil's contact is made and
        hidden by ``harvest_base``.
        """
        self.ensure_one()
        learner = self.sudo()  # sudo: contact and employee are hidden from some callers
        if not learner.partner_id and learner.employee_id:
            employee = learner.employee_id
            partner = employee.user_partner_id or employee.work_contact_id
            if partner:
                learner.partner_id = partner
        return super()._get_partner()

    def _is_user(self):
        """Whether one of these learners is who asks, by the contact or the employee.

        What counts for a certificate is for somebody else to decide.
        """
        user, learners = self.env.user, self.sudo()  # sudo: who they are, to compare
        return (
            user.partner_id in learners.partner_id
            or user in learners.employee_id.user_id
        )

    def _merge_into(self, kept):
        """Give the training of these learners (doubles of one person) to ``kept``.

        Of two open enrollments in one program the further one stays, the other ends;
        nothing is deleted. Sudoed records.

        :raise UserError: one of them is a pupil, whose record is the district's
        """
        if "pupil" in (self | kept).mapped("learner_type"):
            raise UserError(
                self.env._("Two pupils cannot be merged here: their records would mix.")
            )
        open_ones = (self | kept).training_enrollment_ids.filtered(
            lambda line: line.status in OPEN_STATUS
        )
        for enrollments in open_ones.grouped("program_id").values():
            ranked = enrollments.sorted(
                lambda line: (BEST_FIRST[line.status], line.progress, -line.id),
                reverse=True,
            )
            for enrollment in ranked[1:]:
                enrollment.decision_note = self.env._("Merged with another record.")
                enrollment._close("withdrawn")
        self.training_enrollment_ids.write({"student_id": kept.id})
        # sudo: see the caller; the paper goes with the person
        Document = self.env["gr.document.request"].sudo()
        Document.search([("student_id", "in", self.ids)]).student_id = kept
        self.write({"partner_id": False, "active": False})

    @api.model
    def _gr_consent_effects(self):
        effects = super()._gr_consent_effects()
        others = effects.get(ELEARNING, [])
        return effects | {ELEARNING: [*others, "_gr_effect_elearning"]}

    def _gr_effect_elearning(self, _purpose, permitted):
        """Close a pupil's courses; what was reached stays in the record."""
        if self.learner_type != "pupil":
            return ""
        if permitted:
            return _lt("Online courses may be opened for the student.")
        enrollments = self.training_enrollment_ids
        ended = enrollments.filtered(lambda one: one.status in OPEN_STATUS)
        ended._withdraw(self.env._("The family withdrew its consent."))
        members = self.env["slide.channel.partner"].search(
            [("partner_id", "in", self.partner_id.ids)]
        )
        for channel in members.channel_id:
            channel._remove_membership(self.partner_id.ids)
        if not ended and not members:
            return _lt("No online course was open; none can be opened.")
        return _lt(
            "%(programs)s training programs were ended and %(courses)s courses closed."
            " What was reached stays in the record.",
            programs=len(ended),
            courses=len(members),
        )

    @api.model
    def _gr_check_elearning(self, partner_ids):
        """Refuse courses for pupils whose families said no. Silence is not a no.

        :raise UserError: names a pupil and what to do
        """
        refused = self.env["gr.consent.standing"].sudo()  # whoever may read them
        refused = refused.search(
            [
                ("student_id.partner_id", "in", partner_ids),
                ("student_id.learner_type", "=", "pupil"),
                ("purpose_id.code", "=", ELEARNING),
                ("state", "!=", "given"),
            ],
            limit=1,
        )
        if refused:
            raise UserError(
                self.env._(
                    "There is no consent to online learning of %(student)s. Ask the"
                    " family, and record the answer under Privacy / Decisions.",
                    student=refused.student_id.name,
                )
            )


def _get_integration_status(statuses):
    """The furthest open way counts; without one, what was reached before."""
    open_ones = statuses & set(LEARNING_STATUS)
    if "in_progress" in open_ones:
        return "in_progress"
    if open_ones:
        return "completed" if open_ones == {"completed"} else "enrolled"
    return "certified" if "certified" in statuses else "not_integrated"
