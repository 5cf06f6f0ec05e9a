from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import OPEN_PLACE_STATES


class GrSiteChangeMixin(models.AbstractModel):
    """Move what is open at one site to another from a date on.

    Nothing of the past is touched: lines that hold at the date end the day before,
    and new ones begin at the other site, so every report about earlier days reads
    the same before and after.
    """

    _name = "gr.site.change.mixin"
    _description = "Site Change Mixin"

    date = fields.Date(
        "From",
        required=True,
        default=fields.Date.context_today,
        help="The first day at the other site",
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    enrollment_count = fields.Integer("Students", compute="_compute_preview")
    place_count = fields.Integer("Places in Programs", compute="_compute_preview")

    def _get_moves(self):
        """Return ``[(old site, new site, domain on the student's enrollment)]``."""
        raise NotImplementedError

    def _moves_ready(self):
        """Whether enough is filled in to say what would move."""
        raise NotImplementedError

    @api.depends("date")
    def _compute_preview(self):
        for wizard in self:
            enrollments = wizard.env["gr.student.enrollment"]
            places = wizard.env["gr.program.enrollment"]
            if wizard._moves_ready():
                for old, _new, domain in wizard._get_moves():
                    lines = wizard._get_enrollments(old, domain)
                    enrollments |= lines
                    places |= wizard._get_places(old, lines)
            wizard.enrollment_count = len(enrollments)
            wizard.place_count = len(places)

    def _get_enrollments(self, site, domain):
        return self.env["gr.student.enrollment"].search(
            Domain("site_id", "=", site.id)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", self.date))
            & domain
        )

    def _get_places(self, site, enrollments):
        return self.env["gr.program.enrollment"].search(
            Domain("site_id", "=", site.id)
            & Domain("state", "in", OPEN_PLACE_STATES)
            & Domain("student_id", "in", enrollments.student_id.ids)
        )

    def _check_date(self):
        """Places and access follow at once, so it is run on its first day."""
        if self.date != fields.Date.context_today(self):
            raise UserError(
                self.env._("A move takes effect at once. Run it on its first day.")
            )

    def _move(self, old, new, domain):
        """Move students, their places and nothing else; return the students."""
        # sudo: who may run this wizard moves whole schools, whatever the role may
        # edit child by child
        lines = self.sudo()._get_enrollments(old, domain)
        places = self.sudo()._get_places(old, lines)
        self._move_enrollments(lines, new)
        self._move_places(places, new)
        return lines.student_id.sudo(False)

    def _move_enrollments(self, lines, new):
        """End the lines and continue them, unless the student is there already."""
        eve = self.date - timedelta(days=1)
        there = self._get_enrollments(
            new, Domain("student_id", "in", lines.student_id.ids)
        )
        double = lines.filtered(lambda line: line.student_id in there.student_id)
        begun = lines.filtered(lambda line: line.date_start < self.date)
        (lines - begun - double).write({"site_id": new.id})
        (double - begun).write({"active": False, "exit_reason": "merged"})
        values = [
            {
                **line._get_facts(),
                "student_id": line.student_id.id,
                "site_id": new.id,
                "date_start": self.date,
            }
            for line in begun - double
        ]
        begun.write({"date_end": eve, "exit_reason": "merged"})
        lines.create(values)

    def _move_places(self, places, new):
        """Continue a place at the new site with its signature and its rank."""
        eve = self.date - timedelta(days=1)
        for program in places.program_id:
            program.site_ids |= new
        begun = places.filtered(
            lambda place: (
                place.state == "enrolled"
                and place.date_start
                and place.date_start < self.date
            )
        )
        (places - begun).write({"site_id": new.id})
        values = [
            {
                **place.copy_data({"site_id": new.id, "date_end": place.date_end})[0],
                **place._get_signature(),
                "date_start": self.date,
                "state": "enrolled",
            }
            for place in begun
        ]
        begun.write({"state": "ended", "date_end": eve})
        begun.flush_recordset()  # a child has one open place in a program
        places.create(values)

    def _move_people_and_groups(self, old, new):
        """Staff and program groups go along; classes come anew from the SIS."""
        eve = self.date - timedelta(days=1)
        roles = (
            self.env["gr.site.role"]
            .sudo()
            .search(  # as above
                Domain("site_id", "=", old.id)
                & (Domain("date_end", "=", False) | Domain("date_end", ">=", self.date))
            )
        )
        values = [
            role.copy_data({"site_id": new.id, "date_start": self.date})[0]
            for role in roles
        ]
        for role in roles:
            role.date_end = max(eve, role.date_start or eve)
        roles.create(values)
        groups = self.env["gr.group"].sudo()  # as above
        groups.search([("site_id", "=", old.id), ("kind", "=", "program")]).write(
            {"site_id": new.id}
        )
