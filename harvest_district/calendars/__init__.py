"""The calendar engine: iCalendar in, changes of days out. Plain Python, no ORM.

bytes → ``read_calendar`` → ``expand`` → ``classify`` by rules → ``wish`` (one event a
date) → ``plan`` against what is there. See ``docs/user-guide/calendar.md``.
"""

from .expand import DayEvent, expand
from .fetch import CalendarAnswer, fetch_calendar
from .ical import CalendarLimits, UnreadableCalendar, read_calendar
from .plan import Change, DayNow, is_mass_withdrawal, plan
from .rules import ALL_DAY, ANY, IGNORE, TIMED, Rule, classify
from .wish import Unmatched, Wishes, wish
