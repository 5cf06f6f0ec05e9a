from datetime import MAXYEAR

from odoo import api, fields, models
from odoo.fields import Command

from ..const import LIGHT_OF_STATE, REFRESH_BATCH, SEVERITY
from .gr_staff_gate_mixin import Ask

# What is compared between what is stored and what was counted.
FACTS = ("state", "light", "deadline", "expires", "credential_id", "holder_count")


class GrStaffBoardMixin(models.AbstractModel):
    """Counting the board: what is wanted is compared with what is stored, as sets."""

    _name = "gr.staff.board.mixin"
    _description = "Counting of the Staff Board"

    @api.model
    def _ask_refresh(self):
        """Have the board counted soon, by the cron: a rule has changed."""
        cron = self.env.ref("harvest_clearance.ir_cron_refresh_clearance", False)
        if cron:
            cron.sudo()._trigger()  # sudo: a wake-up call, nothing else

    @api.model
    def _cron_refresh_clearance(self):
        """Count the board of everybody anew, in pieces, and say how far it got."""
        people = self.env["hr.employee"].search([("active", "in", [True, False])])
        sites = self.env["gr.site"].search([("active", "in", [True, False])])
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
        # sudo: where they work; the caller may be human resources, without our roles
        self._refresh_sites(people.sudo().gr_site_ids)

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
        for district, places in sites.filtered("active").grouped("company_id").items():
            people = (
                self.env["hr.employee"]
                .sudo()
                .union(*(staff[site.id] for site in places if site.id in staff))
            )
            shelf = self._get_shelf(district, people, today)
            soon = self.env["gr.staff.requirement"]._get_soon_days(district, today)
            for site in places.filtered(lambda one: one.id in staff):
                for requirement, ends in self._get_site_holders(
                    site, staff[site.id], today, shelf
                ):
                    wanted[site.id, requirement.id] = self._prepare_site(
                        site, requirement, ends, today, soon
                    )
        self._store("site_id", sites, wanted)

    @api.model
    def _prepare_site(self, site, requirement, ends, today, soon):
        """The row of a site: in order as long as enough people hold it."""
        holders = sum(end >= today for end in ends)
        # The day on which the last holder too few is gone; date.max: without an end.
        last = sorted(ends, reverse=True)[requirement.min_holders - 1 :][:1]
        last = last[0] if last and last[0].year < MAXYEAR else False
        state = "ok" if holders >= requirement.min_holders else "missing"
        if state == "ok" and last and (last - today).days <= soon:
            state = "due_soon"
        return {
            "company_id": site.company_id.id,
            "site_ids": site.ids,
            "state": state,
            "light": LIGHT_OF_STATE[state],
            "deadline": last,
            "expires": last,
            "credential_id": False,
            "holder_count": holders,
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
