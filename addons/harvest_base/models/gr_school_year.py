from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import SCHOOL_DAY_TYPES


class GrSchoolYear(models.Model):
    """A school year of a district. Days are generated from it and edited after."""

    _name = "gr.school.year"
    _description = "School Year"
    _inherit = ["gr.guarded.mixin", "gr.external.ref.mixin"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(required=True, help="The year it ends in, for example 2027")
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_start = fields.Date(required=True)
    date_end = fields.Date(required=True)
    active = fields.Boolean(default=True)
    day_ids = fields.One2many("gr.day", "school_year_id", string="Days")
    school_day_count = fields.Integer("School Days", compute="_compute_day_counts")
    program_day_count = fields.Integer(
        "Program Days without School", compute="_compute_day_counts"
    )
    day_goal = fields.Integer(compute="_compute_day_goals", string="School Days Goal")
    program_day_goal = fields.Integer(
        compute="_compute_day_goals", string="Goal without School"
    )

    _code_uniq = models.UniqueIndex(
        "(company_id, code) WHERE active", "This district has that school year already."
    )
    _check_dates = models.Constraint(
        "CHECK (date_end > date_start)",
        "A school year cannot end before it starts.",
    )

    @api.constrains("date_start", "date_end", "company_id", "active")
    def _check_overlap(self):
        for year in self.filtered("active"):
            other = self.search(
                [
                    ("company_id", "=", year.company_id.id),
                    ("id", "!=", year.id),
                    ("date_start", "<=", year.date_end),
                    ("date_end", ">=", year.date_start),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "%(year)s overlaps with %(other)s of the same district.",
                        year=year.name,
                        other=other.name,
                    )
                )

    @api.depends("day_ids.day_type", "day_ids.site_id")
    def _compute_day_counts(self):
        counts = {
            (year, day_type): count
            for year, day_type, count in self.env["gr.day"]._read_group(
                [("school_year_id", "in", self.ids), ("site_id", "=", False)],
                ["school_year_id", "day_type"],
                ["__count"],
            )
        }
        for year in self:
            year.school_day_count = sum(
                counts.get((year, day_type), 0) for day_type in SCHOOL_DAY_TYPES
            )
            year.program_day_count = counts.get((year, "program"), 0)

    @api.depends("company_id", "date_end")
    def _compute_day_goals(self):
        Rule = self.env["gr.rule"]
        for year in self:
            district = year.company_id or self.env.company
            day = year.date_end or fields.Date.context_today(self)
            year.day_goal = Rule.rule("calendar.school_days.min", district, day)
            year.program_day_goal = Rule.rule("elop.non_school_days.min", district, day)

    @api.model
    def _get_year(self, district, day):
        """Return the school year of ``district`` that contains ``day``, or empty."""
        return self.search(
            Domain("company_id", "=", district.id)
            & Domain("date_start", "<=", day)
            & Domain("date_end", ">=", day),
            limit=1,
        )

    def action_generate_days(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Generate Days"),
            "res_model": "gr.day.generate",
            "view_mode": "form",
            "target": "new",
            "context": {"default_school_year_id": self.id},
        }

    def action_view_days(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_base.gr_day_action"
        )
        return action | {
            "domain": [("school_year_id", "=", self.id)],
            "context": {
                "default_school_year_id": self.id,
                "initial_date": fields.Date.to_string(self.date_start),
            },
        }

    def _get_day_types(self, site, date_from, date_to):
        """Return ``{date: day type}`` of a site; its own exceptions win.

        :param site: ``gr.site`` record, or empty for the district's calendar
        :param date_from: first date
        :param date_to: last date, included
        """
        days = self.env["gr.day"].search_fetch(
            [
                ("school_year_id", "in", self.ids),
                ("site_id", "in", [False, *site.ids]),
                ("date", ">=", date_from),
                ("date", "<=", date_to),
            ],
            ["date", "day_type", "site_id"],
        )
        # District first, so that a site's own line overwrites it.
        return {
            day.date: day.day_type for day in days.sorted(lambda day: bool(day.site_id))
        }
