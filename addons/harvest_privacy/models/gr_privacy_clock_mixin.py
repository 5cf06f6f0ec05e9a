from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import clocks, flow

# How far a calendar is read: longer than the longest clock counted in working days.
REACH_DAYS = 200
SCHOOL = ("instructional", "early_release")


class GrPrivacyClockMixin(models.AbstractModel):
    """A case that the law gives time for, and that goes from state to state.

    A model names its ``_machine`` (see ``flow``) and has the fields ``state`` and
    ``company_id``. Numbers come from ``gr.rule``; the day's kind from the district's
    calendar.
    """

    _name = "gr.privacy.clock.mixin"
    _description = "Case with Clocks"

    _machine = {}

    @api.model
    def _get_deadline(self, key, district, start):
        """Return ``(last day or moment, rule record)`` of a rule; ``(None, empty)``.

        :param str key: a rule that counts in the unit its key ends with
        :param start: date, or naive UTC datetime for rules that count in hours
        """
        Rule = self.env["gr.rule"]
        day = start.date() if hasattr(start, "hour") else start
        rule = Rule._find_rule(key, district, day)
        if not rule:
            return None, rule
        count, unit = Rule.rule(key, district, day), clocks.unit_of(key)
        calendar = self._get_calendar(district, day)
        if unit == "hours":
            return clocks.last_moment(start, count, unit, calendar), rule
        return clocks.last_day(day, count, unit, calendar), rule

    @api.model
    def _get_calendar(self, district, start):
        """Return the district's calendar around a date, for the clocks."""
        Rule = self.env["gr.rule"]
        closed_types = Rule.rule("records.office_closed.day_types", district, start)
        # sudo: a deadline is the same whoever computes it
        days = (
            self.env["gr.day"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", district.id),
                    ("site_id", "=", False),
                    ("date", ">=", start - timedelta(days=REACH_DAYS)),
                    ("date", "<=", start + timedelta(days=REACH_DAYS)),
                ],
                ["date", "day_type"],
            )
        )
        return clocks.Calendar(
            closed=frozenset(d.date for d in days if d.day_type in closed_types),
            known=frozenset(days.mapped("date")),
            school=frozenset(d.date for d in days if d.day_type in SCHOOL),
        )

    @api.model
    def _end_of_day(self, day, district):
        """Return the last second of a day at the district, as naive UTC."""
        zone = pytz.timezone(district.partner_id.tz or self.env.user.tz or "UTC")
        local = fields.Datetime.to_datetime(day).replace(hour=23, minute=59, second=59)
        return zone.localize(local).astimezone(pytz.utc).replace(tzinfo=None)

    def _move(self, to, **values):
        """Bring cases to a state, if the way there is allowed.

        :raise UserError: it is not
        """
        for case in self:
            try:
                flow.check(case._machine, case.state, to)
            except flow.ForbiddenMove:
                labels = dict(case._fields["state"]._description_selection(case.env))
                raise UserError(
                    case.env._(
                        "%(case)s is “%(state)s”; from there it cannot become"
                        " “%(to)s”. Reload the page: a colleague may have gone on.",
                        case=case.display_name,
                        state=labels[case.state],
                        to=labels[to],
                    )
                ) from None
            case.check_access("write")
            # sudo: the state is guarded; only this method moves it, after the checks
            case.sudo().write({"state": to, **values})

    def _is_open(self):
        self.ensure_one()
        return bool(self._machine[self.state])
