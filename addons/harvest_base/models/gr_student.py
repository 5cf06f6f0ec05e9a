import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import GENDERS, GRADES, LEARNER_TYPES, QUIET_LOAD

CURRENT_BATCH = 1000  # students a transaction of the nightly refresh


def full_name(first_name, last_name):
    """Return the name that lists and letters use; either part may be missing."""
    return " ".join(filter(None, (first_name, last_name)))


class GrStudent(models.Model):
    """A learner: a pupil, or a staff member, volunteer or relative in training.

    Facts about a pupil stay on this record. A contact (``partner_id``) exists only
    where Odoo needs one, and is hidden from everybody who may not read the student.
    """

    _name = "gr.student"
    _description = "Student"
    _inherit = [
        "gr.guarded.mixin",
        "gr.external.ref.mixin",
        "image.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "last_name, first_name, id"
    _rec_names_search = ["name", "local_id"]
    _check_company_auto = True
    _guarded = frozenset({"partner_id"})
    _gr_seal_attachments = True  # files of it are sealed (harvest_crypto)

    name = fields.Char(compute="_compute_name", store=True, index="trigram")
    first_name = fields.Char(tracking=True)
    middle_name = fields.Char()
    last_name = fields.Char(help="Both surnames where there are two", tracking=True)
    preferred_name = fields.Char(help="What the child is called")
    pronouns = fields.Char()
    learner_type = fields.Selection(
        LEARNER_TYPES, required=True, default="pupil", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True, tracking=True)
    local_id = fields.Char(
        "Student Number",
        index="btree_not_null",
        copy=False,
        help="The number in the SIS",
    )
    ssid = fields.Char(
        "State ID",
        index="btree_not_null",
        copy=False,
        groups="harvest_base.group_harvest_level_1",
        help="Statewide Student Identifier: ten digits. New pupils may wait for it.",
    )
    birthdate = fields.Date(groups="harvest_base.group_harvest_staff")
    gender = fields.Selection(GENDERS, groups="harvest_base.group_harvest_staff")
    home_language_id = fields.Many2one("gr.language", tracking=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Only where Odoo needs one, for example to follow a course",
    )
    enrollment_ids = fields.One2many("gr.student.enrollment", "student_id")
    guardianship_ids = fields.One2many("gr.guardianship", "student_id", "Adults")
    program_enrollment_ids = fields.One2many("gr.program.enrollment", "student_id")
    group_member_ids = fields.One2many("gr.group.member", "student_id", "Groups")
    flag_ids = fields.One2many(
        "gr.student.flag",
        "student_id",
        "Need to Know",
        groups="harvest_base.group_harvest_health,"
        "harvest_base.group_harvest_confidential",
    )
    demographics_ids = fields.One2many(
        "gr.student.demographics",
        "student_id",
        groups="harvest_base.group_harvest_confidential",
    )
    site_id = fields.Many2one(
        "gr.site",
        string="School",
        compute="_compute_current",
        store=True,
        index=True,
        help="The school of the primary enrollment in force today",
    )
    grade = fields.Selection(GRADES, compute="_compute_current", store=True)
    household_id = fields.Many2one(
        "res.partner",
        compute="_compute_household_id",
        store=True,
        index="btree_not_null",
        groups="harvest_base.group_harvest_staff",
        help="The first adult that the child lives with",
    )
    sibling_ids = fields.Many2many(
        "gr.student",
        compute="_compute_sibling_ids",
        string="Siblings",
        groups="harvest_base.group_harvest_staff",
    )
    age = fields.Integer(
        compute="_compute_age", groups="harvest_base.group_harvest_staff"
    )

    _partner_uniq = models.UniqueIndex(
        "(partner_id) WHERE partner_id IS NOT NULL",
        "This contact belongs to another student.",
    )

    _check_has_name = models.Constraint(
        "CHECK (COALESCE(first_name, '') || COALESCE(last_name, '') <> '')",
        "A student needs a first or a last name.",
    )

    @api.depends("first_name", "last_name")
    def _compute_name(self):
        for student in self:
            student.name = full_name(student.first_name, student.last_name)

    @api.depends(
        "enrollment_ids.site_id",
        "enrollment_ids.grade",
        "enrollment_ids.date_start",
        "enrollment_ids.date_end",
        "enrollment_ids.primary",
        "enrollment_ids.active",
    )
    def _compute_current(self):
        """Take school and grade from the primary enrollment in force today.

        A date alone changes the answer, so ``_cron_refresh_current`` runs nightly.
        """
        today = fields.Date.context_today(self)
        current = self._get_first_lines(
            "enrollment_ids",
            lambda line: line.active and line._is_current_on(today),
            lambda line: (not line.primary, line.date_start),
        )
        for student in self:
            line = current.get(student)
            student.site_id = line and line.site_id
            student.grade = line and line.grade

    def _get_first_lines(self, name, is_meant, order):
        """Return ``{student: the first of its lines that is meant}``.

        The lines of all students are fetched at once: a roster brings thousands.

        :param name: a one2many field
        """
        if len(self) > 1 and all(self._ids):
            inverse = self._fields[name].inverse_name
            model = self.env[self._fields[name].comodel_name]
            lines = model.search([(inverse, "in", self.ids)]).grouped(inverse)
        else:  # one that is being edited keeps its lines in the cache
            lines = {student: student[name] for student in self}
        return {
            student: min(meant, key=order)
            for student, found in lines.items()
            if (meant := [line for line in found if is_meant(line)])
        }

    @api.depends(
        "guardianship_ids.lives_with",
        "guardianship_ids.priority",
        "guardianship_ids.partner_id",
        "guardianship_ids.active",
    )
    def _compute_household_id(self):
        at_home = self._get_first_lines(
            "guardianship_ids",
            lambda adult: adult.active and adult.lives_with,
            lambda adult: (adult.priority, adult.id),
        )
        for student in self:
            line = at_home.get(student)
            student.household_id = line and line.partner_id

    @api.depends("guardianship_ids.lives_with", "guardianship_ids.partner_id")
    def _compute_sibling_ids(self):
        for student in self:
            adults = student.guardianship_ids.filtered("lives_with").partner_id
            homes = self.env["gr.guardianship"].search(
                [("partner_id", "in", adults.ids), ("lives_with", "=", True)]
            )
            student.sibling_ids = homes.student_id - student._origin

    @api.depends("birthdate")
    def _compute_age(self):
        today = fields.Date.context_today(self)
        for student in self:
            born = student.birthdate
            student.age = born and (
                today.year
                - born.year
                - ((today.month, today.day) < (born.month, born.day))
            )

    @api.constrains("ssid")
    def _check_ssid(self):
        for student in self.sudo():  # the field is hidden from some who may write
            if student.ssid and not re.fullmatch(r"\d{10}", student.ssid):
                raise ValidationError(
                    self.env._("A state ID has ten digits, not “%s”.", student.ssid)
                )

    @api.constrains("birthdate")
    def _check_birthdate(self):
        today = fields.Date.context_today(self)
        for student in self:
            if student.birthdate and student.birthdate > today:
                raise ValidationError(
                    self.env._("%s cannot be born in the future.", student.name)
                )

    @api.model
    def _check_may_link(self, student_ids):
        """Refuse to hang a record on a student whom the user may not read.

        A place or an enrollment at an own site makes its student readable, so it must
        not be possible to make one for any child whose id one can guess.

        :param list student_ids: ids, or empty values
        :raise AccessError: one of them may not be read
        """
        students = self.browse(filter(None, student_ids)).with_context(
            active_test=False
        )
        if self.env.su or not students:
            return
        # A child who was just entered by this user is at no site yet.
        # sudo: only to see whether there is any enrollment or place, seen or not
        fresh = students.sudo().filtered(
            lambda student: (
                student.create_uid == self.env.user
                and not student.enrollment_ids
                and not student.program_enrollment_ids
            )
        )
        (students - fresh.with_env(self.env)).check_access("read")

    def _get_partner(self):
        """Return the student's contact, made on first need; sudoed."""
        self.ensure_one()
        if not self.partner_id:
            # Only this method may make one: a contact of a child without its rule
            # would be visible to every employee. sudo: so nobody else needs the right
            self.sudo().partner_id = (
                self.env["res.partner"]
                .sudo()  # as above
                .with_context(**QUIET_LOAD)
                .create(
                    {
                        "name": self.name,
                        "company_id": self.company_id.id,
                        "gr_is_student": True,
                        "type": "other",
                    }
                )
            )
        return self.sudo().partner_id  # sudo: for who may read the student, as said

    def write(self, vals):
        result = super().write(vals)
        if {"first_name", "last_name", "active"} & vals.keys():
            # sudo: keep the twin in step, for those who may not write contacts
            for student in self.sudo().filtered("partner_id.gr_is_student"):
                student.partner_id.write(
                    {"name": student.name, "active": student.active}
                )
        return result

    @api.model
    def _cron_refresh_current(self):
        """Follow the calendar: enrollments that begin or ended since yesterday."""
        stale = self.with_context(active_test=False).search(self._get_stale_domain())
        self.env["ir.cron"]._commit_progress(remaining=len(stale))
        while stale:
            batch, stale = stale[:CURRENT_BATCH], stale[CURRENT_BATCH:]
            self.env.add_to_compute(self._fields["site_id"], batch)
            self.env.add_to_compute(self._fields["grade"], batch)
            batch.flush_recordset(["site_id", "grade"])
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break

    @api.model
    def _get_stale_domain(self):
        today = fields.Date.context_today(self)
        begins = Domain("date_start", "<=", today) & (
            Domain("date_end", "=", False) | Domain("date_end", ">=", today)
        )
        ended = Domain("date_end", "<", today)
        return (
            Domain("site_id", "=", False) & Domain("enrollment_ids", "any", begins)
        ) | (Domain("site_id", "!=", False) & Domain("enrollment_ids", "any", ended))

    def _erase_traces(self):
        """Forget what is kept about these students outside of their records.

        Called before they are erased, in the same transaction. An addon that keeps
        copies (rosters, packages, logs) extends this.
        """

    def action_explain_access(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who can see this student?"),
            "res_model": "gr.access.explain",
            "view_mode": "form",
            "target": "new",
            "context": {"default_student_id": self.id},
        }
