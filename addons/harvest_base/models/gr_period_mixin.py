from odoo import api, fields, models
from odoo.fields import Domain


class GrPeriodMixin(models.AbstractModel):
    """A fact that holds from ``date_start`` to ``date_end``, both days included.

    An empty date means "since always" or "until further notice".
    """

    _name = "gr.period.mixin"
    _description = "Period Mixin"

    date_start = fields.Date()
    date_end = fields.Date(help="The last day. Empty: until further notice.")
    is_current = fields.Boolean(
        compute="_compute_is_current", search="_search_is_current"
    )

    _check_period = models.Constraint(
        "CHECK (date_end >= date_start)",
        "The last day cannot be before the first day.",
    )

    @api.depends("date_start", "date_end")
    @api.depends_context("tz")
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        for record in self:
            record.is_current = record._is_current_on(today)

    def _is_current_on(self, day):
        """Whether the fact holds on ``day`` (a date)."""
        self.ensure_one()
        return (not self.date_start or self.date_start <= day) and (
            not self.date_end or self.date_end >= day
        )

    @api.model
    def _get_current_domain(self, day=None):
        """Return the domain of what holds on ``day`` (default: today)."""
        day = day or fields.Date.context_today(self)
        return (Domain("date_start", "=", False) | Domain("date_start", "<=", day)) & (
            Domain("date_end", "=", False) | Domain("date_end", ">=", day)
        )

    @api.model
    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_current_domain()
