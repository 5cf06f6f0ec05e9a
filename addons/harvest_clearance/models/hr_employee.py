from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import LIGHTS, WORKER_TYPES

# What decides which requirements apply, and since when.
TRIGGERS = {
    "active",
    "company_id",
    "gr_funding_ids",
    "gr_site_ids",
    "gr_start_date",
    "gr_task_ids",
    "gr_worker_type",
    "job_id",
}
OFFICERS = "hr.group_hr_user"
STAFF = "harvest_base.group_harvest_staff"  # sites are for who has a role in them


class HrEmployee(models.Model):
    """Where a person works, doing what, paid by whom: what requirements hang on.

    Fields that every employee may know are on ``hr.employee.public``, too; see there.
    """

    _inherit = "hr.employee"

    gr_site_ids = fields.Many2many(
        "gr.site",
        "gr_site_hr_employee_rel",
        "employee_id",
        "site_id",
        string="Sites",
        groups=STAFF,
        domain="[('company_id', '=', company_id)]",
    )
    gr_task_ids = fields.Many2many(
        "gr.staff.task",
        "gr_staff_task_hr_employee_rel",
        "employee_id",
        "task_id",
        string="Tasks",
    )
    gr_worker_type = fields.Selection(
        WORKER_TYPES, string="Works as", required=True, default="employee"
    )
    gr_start_date = fields.Date(
        "First Day of Work",
        compute="_compute_gr_start_date",
        store=True,
        readonly=False,
        compute_sudo=True,
        help="Deadlines of requirements count from it. First taken from the contract.",
    )
    gr_funding_ids = fields.Many2many(
        "gr.funding.source",
        "gr_funding_source_hr_employee_rel",
        "employee_id",
        "funding_id",
        string="Paid by",
        groups=OFFICERS,
    )
    gr_employee_number = fields.Char(
        "Employee Number",
        copy=False,
        groups=OFFICERS,
        help="The district's number, as its lists of courses have it",
    )
    gr_clearance_state = fields.Selection(
        LIGHTS, string="Clearance", readonly=True, copy=False, groups=OFFICERS
    )
    gr_problem_count = fields.Integer(
        compute="_compute_gr_problem_count", groups=OFFICERS
    )

    _gr_number_uniq = models.UniqueIndex(
        "(company_id, gr_employee_number) WHERE gr_employee_number IS NOT NULL",
        "Another person of this district has the same employee number.",
    )

    @api.constrains("gr_site_ids", "company_id")
    def _check_gr_sites(self):
        for employee in self:
            if employee.sudo().gr_site_ids.company_id - employee.company_id:
                # sudo (above): compared, whatever sites the user may read
                raise ValidationError(
                    self.env._("People work at sites of their own district only.")
                )

    @api.depends("version_ids.contract_date_start")
    def _compute_gr_start_date(self):
        for employee in self:
            starts = employee.version_ids.filtered("contract_date_start").mapped(
                "contract_date_start"
            )
            known = employee.gr_start_date or (starts and min(starts))
            employee.gr_start_date = (
                known or (employee.create_date or fields.Datetime.now()).date()
            )

    def _compute_gr_problem_count(self):
        counts = dict(
            self.env["gr.staff.clearance"]
            .sudo()  # sudo: a number on the form of an HR officer
            ._read_group(
                [("employee_id", "in", self.ids), ("light", "!=", "green")],
                ["employee_id"],
                ["__count"],
            )
        )
        for employee in self:
            employee.gr_problem_count = counts.get(employee, 0)

    @api.model_create_multi
    def create(self, vals_list):
        employees = super().create(vals_list)
        self.env["gr.staff.clearance"]._refresh(employees)
        return employees

    def write(self, vals):
        moved = TRIGGERS & vals.keys()
        # sudo: the sites that lose somebody are counted, too
        before = self.sudo().gr_site_ids if moved else self.env["gr.site"]
        leaving = self.filtered("active") if vals.get("active") is False else self[:0]
        result = super().write(vals)
        if moved:
            board = self.env["gr.staff.clearance"]
            board._refresh_people(self)
            board._refresh_sites(before | self.sudo().gr_site_ids)
        leaving._gr_ask_cancellation()
        return result

    @api.model
    def _gr_by_site(self, sites):
        """Return ``{site id: active people who work there}`` in one query."""
        found = {}
        for employee in self.search([("gr_site_ids", "in", sites.ids)]):
            for site in employee.gr_site_ids:
                found[site.id] = found.get(site.id, self.browse()) | employee
        return found

    def _gr_ask_cancellation(self):
        """Ask for a notice to end services that watch over who has left.

        DOJ and FBI subsequent-arrest service: the employer sends a notice of no longer
        interested (Penal Code 11105.2).
        """
        credentials = (
            self.env["gr.staff.credential"]
            .sudo()  # sudo: whoever ends the employment, compliance is told
            .search(
                [
                    ("employee_id", "in", self.ids),
                    ("state", "=", "verified"),
                    ("requirement_id.notify_on_separation", "=", True),
                ]
            )
        )
        for credential in credentials:
            manager = credential.company_id._gr_compliance_users()[:1]
            credential.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._(
                    "Cancel “%(name)s”: %(person)s has left",
                    name=credential.requirement_id.name,
                    person=credential.employee_id.name,
                ),
                user_id=(manager or self.env.user).id,
            )

    def action_gr_clearances(self):
        """Open the board of this person."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_clearance.gr_staff_clearance_action"
        )
        return action | {"domain": [("employee_id", "=", self.id)], "context": {}}
