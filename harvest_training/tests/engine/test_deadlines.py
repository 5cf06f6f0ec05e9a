"""Days end where people are, summer time or not."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_training import deadlines

LA = "America/Los_Angeles"


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 7, 1), datetime(2026, 7, 2, 7)),  # summer: UTC-7
        (date(2026, 12, 1), datetime(2026, 12, 2, 8)),  # winter: UTC-8
        (date(2026, 3, 8), datetime(2026, 3, 9, 7)),  # the day of 23 hours
        (date(2026, 3, 7), datetime(2026, 3, 8, 8)),
        (date(2026, 11, 1), datetime(2026, 11, 2, 8)),  # the day of 25 hours
        (date(2026, 10, 31), datetime(2026, 11, 1, 7)),
    ],
)
def test_a_day_ends_at_the_midnight_there(day, end):
    assert deadlines.end_of_day(day, LA) == end


@settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dates(date(2000, 1, 1), date(2099, 1, 1)),
    st.sampled_from([LA, "America/Phoenix", "UTC", "Asia/Kolkata", "Pacific/Auckland"]),
)
def test_the_last_moment_is_of_the_day_and_the_end_is_of_the_next(day, zone):
    end = deadlines.end_of_day(day, zone)
    before = end - timedelta(seconds=1)
    assert deadlines.local_day(before, zone) == day
    assert deadlines.local_day(end, zone) == day + timedelta(days=1)


def test_a_session_keeps_its_hour_when_summer_time_ends():
    first = datetime(2026, 10, 28, 23)  # 4 pm in Los Angeles, UTC-7
    later = deadlines.shift_days(first, 7, LA)
    assert later == datetime(2026, 11, 5, 0)
    local = later.replace(tzinfo=UTC).astimezone(ZoneInfo(LA))
    assert (local.day, local.hour) == (4, 16)


@pytest.mark.parametrize(
    ("policy", "days_late", "taken"),
    [
        ("never", 0, True),
        ("never", 1, False),
        ("days", 2, True),
        ("days", 3, False),
        ("always", 99, True),
    ],
)
def test_late_homework_is_taken_as_the_policy_says(policy, days_late, taken):
    due = date(2026, 11, 1)
    noon = datetime(2026, 11, 1, 20) + timedelta(days=days_late)
    assert deadlines.may_hand_in(due, noon, LA, policy, 2) is taken


def test_without_a_due_day_there_is_no_end():
    assert deadlines.may_hand_in(None, datetime(2099, 1, 1), LA, "never", 0)
