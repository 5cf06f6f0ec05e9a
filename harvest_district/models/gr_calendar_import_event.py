from odoo import api, fields, models

from ..calendars import ALL_DAY, ANY, IGNORE


class GrCalendarImportEvent(models.Model):
    """Events of one title that no rule knows; a rule can be made from them."""

    _name = "gr.calendar.import.event"
    _description = "Unknown Event in a Calendar Reading"
    _order = "date, name, id"

    import_id = fields.Many2one(
        "gr.calendar.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    name = fields.Char("Title")
    category = fields.Char("Categories")
    all_day = fields.Boolean("Whole Days")
    date = fields.Date("First on", required=True)
    count = fields.Integer("Times")

    @api.model
    def _values(self, unmatched):
        return {
            "name": unmatched.summary,
            "category": "; ".join(unmatched.categories),
            "all_day": unmatched.all_day,
            "date": unmatched.first,
            "count": unmatched.count,
        }

    def _rule_values(self):
        self.ensure_one()
        title = " ".join((self.name or "").replace(";", " ").replace("*", " ").split())
        return {
            "name": title or self.category,
            "text": title,
            "category": not title and self.category,
            "when": ALL_DAY if self.all_day else ANY,
            "company_id": self.company_id.id,
            "sequence": 1,  # before what is there: the person means this very event
        }

    def action_make_rule(self):
        """Open a new rule for events of this title; only its result is to choose."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Make a Rule"),
            "res_model": "gr.calendar.rule",
            "view_mode": "form",
            "target": "new",
            "context": {
                f"default_{name}": value
                for name, value in self._rule_values().items()
                if value
            },
        }

    def action_ignore(self):
        """Make a rule that ignores events of these titles."""
        self.env["gr.calendar.rule"].create(
            [event._rule_values() | {"result": IGNORE} for event in self]
        )
