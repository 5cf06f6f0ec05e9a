from babel.dates import get_day_names
from babel.lists import format_list

from odoo import fields, models
from odoo.tools.misc import babel_locale_parse

from odoo.addons.harvest_base.const import OPEN_PLACE_STATES, WEEKDAYS


class GrProgramEnrollment(models.Model):
    """A place in the words of a family."""

    _inherit = "gr.program.enrollment"

    def _is_open_place(self):
        """Whether the place is asked for, waited for or taken."""
        self.ensure_one()
        return self.state in OPEN_PLACE_STATES

    def _get_days_label(self):
        """Return the days of the week in the user's language."""
        self.ensure_one()
        days = [index for index, name in enumerate(WEEKDAYS) if self[name]]
        if len(days) == len(WEEKDAYS):
            return self.env._("Monday to Friday")
        locale = babel_locale_parse(self.env.lang)
        names = get_day_names("wide", locale=locale)
        return format_list([names[day] for day in days], locale=locale)

    def _get_signed_date(self):
        """Return the day of the signature where it was given."""
        self.ensure_one()
        place = self.with_context(tz=self.site_id.tz)
        return fields.Datetime.context_timestamp(place, self.signed_at).date()
