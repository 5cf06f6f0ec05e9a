from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..const import (
    CLEARANCE_STATES,
    LIGHTS,
    SEVERITY,
)


class GrStaffClearance(models.Model):
    """The board: one row for each person and requirement that applies today.

    A projection of the credentials. It is counted anew each night and when something
    changes; the gate (``is_cleared``) never reads it. What is asked of a site, not of
    each person, has rows with a site and no person.
    """

    _name = "gr.staff.clearance"
    _description = "Staff Clearance"
    _inherit = [
        "gr.staff.gate.mixin",
        "gr.staff.board.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "severity desc, deadline, employee_id, id"
    _rec_names_search = ["employee_id", "requirement_id"]

    employee_id = fields.Many2one(
        "hr.employee", string="Person", index=True, ondelete="cascade", readonly=True
    )
    site_id = fields.Many2one(
        "gr.site",
        string="Asked of the Site",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
    )
    subject = fields.Char("Who or Where", compute="_compute_subject")
    requirement_id = fields.Many2one(
        "gr.staff.requirement",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    kind = fields.Selection(related="requirement_id.kind", store=True)
    blocking = fields.Selection(
        related="requirement_id.blocking", store=True, string="Blocks"
    )
    company_id = fields.Many2one(
        "res.company", string="District", required=True, index=True, readonly=True
    )
    site_ids = fields.Many2many("gr.site", string="Sites", readonly=True)
    worker_type = fields.Selection(related="employee_id.gr_worker_type", store=True)
    state = fields.Selection(CLEARANCE_STATES, required=True, readonly=True, index=True)
    light = fields.Selection(LIGHTS, required=True, readonly=True, index=True)
    severity = fields.Integer(
        compute="_compute_severity", store=True, export_string_translation=False
    )
    deadline = fields.Date(
        "Due", readonly=True, help="The last day on which nothing is wrong yet"
    )
    advice = fields.Char(compute="_compute_advice")
    expires = fields.Date("Valid Through", readonly=True)
    credential_id = fields.Many2one(
        "gr.staff.credential", readonly=True, index="btree_not_null"
    )
    holder_count = fields.Integer(
        "Holders", readonly=True, aggregator=None, help="At a site: who holds it today"
    )

    _person_uniq = models.UniqueIndex(
        "(employee_id, requirement_id) WHERE employee_id IS NOT NULL",
        "There is one row for each person and requirement.",
    )
    _site_uniq = models.UniqueIndex(
        "(site_id, requirement_id) WHERE site_id IS NOT NULL",
        "There is one row for each site and requirement.",
    )
    _check_subject = models.Constraint(
        "CHECK ((employee_id IS NULL) != (site_id IS NULL))",
        "A row is about a person or about a site.",
    )

    @api.depends("employee_id", "site_id")
    def _compute_subject(self):
        for row in self:
            # sudo: the name, for who may read the row
            row.subject = row.sudo().employee_id.name or row.sudo().site_id.name

    @api.depends("state", "deadline", "expires", "requirement_id")
    @api.depends_context("lang")
    def _compute_advice(self):
        for row in self:
            row.advice = row._get_advice()

    def _get_advice(self):
        """What is so and what to do, in a sentence."""
        self.ensure_one()
        day = {"date": format_date(self.env, self.deadline)} if self.deadline else {}
        match self.state:
            case "ok" | "due_soon" if self.expires:
                return self.env._("Valid through %(date)s. Renew it by then.", **day)
            case "ok":
                return self.env._("In order.")
            case "exempt":
                return self.env._("Exempt.")
            case "grace" | "expired" if self.expires:
                return self.env._("Ended on %(date)s. Renew it now.", **day)
            case "missing" | "grace" if self.deadline:
                return self.env._("Was due on %(date)s and is missing.", **day)
            case "missing":
                return self.env._("Missing.")
            case _ if self.deadline:
                return self.env._("To be shown by %(date)s.", **day)
            case _:
                return self.env._("To be shown; no day is set.")

    @api.depends("light")
    def _compute_severity(self):
        for row in self:
            row.severity = SEVERITY.get(row.light, 0)

    @api.depends("subject", "requirement_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.subject}: {row.requirement_id.name}"

    # ACTIONS

    def action_register(self):
        """Open a new credential for this person and requirement."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register"),
            "res_model": "gr.staff.credential",
            "view_mode": "form",
            "context": {
                "default_employee_id": self.employee_id.id,
                "default_requirement_id": self.requirement_id.id,
                "default_site_id": self.site_ids[:1].id
                if self.requirement_id.renewal == "per_assignment"
                else False,
            },
        }

    def action_view_credentials(self):
        """Open what this person has handed in for this requirement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_clearance.gr_staff_credential_action"
        )
        domain = Domain("code", "=", self.requirement_id.code)
        if self.employee_id:
            domain &= Domain("employee_id", "=", self.employee_id.id)
        else:
            domain &= Domain("employee_id.gr_site_ids", "in", self.site_id.ids)
        return action | {"domain": list(domain), "context": {}}
