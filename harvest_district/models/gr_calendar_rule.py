from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.harvest_base.const import DAY_TYPES

from ..calendars import ALL_DAY, ANY, IGNORE, TIMED, Rule


class GrCalendarRule(models.Model):
    """What an event of a calendar means for a day. The first rule that fits decides.

    Rules without a district are what a district starts with: it gets its own copy with
    its first calendar, and changes that.
    """

    _name = "gr.calendar.rule"
    _description = "Calendar Rule"
    _inherit = ["gr.guarded.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        index=True,
        default=lambda self: self.env.company,
    )
    source_id = fields.Many2one(
        "gr.calendar.source",
        string="Only for",
        index="btree_not_null",
        check_company=True,
        ondelete="cascade",
        help="Empty: for every calendar of the district",
    )
    text = fields.Text(
        "Title Contains",
        help="Phrases separated by semicolons; one of them must be in the title, as"
        " whole words. Capitals, accents and punctuation do not matter. * stands for"
        " any letters: “holiday*” also finds “holidays”.",
    )
    category = fields.Char(
        "Category Contains", help="The same for the categories of the event"
    )
    when = fields.Selection(
        [(ANY, "Any Event"), (ALL_DAY, "Whole Days"), (TIMED, "With a Time of Day")],
        string="Applies to",
        required=True,
        default=ANY,
        help="A holiday is a whole day; a holiday concert has a time.",
    )
    result = fields.Selection(
        [*DAY_TYPES, (IGNORE, "Ignore")],
        string="The Day Becomes",
        required=True,
    )
    site_id = fields.Many2one(
        "gr.site",
        index="btree_not_null",
        check_company=True,
        help="Empty: what the calendar is for, most often the whole district",
    )
    active = fields.Boolean(default=True)

    @api.constrains("text", "category", "when")
    def _check_has_condition(self):
        for rule in self:
            words = f"{rule.text or ''};{rule.category or ''}".replace("*", "")
            if not words.replace(";", "").strip():
                raise ValidationError(
                    self.env._(
                        "“%s” needs words that the title or category contains.",
                        rule.name,
                    )
                )

    @api.model
    def _copy_for_district(self, district):
        """Give a district the rules to start with, unless it has some."""
        # sudo: whoever makes the first calendar; the copies are the district's own
        rules = self.sudo().with_context(active_test=False)
        if not rules.search_count([("company_id", "=", district.id)], limit=1):
            for rule in self.sudo().search([("company_id", "=", False)]):
                rule.copy({"company_id": district.id})

    @api.model
    def _get_rules(self, source):
        """Return the rules of a calendar for the engine, in order."""
        rules = self.search(
            [
                ("company_id", "=", source.company_id.id),
                ("source_id", "in", [False, source.id]),
            ]
        )
        return [
            Rule(
                key=rule.id,
                result=rule.result,
                text=rule.text or "",
                category=rule.category or "",
                when=rule.when,
                site=rule.site_id.id or None,
            )
            for rule in rules
        ]
