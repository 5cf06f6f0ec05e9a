from odoo import fields, models

# What makes a day what it is; who edits it makes the day their own.
FACTS = {"date", "day_type", "note", "site_id"}


class GrDay(models.Model):
    """A day knows the calendar that made it what it is, until a person edits it."""

    _name = "gr.day"
    _inherit = ["gr.day", "gr.guarded.mixin"]
    _guarded = frozenset({"calendar_source_id", "calendar_uid"})

    calendar_source_id = fields.Many2one(
        "gr.calendar.source",
        string="From Calendar",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The calendar that set this day. A day that a person edits is the"
        " person's: no calendar changes it any more without being told to.",
    )
    calendar_uid = fields.Char("Event ID", readonly=True, copy=False)

    def write(self, vals):
        # sudo: who may edit the day takes it from its calendar
        mine = self.sudo().filtered("calendar_source_id")
        if "calendar_source_id" in vals or not (mine and FACTS & vals.keys()):
            return super().write(vals)
        before = mine._get_facts()
        result = super().write(vals)
        after = mine._get_facts()
        mine.filtered(lambda day: before[day.id] != after[day.id]).write(
            {"calendar_source_id": False, "calendar_uid": False}
        )
        return result

    def _get_facts(self):
        """Return ``{id: facts}``; who translates a note does not change the day."""
        return {
            day.id: [day[name] for name in sorted(FACTS)]
            for day in self.with_context(lang="en_US")
        }
