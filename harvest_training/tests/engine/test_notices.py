from datetime import date, datetime, time

import pytest

from odoo.addons.harvest_training import notices

SEVEN = time(7)
PACIFIC = "America/Los_Angeles"
WEDNESDAY = datetime(2026, 11, 18, 20, 0)  # 12:00 in Los Angeles


@pytest.mark.parametrize(
    ("kind", "mode", "expected"),
    [
        ("welcome", "weekly", WEDNESDAY),
        ("milestone", "at_once", WEDNESDAY),
        ("milestone", "daily", datetime(2026, 11, 19, 15, 0)),
        ("milestone", "weekly", datetime(2026, 11, 23, 15, 0)),
        ("overdue", "required", WEDNESDAY),
    ],
)
def test_send_time(kind, mode, expected):
    assert notices.send_time(kind, mode, WEDNESDAY, PACIFIC, SEVEN) == expected


def test_digest_of_the_same_morning_is_still_reached():
    early = datetime(2026, 11, 23, 14, 59)  # Monday 06:59
    late = datetime(2026, 11, 23, 15, 0)  # Monday 07:00
    assert notices.send_time("due", "weekly", early, PACIFIC, SEVEN) == late
    assert notices.send_time("due", "weekly", late, PACIFIC, SEVEN) == datetime(
        2026, 11, 30, 15, 0
    )


def test_digest_keeps_its_hour_when_the_clock_changes():
    before = datetime(2026, 3, 7, 16, 0)  # the night after, clocks go forward
    sent = notices.send_time("due", "daily", before, PACIFIC, SEVEN)
    assert sent == datetime(2026, 3, 8, 14, 0)


@pytest.mark.parametrize("zone", ["", "Nowhere/Land", "../etc"])
def test_unknown_zone_counts_as_utc(zone):
    sent = notices.send_time("due", "daily", WEDNESDAY, zone, SEVEN)
    assert sent == datetime(2026, 11, 19, 7, 0)


@pytest.mark.parametrize(
    ("left", "expected"),
    [(15, None), (14, 14), (4, 14), (3, 3), (0, 3), (-1, None)],
)
def test_due_step_is_the_tightest(left, expected):
    due = date(2026, 12, 24)
    today = date.fromordinal(due.toordinal() - left)
    assert notices.due_step(due, today, [14, 3]) == expected


@pytest.mark.parametrize(
    ("late", "expected"), [(-1, None), (0, None), (1, 1), (6, 1), (7, 7), (400, 21)]
)
def test_overdue_step_is_the_latest(late, expected):
    due = date(2026, 12, 24)
    today = date.fromordinal(due.toordinal() + late)
    assert notices.overdue_step(due, today, [1, 7, 21]) == expected


def test_reached_thresholds_ascend():
    assert notices.reached(74.99, [75, 25, 50]) == [25, 50]


def test_who_wants_little_gets_what_is_required():
    wanted = {kind for kind in notices.KINDS if notices.is_wanted(kind, "required")}
    assert "overdue" in wanted
    assert "milestone" not in wanted
    assert all(notices.is_wanted(kind, "weekly") for kind in notices.KINDS)
