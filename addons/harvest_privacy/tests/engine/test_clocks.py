from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_privacy import clocks

FRIDAY = date(2026, 11, 20)
# Thanksgiving of 2026: Thursday 26 and Friday 27 November
THANKSGIVING = clocks.Calendar(
    closed=frozenset({date(2026, 11, 26), date(2026, 11, 27)}),
    known=frozenset(date(2026, 11, day) for day in range(20, 31)),
    school=frozenset({date(2026, 11, 20), date(2026, 11, 30)}),
)
DATES = st.dates(date(2020, 1, 1), date(2035, 1, 1))


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("records.inspect.business_days", "business_days"),
        ("records.inspect.ferpa_days", "days"),
        ("records.transfer.school_days", "school_days"),
        ("breach.vendor.hours", "hours"),
        ("rights.answer.months", "months"),
    ],
)
def test_a_key_names_its_unit(key, unit):
    assert clocks.unit_of(key) == unit


def test_a_key_without_unit_is_an_error():
    with pytest.raises(clocks.UnknownUnit):
        clocks.unit_of("breach.ag.threshold")


def test_business_days_skip_weekend_and_holidays():
    # Mon 23, Tue 24, Wed 25, (Thu, Fri closed), Mon 30, Tue 1 December
    due = clocks.last_day(FRIDAY, 5, "business_days", THANKSGIVING)
    assert due == date(2026, 12, 1)


def test_calendar_days_skip_nothing():
    assert clocks.last_day(FRIDAY, 45, "days", THANKSGIVING) == date(2027, 1, 4)


def test_school_days_are_the_calendars_and_else_business_days():
    # only Monday 30 has school; December is not known: business days count
    due = clocks.last_day(FRIDAY, 2, "school_days", THANKSGIVING)
    assert due == date(2026, 12, 1)


def test_hours_count_through_the_weekend():
    start = datetime(2026, 11, 20, 22, 0)
    due = clocks.last_moment(start, 72, "hours", THANKSGIVING)
    assert due == datetime(2026, 11, 23, 22, 0)


def test_a_day_ends_at_midnight():
    due = clocks.last_moment(datetime(2026, 11, 20, 8), 1, "days", THANKSGIVING)
    assert due == datetime(2026, 11, 21, 23, 59, 59)


def test_a_month_ends_with_the_month():
    assert clocks.last_day(date(2027, 1, 31), 1, "months", THANKSGIVING) == date(
        2027, 2, 28
    )


def test_a_calendar_without_days_is_an_error_and_no_loop():
    dark = clocks.Calendar(known=frozenset(FRIDAY + timedelta(n) for n in range(9999)))
    with pytest.raises(OverflowError):
        clocks.last_day(FRIDAY, 1, "school_days", dark)


@given(
    start=DATES,
    count=st.integers(1, 40),
    closed=st.sets(st.integers(0, 60), max_size=9),
)
def test_exactly_so_many_business_days_lie_after_the_event(start, count, closed):
    holidays = frozenset(start + timedelta(days=after) for after in closed)
    calendar = clocks.Calendar(closed=holidays)
    due = clocks.last_day(start, count, "business_days", calendar)
    assert calendar.is_business_day(due)
    assert clocks.days_left(start, due, calendar.is_business_day) == count
    assert clocks.days_left(due, start, calendar.is_business_day) == -count


@given(due=DATES, count=st.integers(1, 20))
def test_a_warning_comes_that_many_business_days_before(due, count):
    calendar = clocks.Calendar()
    warn = clocks.days_before(due, count, calendar.is_business_day)
    assert warn < due
    assert calendar.is_business_day(warn)


@pytest.mark.parametrize(
    ("today", "light"),
    [
        (date(2026, 11, 27), "ok"),
        (date(2026, 11, 28), "soon"),
        (date(2026, 12, 1), "soon"),
        (date(2026, 12, 2), "late"),
    ],
)
def test_light(today, light):
    due, warn = date(2026, 12, 1), date(2026, 11, 28)
    assert clocks.urgency(today, due, warn) == light


def test_no_due_date_has_no_light():
    assert clocks.urgency(FRIDAY, None, None) == "none"
