from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import DAY_TYPES

DAY_COLORS = {
    "instructional": 4,
    "early_release": 3,
    "program": 10,
    "holiday": 1,
    "closure": 2,
}


class GrDay(models.Model):
    """What kind of day a date is, for the district or, as an exception, for a site."""

    _name = "gr.day"
    _description = "Calendar Day"
    _order = "date, site_id"
    _check_company_auto = True

    date = fields.Date(required=True, index=True)
    company_id = fields.Many2one(
        related="school_year_id.company_id",
        string="District",
        store=True,
        precompute=True,
        index=True,
    )
    school_year_id = fields.Many2one(
        "gr.school.year", required=True, index=True, ondelete="restrict"
    )
    site_id = fields.Many2one(
        "gr.site",
        index="btree_not_null",
        check_company=True,
        help="Empty: the whole district. A site's own line wins over the district's.",
    )
    day_type = fields.Selection(DAY_TYPES, required=True, default="instructional")
    pattern_type = fields.Selection(
        DAY_TYPES,
        string="By the Weekly Pattern",
        readonly=True,
        copy=False,
        help="What the weekly pattern makes of this date. It is that again when what"
        " set it otherwise is withdrawn. Empty: the pattern has nothing here.",
    )
    note = fields.Char(translate=True, help="For example the holiday's name")
    color = fields.Integer(compute="_compute_color")

    _date_uniq = models.UniqueIndex(
        "(school_year_id, site_id, date) NULLS NOT DISTINCT",
        "This date has a line already. Edit that one.",
    )

    @api.depends("day_type", "note", "site_id")
    def _compute_display_name(self):
        labels = dict(self._fields["day_type"]._description_selection(self.env))
        for day in self:
            name = day.note or labels.get(day.day_type, "")
            day.display_name = f"{day.site_id.name}: {name}" if day.site_id else name

    @api.depends("day_type")
    def _compute_color(self):
        for day in self:
            day.color = DAY_COLORS.get(day.day_type, 0)

    @api.constrains("date", "school_year_id")
    def _check_date_in_year(self):
        for day in self:
            year = day.school_year_id
            if not year.date_start <= day.date <= year.date_end:
                raise ValidationError(
                    self.env._(
                        "%(date)s is not in %(year)s (%(start)s to %(end)s).",
                        date=day.date,
                        year=year.name,
                        start=year.date_start,
                        end=year.date_end,
                    )
                )

    @api.onchange("date")
    def _onchange_date(self):
        if self.date and not self.school_year_id:
            self.school_year_id = self.env["gr.school.year"]._get_year(
                self.env.company, self.date
            )

    def _restore_pattern(self):
        """Give dates back to the weekly pattern; without one their line goes."""
        patterned = self.filtered("pattern_type")
        for day_type, days in patterned.grouped("pattern_type").items():
            days.write({"day_type": day_type, "note": False})
        (self - patterned).unlink()
