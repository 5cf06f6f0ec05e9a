from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import (
    BLOCKING,
    CONFIDENCE,
    DUE_UNITS,
    KINDS,
    RENEWALS,
)
from ..reminding import parse_steps


class GrStaffRequirement(models.Model):
    """What a person must hold to do some work, for whom, from when, on whose authority.

    Empty role, site, funding or task means all. Where a district has its own line with
    the same code, that one counts and the general one does not.
    """

    _name = "gr.staff.requirement"
    _description = "Staff Requirement"
    _inherit = ["gr.staff.terms.mixin", "mail.thread"]
    _order = "sequence, code, valid_from desc"
    _rec_names_search = ["name", "code"]

    code = fields.Char(required=True, index=True, tracking=True)
    name = fields.Char(required=True, translate=True, tracking=True)
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(KINDS, required=True, default="course", tracking=True)
    course_titles = fields.Text(
        help="Titles under which district lists name it, one a line; the import knows"
        " the code and these."
    )

    # To whom it applies
    for_employee = fields.Boolean("Employees", default=True, tracking=True)
    for_contractor = fields.Boolean("Contractors", default=True, tracking=True)
    for_volunteer = fields.Boolean("Volunteers", default=True, tracking=True)
    for_applicant = fields.Boolean("Applicants", tracking=True)
    job_ids = fields.Many2many("hr.job", string="Roles", help="Empty: every role")
    site_ids = fields.Many2many("gr.site", string="Sites", help="Empty: every site")
    funding_ids = fields.Many2many("gr.funding.source", help="Empty: all funding")
    task_ids = fields.Many2many("gr.staff.task", string="Tasks", help="Empty: any work")
    counties = fields.Char(
        help="Only in districts of these counties, separated by commas", tracking=True
    )
    except_counties = fields.Char("Not in Counties", tracking=True)
    employer_kind = fields.Selection(
        [
            ("public_lea", "Public local education agency"),
            ("private_contractor", "Private contractor"),
        ],
        help="Only for this kind of employer. Empty: both",
    )
    new_hires_only = fields.Boolean(
        help="Only for who starts on or after the day it came into force"
    )

    # What it blocks, when it is due, how long it holds
    blocking = fields.Selection(
        BLOCKING, required=True, default="none", string="Blocks", tracking=True
    )
    due_unit = fields.Selection(
        DUE_UNITS, "First Due", required=True, default="before", tracking=True
    )
    due_count = fields.Integer("First Due After", tracking=True)
    renewal = fields.Selection(
        RENEWALS, required=True, default="none", string="Renewed", tracking=True
    )
    renewal_months = fields.Integer("Months", tracking=True)
    window_weeks = fields.Integer(
        "Weeks of the Window", help="From the start of the school year", tracking=True
    )
    window_lead_weeks = fields.Integer(
        "Weeks Before It", help="How long before the school year it counts already"
    )
    due_text = fields.Char("Due", compute="_compute_texts")
    renewal_text = fields.Char("Holds", compute="_compute_texts")
    max_age_days = fields.Integer(
        "At Most This Old",
        help="Days before the first day of work. 0: any age. Credentials that were"
        " transferred from another employer may be older.",
    )
    grace_days = fields.Integer(tracking=True)
    site_level = fields.Boolean(
        help="Asked of each open site instead of each person", tracking=True
    )
    min_holders = fields.Integer("Holders per Site", default=1)
    reminder_days = fields.Char(
        help="Days before the deadline, for example 90,60,30,7,0. Empty: the rule"
        " “Reminders of staff requirements”"
    )
    accepted_issuers = fields.Text(help="One a line. Empty: any issuer")
    is_cori = fields.Boolean(
        "Criminal Record Information",
        help="Only date and status may be kept: no documents, no numbers, no notes.",
        tracking=True,
    )
    notify_on_separation = fields.Boolean(
        help="Somebody has to cancel the service when the person leaves."
    )
    on_resume = fields.Boolean(
        "On the Resume",
        help="A verified credential writes a line on the resume, which every colleague"
        " can read. Keep health and criminal record checks off.",
    )

    # On whose authority
    authority = fields.Char(required=True, tracking=True)
    source = fields.Char(help="Where it was read, or a link")
    note = fields.Text(translate=True)
    confidence = fields.Selection(
        CONFIDENCE, required=True, default="known", tracking=True
    )
    jurisdiction = fields.Char(required=True, default="US-CA")
    company_id = fields.Many2one(
        "res.company",
        string="District",
        index="btree_not_null",
        help="Set only for a district's own requirement.",
    )
    valid_from = fields.Date(required=True, tracking=True)
    valid_to = fields.Date(tracking=True, help="The last day it is in force")

    _check_validity = models.Constraint(
        "CHECK (valid_to >= valid_from)", "A requirement cannot end before it starts."
    )
    _check_counts = models.Constraint(
        "CHECK (due_count >= 0 AND grace_days >= 0 AND max_age_days >= 0"
        " AND window_lead_weeks >= 0 AND min_holders > 0)",
        "Days, weeks and holders cannot be negative.",
    )
    _check_months = models.Constraint(
        "CHECK (renewal != 'months' OR COALESCE(renewal_months, 0) > 0)",
        "Say after how many months it is renewed.",
    )
    _check_window = models.Constraint(
        "CHECK (renewal != 'school_year_window' OR COALESCE(window_weeks, 0) > 0)",
        "Say how many weeks the window is long.",
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for requirement in self:
            requirement.display_name = f"{requirement.name} ({requirement.code})"

    @api.constrains("reminder_days")
    def _check_reminder_days(self):
        for requirement in self.filtered("reminder_days"):
            try:
                parse_steps(requirement.reminder_days)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is no list of days. Write it like 90,60,30,7,0.",
                        text=requirement.reminder_days,
                    )
                ) from error

    @api.constrains("code", "jurisdiction", "company_id", "valid_from", "valid_to")
    def _check_overlap(self):
        for requirement in self.filtered("active"):
            if self.search_count(requirement._get_overlap_domain(), limit=1):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” is in force twice. End one before the other"
                        " starts.",
                        code=requirement.code,
                    )
                )

    def _get_overlap_domain(self):
        self.ensure_one()
        domain = (
            Domain("code", "=", self.code)
            & Domain("id", "!=", self.id)
            & Domain("jurisdiction", "=", self.jurisdiction)
            & Domain("company_id", "=", self.company_id.id)
            & (
                Domain("valid_to", "=", False)
                | Domain("valid_to", ">=", self.valid_from)
            )
        )
        if self.valid_to:
            domain &= Domain("valid_from", "<=", self.valid_to)
        return domain

    @api.model_create_multi
    def create(self, vals_list):
        requirements = super().create(vals_list)
        self.env["gr.staff.clearance"]._ask_refresh()
        return requirements

    def write(self, vals):
        result = super().write(vals)
        self.env["gr.staff.clearance"]._ask_refresh()
        return result

    def action_new_version(self):
        """Open a copy that takes over; the current line keeps its past."""
        self.ensure_one()
        values = self.copy_data({"valid_from": False, "valid_to": False})[0]
        return {
            "type": "ir.actions.act_window",
            "res_model": "gr.staff.requirement",
            "view_mode": "form",
            "context": {f"default_{name}": value for name, value in values.items()},
        }
