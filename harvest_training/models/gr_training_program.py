from odoo import fields, models

from ..const import DEFINITION_STATUS, RENEWALS


class GrTrainingProgram(models.Model):
    """A training program: the courses to take, who may take them, what it certifies."""

    _name = "gr.training.program"
    _description = "Training Program"
    _inherit = ["gr.guarded.mixin", "mail.thread", "mail.activity.mixin"]
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
    eligibility_criteria = fields.Text(
        translate=True, help="Who may take this program, in words for people"
    )
    eligibility_domain = fields.Char(
        default="[]",
        tracking=True,
        help="The same for the machine: a filter on learners",
    )
    duration_weeks = fields.Integer(
        "Duration (Weeks)", help="How long a learner has; 0: no time limit"
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
