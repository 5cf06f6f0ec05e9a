from babel.dates import format_date

from odoo import api, fields, models
from odoo.tools.misc import get_lang

from odoo.addons.harvest_base.const import DAY_TYPES
from odoo.addons.harvest_base.models.gr_day import DAY_COLORS

from ..calendars.plan import (
    BY_HAND,
    CHANGE,
    CREATE,
    KEEP,
    LONG,
    MASS,
    OTHER,
    PAST,
    WITHDRAW,
)


class GrCalendarImportDay(models.Model):
    """What one date would become, from which event, by which rule."""

    _name = "gr.calendar.import.day"
    _description = "Date in a Calendar Reading"
    _order = "date, site_id, id"
    _rec_name = "event"

    import_id = fields.Many2one(
        "gr.calendar.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    date = fields.Date(required=True)
    weekday = fields.Char("Day", compute="_compute_weekday")
    site_id = fields.Many2one("gr.site", index="btree_not_null", ondelete="cascade")
    kind = fields.Selection(
        [
            (CREATE, "New"),
            (CHANGE, "Changed"),
            (WITHDRAW, "Withdrawn"),
            (KEEP, "As It Is"),
        ],
        string="Change",
        required=True,
    )
    from_type = fields.Selection(DAY_TYPES, string="Now")
    from_note = fields.Char("Note Now")
    to_type = fields.Selection(DAY_TYPES, string="Becomes")
    to_note = fields.Char("Note")
    event = fields.Char()
    uid = fields.Char("Event ID")
    also = fields.Char("Also on This Date")
    rule_id = fields.Many2one("gr.calendar.rule", index="btree_not_null")
    conflict = fields.Selection(
        [
            (BY_HAND, "Set by a person"),
            (OTHER, "Set by another calendar"),
            (LONG, "A very long event"),
            (MASS, "Much is withdrawn at once"),
            (PAST, "The day is over"),
        ]
    )
    decision = fields.Selection(
        [("keep", "Keep"), ("overwrite", "Overwrite")],
        default="keep",
        help="What a person decided about a conflict; without a decision it stays.",
    )
    state = fields.Selection(
        [
            ("todo", "To Do"),
            ("done", "Applied"),
            ("kept", "Left as It Is"),
            ("stale", "Changed Meanwhile"),
        ],
        required=True,
        default="todo",
    )
    color = fields.Integer(compute="_compute_color")

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_weekday(self):
        locale = get_lang(self.env).code
        for line in self:
            line.weekday = line.date and format_date(line.date, "EEE", locale=locale)

    @api.depends("to_type")
    def _compute_color(self):
        for line in self:
            line.color = DAY_COLORS.get(line.to_type, 0)

    @api.model
    def _values(self, change, known):
        """Return the values of a line for a change of the engine."""
        day = known.get((change.site, change.date))
        wanted = change.wanted
        return {
            "date": change.date,
            "site_id": change.site,
            "kind": change.kind,
            "from_type": day and day.day_type,
            "from_note": day and day.note,
            "to_type": change.to_type,
            "to_note": change.to_note,
            "event": wanted and wanted.event.summary,
            "uid": wanted and wanted.event.uid,
            "also": wanted and "; ".join(wanted.also),
            "rule_id": wanted and wanted.rule,
            "conflict": change.conflict,
        }

    def _get_key(self):
        """Return what makes this the same conflict again at the next reading."""
        self.ensure_one()
        names = ("date", "conflict", "kind", "from_type", "to_type")
        return {name: self[name] for name in names} | {"site_id": self.site_id.id}

    def _waits(self):
        """Whether the line is a change that was neither made nor left."""
        self.ensure_one()
        return self.kind != KEEP and self.state == "todo"

    def _may(self):
        """Whether the line may be applied without anybody deciding more."""
        self.ensure_one()
        return not self.conflict or self.decision == "overwrite"

    def action_overwrite(self):
        """A person says: the calendar is right."""
        self._decide("overwrite")

    def action_keep(self):
        """A person says: the day stays as it is."""
        self._decide("keep")

    def _decide(self, decision):
        self.import_id._check_operator()._check_open()
        # sudo: checked above
        self.sudo().filtered("conflict").write({"decision": decision})

    # APPLY

    def _apply(self, known):
        """Make days what these lines say, unless they changed since the reading.

        :param known: ``{(site id or None, date): gr.day}`` as they are now
        """
        fresh = self.filtered(lambda line: line._is_fresh(known))
        (self - fresh).state = "stale"
        fresh._write_days(known)
        fresh.state = "done"

    def _get_day(self, known):
        self.ensure_one()
        return known.get((self.site_id.id or None, self.date), self.env["gr.day"])

    def _is_fresh(self, known):
        day = self._get_day(known)
        now = (day.day_type or False, day.note or False)
        return now == (self.from_type or False, self.from_note or False)

    def _write_days(self, known):
        new = self.filtered(lambda line: not line._get_day(known))
        years = self.import_id.source_id._get_all_years()
        self.env["gr.day"].with_context(lang="en_US").create(
            [
                line._day_values()
                | {
                    "date": line.date,
                    "site_id": line.site_id.id,
                    "school_year_id": years.filtered(line._is_in).id,
                }
                for line in new
                if line.kind != WITHDRAW
            ]
        )
        for line in self - new:
            line._write_day(line._get_day(known))

    def _write_day(self, day):
        if self.kind == WITHDRAW:
            day._restore_pattern()
            return
        values = self._day_values()
        if self.conflict == BY_HAND and not day.pattern_type:
            values["pattern_type"] = day.day_type  # what it is without the event
        if day.note != self.to_note:
            installed = dict(self.env["res.lang"].get_installed()).keys() - {"en_US"}
            day.update_field_translations("note", dict.fromkeys(installed, False))
        day.write(values)

    def _day_values(self):
        return {
            "day_type": self.to_type,
            "note": self.to_note,
            "calendar_source_id": self.import_id.source_id.id,
            "calendar_uid": self.uid,
        }

    def _is_in(self, year):
        return year.date_start <= self.date <= year.date_end
