from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ..const import WORKER_TYPES


class GrStaffAssign(models.TransientModel):
    """Say where people work, doing what, paid by whom, without HR rights.

    Only these facts: the rest of the person stays with human resources.
    """

    _name = "gr.staff.assign"
    _description = "Assign Staff"

    employee_ids = fields.Many2many(
        "hr.employee.public", string="People", required=True, readonly=True
    )
    is_one = fields.Boolean(compute="_compute_is_one")
    site_ids = fields.Many2many("gr.site", string="Sites")
    task_ids = fields.Many2many("gr.staff.task", string="Tasks")
    funding_ids = fields.Many2many("gr.funding.source", string="Paid by")
    worker_type = fields.Selection(WORKER_TYPES, string="Works as")
    start_date = fields.Date("First Day of Work")
    employee_number = fields.Char(
        help="The district's number, as its lists of courses have it"
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        ids = self.env.context.get("active_ids", [])
        people = self.env["hr.employee.public"].search([("id", "in", ids)])
        values["employee_ids"] = [Command.set(people.ids)]
        if len(people) == 1:
            values |= self._get_current(people)
        return values

    @api.model
    def _get_current(self, person):
        self.check_access("create")
        # sudo: the facts of this wizard, of a person whom the search above found
        employee = person.sudo().employee_id
        mine = self.env["gr.site"].search([("id", "in", employee.gr_site_ids.ids)])
        return {
            "site_ids": [Command.set(mine.ids)],
            "task_ids": [Command.set(employee.gr_task_ids.ids)],
            "funding_ids": [Command.set(employee.gr_funding_ids.ids)],
            "worker_type": employee.gr_worker_type,
            "start_date": employee.gr_start_date,
            "employee_number": employee.gr_employee_number,
        }

    @api.depends("employee_ids")
    def _compute_is_one(self):
        for wizard in self:
            wizard.is_one = len(wizard.employee_ids) == 1

    def action_apply(self):
        """Replace what is filled in; for several people, empty means unchanged."""
        self.ensure_one()
        people = self.employee_ids
        foreign = people.company_id - self.env.companies
        if foreign or people != self._filter_mine(people):
            raise AccessError(
                self.env._(
                    "You may assign only people and sites within your access. Ask the"
                    " administrator for access to the other sites."
                )
            )
        # sudo: after the checks above; only the facts of this wizard are written
        values = self._prepare_values()
        groups = people.sudo().employee_id.grouped(self._get_kept_sites)
        for kept, employees in groups.items():
            if self.site_ids or self.is_one:
                values["gr_site_ids"] = [Command.set((self.site_ids | kept).ids)]
            employees.write(values)
        return {"type": "ir.actions.act_window_close"}

    def _get_kept_sites(self, employee_sudo):
        """The person's sites that this user does not see, and so does not change."""
        sites = employee_sudo.gr_site_ids
        return sites - self.env["gr.site"].search([("id", "in", sites.ids)]).sudo()

    def _filter_mine(self, people):
        """Return the people at the user's sites, and those at none yet."""
        mine = people.search(
            [("id", "in", people.ids)]
            + (
                []
                if self.env.user.gr_scope == "district"
                else [
                    "|",
                    ("gr_site_ids", "=", False),
                    ("gr_site_ids", "in", self.env.user.gr_site_ids.ids),
                ]
            )
        )
        return people & mine

    def _prepare_values(self):
        values = {
            "gr_task_ids": self.task_ids,
            "gr_funding_ids": self.funding_ids,
        }
        values = {
            name: [Command.set(records.ids)]
            for name, records in values.items()
            if records or self.is_one
        }
        if self.worker_type:
            values["gr_worker_type"] = self.worker_type
        if self.start_date:
            values["gr_start_date"] = self.start_date
        if self.is_one:
            values["gr_employee_number"] = self.employee_number
        return values
