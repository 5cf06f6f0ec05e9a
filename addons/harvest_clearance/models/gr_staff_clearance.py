from odoo import api, fields, models
from odoo.fields import Command, Domain

from ..const import (
    CLEARANCE_STATES,
    LIGHT_OF_STATE,
    LIGHTS,
    REFRESH_BATCH,
    SEVERITY,
)
from .gr_staff_gate_mixin import Ask

# What is compared between what is stored and what was counted.
FACTS = ("state", "light", "deadline", "expires", "credential_id", "holder_count")


class GrStaffClearance(models.Model):
    """The board: one row for each person and requirement that applies today.

    A projection of the credentials. It is counted anew each night and when something
    changes; the gate (``is_cleared``) never reads it. What is asked of a site, not of
    each person, has rows with a site and no person.
    """

    _name = "gr.staff.clearance"
    _description = "Staff Clearance"
    _inherit = ["gr.staff.gate.mixin", "mail.thread", "mail.activity.mixin"]
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
        related="requirement_id.blocking", store=True, string="Without It"
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

    @api.depends("light")
    def _compute_severity(self):
        for row in self:
            row.severity = SEVERITY.get(row.light, 0)

    @api.depends("subject", "requirement_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.subject}: {row.requirement_id.name}"

    # REFRESH

    @api.model
    def _ask_refresh(self):
        """Have the board counted soon, by the cron: a rule has changed."""
        cron = self.env.ref("harvest_clearance.ir_cron_refresh_clearance", False)
        if cron:
            cron.sudo()._trigger()  # sudo: a wake-up call, nothing else

    @api.model
    def _cron_refresh_clearance(self):
        """Count the board of everybody anew, in pieces, and say how far it got."""
        people = self.env["hr.employee"].with_context(active_test=False).search([])
        sites = self.env["gr.site"].with_context(active_test=False).search([])
        self._refresh_expiry()
        for start in range(0, len(people), REFRESH_BATCH):
            self._refresh_people(people[start : start + REFRESH_BATCH])
            remaining = len(people) - start - REFRESH_BATCH
            if not self._commit_step(REFRESH_BATCH, max(remaining, 0) + len(sites)):
                self._ask_refresh()
                return
        self._refresh_sites(sites)
        self._commit_step(len(sites), 0)

    @api.model
    def _commit_step(self, done, remaining):
        """Commit what was counted; return whether there is time for more."""
        return self.env["ir.cron"]._commit_progress(done, remaining=remaining) > 0

    @api.model
    def _refresh_expiry(self):
        """Count the last days again that hang on the calendar of a school year."""
        credentials = self.env["gr.staff.credential"].search(
            [("requirement_id.renewal", "=", "school_year_window")]
        )
        field = credentials._fields["expires"]
        self.env.add_to_compute(field, credentials)

    @api.model
    def _refresh(self, people):
        """Count the board of some people, and of the sites where they work."""
        self._refresh_people(people)
        self._refresh_sites(people.gr_site_ids)

    @api.model
    def _refresh_people(self, people):
        """Bring the rows of ``people`` to today's state, in few queries."""
        people = people.sudo().exists()  # sudo: a projection, same for whoever asks
        wanted = {}
        ask = Ask(fields.Date.today())
        for employee, requirement, found in self._evaluate(
            people.filtered("active"), ask, soon=True
        ):
            wanted[employee.id, requirement.id] = {
                "company_id": employee.company_id.id,
                "site_ids": employee.gr_site_ids.ids,
                "state": found.state.value,
                "light": LIGHT_OF_STATE[found.state.value],
                "deadline": found.deadline or False,
                "expires": found.expires or False,
                "credential_id": found.key or False,
                "holder_count": 0,
            }
        self._store("employee_id", people, wanted)
        self._store_lights(people, wanted)

    @api.model
    def _refresh_sites(self, sites):
        """Bring the rows of sites to today's state: who of the staff there holds it."""
        sites = sites.sudo().exists()  # sudo: as in _refresh_people
        today = fields.Date.today()
        staff = self.env["hr.employee"].sudo()._gr_by_site(sites)
        wanted = {}
        for site in sites.filtered("active"):
            people = staff.get(site.id)
            for requirement, ends in (
                self._get_site_holders(site, people, today) if people else ()
            ):
                wanted[site.id, requirement.id] = self._prepare_site(
                    site, requirement, ends, today
                )
        self._store("site_id", sites, wanted)

    @api.model
    def _prepare_site(self, site, requirement, ends, today):
        """The row of a site: it lasts until too few hold it."""
        enough = len(ends) >= requirement.min_holders
        last = (
            sorted(ends, reverse=True)[requirement.min_holders - 1] if enough else None
        )
        ends_some_day = last and last.year < 9999  # date.max: without an end
        soon = requirement._get_soon_days(site.company_id, today)
        state = "ok" if enough else "missing"
        if ends_some_day and (last - today).days <= soon:
            state = "due_soon"
        return {
            "company_id": site.company_id.id,
            "site_ids": site.ids,
            "state": state,
            "light": LIGHT_OF_STATE[state],
            "deadline": ends_some_day and last,
            "expires": ends_some_day and last,
            "credential_id": False,
            "holder_count": len(ends),
        }

    @api.model
    def _store(self, subject, records, wanted):
        """Create, change and remove rows so that they say what ``wanted`` says.

        :param wanted: ``{(id of the subject, requirement id): values}``
        """
        rows = self.sudo().search([(subject, "in", records.ids)])
        known = {(row[subject].id, row.requirement_id.id): row for row in rows}
        rows.browse(row.id for key, row in known.items() if key not in wanted).unlink()
        changes = {}
        for key, row in known.items():
            if key in wanted and (values := self._get_difference(row, wanted[key])):
                changes.setdefault(tuple(values.items()), []).append(row.id)
        for values, row_ids in changes.items():
            rows.browse(row_ids)._write_values(dict(values))
        self.sudo().with_context(tracking_disable=True).create(
            [
                {
                    **values,
                    "site_ids": [Command.set(values["site_ids"])],
                    subject: key[0],
                    "requirement_id": key[1],
                }
                for key, values in wanted.items()
                if key not in known
            ]
        )  # sudo (above): a projection, written by the product only

    @api.model
    def _get_difference(self, row, values):
        """Return what of ``values`` differs from the stored row, hashable."""
        different = {
            name: values[name]
            for name in FACTS
            if (row[name].id if name == "credential_id" else row[name]) != values[name]
        }
        if row.company_id.id != values["company_id"]:
            different["company_id"] = values["company_id"]
        if set(row.site_ids.ids) != set(values["site_ids"]):
            different["site_ids"] = tuple(values["site_ids"])
        return different

    def _write_values(self, values):
        if "site_ids" in values:
            values["site_ids"] = [Command.set(values["site_ids"])]
        self.write(values)
        if values.get("light") == "green":
            self.activity_unlink(["mail.mail_activity_data_todo"])

    @api.model
    def _store_lights(self, people, wanted):
        """Write the worst light of each person on the person."""
        worst = dict.fromkeys(people.ids, False)
        for (employee_id, _requirement), values in wanted.items():
            light = worst[employee_id]
            if not light or SEVERITY[values["light"]] > SEVERITY[light]:
                worst[employee_id] = values["light"]
        for light in (False, "green", "amber", "red"):
            changed = people.filtered(
                lambda one, light=light: (
                    worst[one.id] == light
                    and (one.gr_clearance_state or False) != light
                )
            )
            if changed:
                changed.with_context(tracking_disable=True).write(
                    {"gr_clearance_state": light}
                )

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
