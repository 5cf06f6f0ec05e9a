from ast import literal_eval

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..const import DEFINITION_STATUS, LEARNING_STATUS, RENEWALS


class GrTrainingProgram(models.Model):
    """A training program: the courses to take, who may take them, what it certifies."""

    _name = "gr.training.program"
    _description = "Training Program"
    _inherit = [
        "gr.guarded.mixin",
        "gr.training.program.certificate.mixin",
        "gr.training.program.page.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "sequence, name, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char("Program Name", required=True, translate=True, tracking=True)
    code = fields.Char()
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    description = fields.Text(translate=True)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    site_ids = fields.Many2many(
        "gr.site", string="Sites", check_company=True, help="Empty: the whole district"
    )
    coordinator_id = fields.Many2one(
        "res.users",
        string="Agent",
        default=lambda self: self.env.user,
        tracking=True,
        help="Decides what cannot be decided by rule, and is told of it",
    )
    status = fields.Selection(
        DEFINITION_STATUS, required=True, default="draft", index=True, tracking=True
    )
    course_integrations = fields.One2many(
        "gr.course.integration", "training_program_id", copy=True
    )
    enrollment_ids = fields.One2many("gr.training.enrollment", "program_id")
    training_document_ids = fields.One2many(
        "gr.training.document", "program_id", "Documents to Hand In", copy=True
    )
    eligibility_criteria = fields.Text(
        translate=True, help="Who may take this program, in words for people"
    )
    eligibility_domain = fields.Char(
        default="[]",
        tracking=True,
        help="The same for the machine: a filter on learners",
    )
    auto_enroll = fields.Boolean(
        "Enroll Eligible Learners",
        tracking=True,
        help="Every learner who is eligible is enrolled each night, and on creation",
    )
    duration_weeks = fields.Integer(
        "Duration (Weeks)", help="How long a learner has; 0: no time limit"
    )
    requirement_ids = fields.Many2many(
        "gr.staff.requirement",
        string="Counts for",
        help="Staff requirements that the certificate fulfils",
    )
    hours = fields.Float(help="Training hours that the certificate states")
    renewal = fields.Selection(
        RENEWALS, required=True, default="none", string="Certificate Expires"
    )
    renewal_months = fields.Integer("Valid for (Months)")
    renewal_lead_days = fields.Integer(
        "Renew Ahead (Days)",
        default=60,
        help="How many days before the certificate ends the next round begins",
    )

    _check_duration = models.Constraint(
        "CHECK (duration_weeks >= 0)", "A duration cannot be negative."
    )
    _check_renewal = models.Constraint(
        "CHECK (renewal <> 'months' OR renewal_months > 0)",
        "Say how many months the certificate is valid.",
    )

    enrolled_count = fields.Integer("Learning", compute="_compute_counts")
    review_count = fields.Integer("To Review", compute="_compute_counts")
    certified_count = fields.Integer("Certified", compute="_compute_counts")

    @api.depends("enrollment_ids.status")
    def _compute_counts(self):
        counts = {}
        Enrollment = self.env["gr.training.enrollment"]
        if Enrollment.has_access("read"):
            counts = {
                (program.id, status): count
                for program, status, count in Enrollment._read_group(
                    [("program_id", "in", self.ids)],
                    ["program_id", "status"],
                    ["__count"],
                )
            }
        for program in self:
            program.enrolled_count = sum(
                counts.get((program.id, status), 0) for status in LEARNING_STATUS
            )
            program.review_count = counts.get((program.id, "review"), 0)
            program.certified_count = counts.get((program.id, "certified"), 0)

    @api.constrains("eligibility_domain")
    def _check_eligibility_domain(self):
        for program in self:
            try:
                domain = program._get_eligibility_domain()
                domain.validate(self.env["gr.student"])
            except (ValueError, SyntaxError, TypeError, KeyError) as error:
                raise ValidationError(
                    self.env._(
                        "“%s” is not a filter on learners. Choose the conditions with"
                        " the editor.",
                        program.eligibility_domain,
                    )
                ) from error

    def _get_eligibility_domain(self):
        self.ensure_one()
        return Domain(literal_eval(self.eligibility_domain or "[]"))

    def _get_unmet_conditions(self, students):
        """Return ``{student id: [conditions not met, as sentences]}``.

        Each condition that all must meet is asked by itself, so that the agent reads
        what is missing and not only that something is.
        """
        self.ensure_one()
        # sudo: a rule is asked about a learner; the answer names conditions, not facts
        everyone = self.env["gr.student"].sudo().browse(students.ids)
        unmet = {student.id: [] for student in everyone}
        for condition in _get_conditions(self._get_eligibility_domain()):
            met = everyone.search(condition & Domain("id", "in", everyone.ids))
            for student in everyone - met:
                unmet[student.id].append(self._describe(condition))
        for student in everyone.filtered(lambda student: not student.active):
            unmet[student.id].append(self.env._("The learner is archived."))
        if self.site_ids:
            for student in everyone:
                if not (student.site_ids | student.site_id) & self.site_ids:
                    unmet[student.id].append(
                        self.env._("The learner is at none of the program's sites.")
                    )
        return unmet

    def _describe(self, condition):
        """Put one condition of the filter into words."""
        parts = list(condition.iter_conditions())
        if len(parts) != 1:
            return self.env._("Not met: %s", list(condition))
        name = parts[0].field_expr
        field = self.env["gr.student"]._fields.get(name)
        label = field._description_string(self.env) if field else name
        return self.env._(
            "Not met: %(field)s %(operator)s %(value)s",
            field=label,
            operator=parts[0].operator,
            value=_to_text(parts[0].value),
        )

    def _enrolls_itself(self):
        """Whether every active course may be entered without an agent."""
        self.ensure_one()
        active = self.course_integrations.filtered(lambda line: line.status == "active")
        return bool(active) and all(active.mapped("auto_enroll_eligible"))

    def _enroll_eligible(self, among=None):
        """Enroll every learner who meets the rule and was never in the program.

        :param among: the only ``gr.student`` to look at; all without it
        """
        self.ensure_one()
        if not self._enrolls_itself():
            return self.env["gr.training.enrollment"]
        # sudo: the rule enrolls whom it is for, whoever triggered it
        program = self.sudo()
        new = (
            program._get_eligibility_domain()
            & Domain("company_id", "=", program.company_id.id)
            & Domain(
                "training_enrollment_ids", "not any", [("program_id", "=", self.id)]
            )
        )
        if among is not None:
            new &= Domain("id", "in", among.ids)
        students = program.env["gr.student"].search(new)
        if program.site_ids:
            students = students.filtered(
                lambda student: (student.site_ids | student.site_id) & program.site_ids
            )
        return program.env["gr.training.enrollment"]._request(program, students, "rule")

    @api.model
    def _cron_enroll_eligible(self):
        programs = self.search([("status", "=", "active"), ("auto_enroll", "=", True)])
        self.env["ir.cron"]._commit_progress(remaining=len(programs))
        for program in programs:
            program._enroll_eligible()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _get_certificate_expiry(self, issued_on):
        """Return the last day a certificate issued on ``issued_on`` is valid, or False.

        :raise UserError: the school year that should end it is not known
        """
        self.ensure_one()
        if self.renewal == "months":
            return issued_on + relativedelta(months=self.renewal_months, days=-1)
        if self.renewal == "school_year":
            year = self.env["gr.school.year"].search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("date_start", "<=", issued_on),
                    ("date_end", ">=", issued_on),
                ],
                limit=1,
            )
            if not year:
                raise UserError(
                    self.env._(
                        "No school year holds %s. Add it under Sites / School Years.",
                        issued_on,
                    )
                )
            return year.date_end
        return False

    def write(self, vals):
        if vals.get("status") == "draft":
            self._refuse_draft()
        return super().write(vals)

    def _refuse_draft(self):
        # sudo: learners count, seen or not
        for program in self.sudo():
            if program.status != "draft" and program.enrollment_ids:
                raise UserError(
                    self.env._(
                        "“%s” has learners. Archive it, so that nobody can begin.",
                        program.display_name,
                    )
                )

    def action_activate(self):
        for program in self:
            if not program.course_integrations:
                raise UserError(
                    self.env._("Add a course to “%s” first.", program.display_name)
                )
        self.status = "active"
        return True

    def action_archive_program(self):
        self.status = "archived"
        return True

    def action_view_enrollments(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_training.gr_training_enrollment_action"
        )
        return action | {
            "domain": [("program_id", "=", self.id)],
            "context": {"default_program_id": self.id},
        }


def _get_conditions(domain):
    """Split a filter into the parts that must all be met."""
    if domain.is_true():
        return []
    return list(domain.children) if getattr(domain, "OPERATOR", "") == "&" else [domain]


def _to_text(value):
    if isinstance(value, list | tuple | set | frozenset) or hasattr(value, "__iter__"):
        return value if isinstance(value, str) else ", ".join(map(str, value))
    return str(value)
