from datetime import UTC
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time

from odoo import fields, models
from odoo.tools import babel_locale_parse

from .. import session_ics


class GrCourseSession(models.Model):
    """A session in the words of the learner's pages."""

    _inherit = "gr.course.session"

    def _get_when(self):
        """Return day and time by the clocks of the place, in the reader's language."""
        self.ensure_one()
        zone = ZoneInfo(self.tz or "UTC")
        locale = babel_locale_parse(self.env.lang)
        start, stop = (
            moment.replace(tzinfo=UTC).astimezone(zone)
            for moment in (self.date_start, self.date_end)
        )
        day = format_skeleton("yMMMEd", start, locale=locale)
        first, last = (
            format_time(moment, "short", locale=locale) for moment in (start, stop)
        )
        return f"{day}, {first} – {last}"

    def _get_ics(self):
        """Return the session as an iCalendar file."""
        self.ensure_one()
        return session_ics.build(
            f"gr-course-session-{self.id}@{self.env.cr.dbname}",
            self.name,
            self.date_start,
            self.date_end,
            place=self._get_place_label() or "",
            url=self.online_url or "",
            stamp=self.write_date or fields.Datetime.now(),
        )
