from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import DAY_TYPES, WEEKDAYS

SCHOOL_DAY = [*DAY_TYPES, ("none", "Nothing")]


class GrDayGenerate(models.TransientModel):
    """Lay a weekly pattern over a period. Days edited by hand stay as they are."""

    _name = "gr.day.generate"
    _description = "Generate Days"

    school_year_id = fields.Many2one("gr.school.year", required=True)
    site_id = fields.Many2one("gr.site", help="Empty: the whole district")
    date_start = fields.Date(
        compute="_compute_dates", store=True, readonly=False, required=True
    )
    date_end = fields.Date(
        compute="_compute_dates", store=True, readonly=False, required=True
    )
    monday = fields.Selection(SCHOOL_DAY, required=True, default="instructional")
    tuesday = fields.Selection(SCHOOL_DAY, required=True, default="instructional")
    wednesday = fields.Selection(SCHOOL_DAY, required=True, default="early_release")
    thursday = fields.Selection(SCHOOL_DAY, required=True, default="instructional")
    friday = fields.Selection(SCHOOL_DAY, required=True, default="instructional")
    overwrite = fields.Boolean(
        "Replace Existing Days", help="Off: only dates without a line are filled."
    )
    day_count = fields.Integer("Days to Write", compute="_compute_day_count")

    @api.depends("school_year_id")
    def _compute_dates(self):
        for wizard in self:
            wizard.date_start = wizard.school_year_id.date_start
            wizard.date_end = wizard.school_year_id.date_end

    @api.depends("school_year_id", "site_id", "date_start", "date_end", *WEEKDAYS)
    def _compute_day_count(self):
        for wizard in self:
            wizard.day_count = len(wizard._get_pattern())

    def _get_pattern(self):
        """Return ``{date: day type}`` of the weekdays in the period."""
        self.ensure_one()
        if not (self.date_start and self.date_end):
            return {}
        length = (self.date_end - self.date_start).days + 1
        dates = (self.date_start + timedelta(days=day) for day in range(length))
        types = {
            date: self[WEEKDAYS[date.weekday()]] for date in dates if date.weekday() < 5
        }
        return {date: kind for date, kind in types.items() if kind and kind != "none"}

    def action_generate(self):
        self.ensure_one()
        year = self.school_year_id
        if self.date_start < year.date_start or self.date_end > year.date_end:
            raise UserError(
                self.env._(
                    "The period must lie within %(year)s (%(start)s to %(end)s).",
                    year=year.name,
                    start=year.date_start,
                    end=year.date_end,
                )
            )
        pattern = self._get_pattern()
        existing = self.env["gr.day"].search(
            [
                ("school_year_id", "=", year.id),
                ("site_id", "=", self.site_id.id),
                ("date", "in", list(pattern)),
            ]
        )
        self._lay_over(existing, pattern)
        taken = set(existing.mapped("date"))
        self.env["gr.day"].create(
            [
                {
                    "school_year_id": year.id,
                    "site_id": self.site_id.id,
                    "date": date,
                    "day_type": kind,
                    "pattern_type": kind,
                }
                for date, kind in pattern.items()
                if date not in taken
            ]
        )
        return year.action_view_days()

    def _lay_over(self, days, pattern):
        """Let existing days know the pattern; they follow it only when replaced."""
        unknown = days.filtered(lambda day: self.overwrite or not day.pattern_type)
        for day in unknown:
            day.pattern_type = pattern[day.date]
        if self.overwrite:
            days.filtered(
                lambda day: day.day_type != day.pattern_type
            )._restore_pattern()
