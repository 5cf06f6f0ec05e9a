import itertools
from datetime import date, timedelta

import pytest

from odoo.addons.harvest_training.dashboard import (
    COHORT_WEEKS,
    Period,
    cohorts,
    recent_period,
)

YEAR = Period(date(2025, 8, 15), date(2026, 6, 30))


def test_months_cover_the_period_without_gap_or_overlap():
    months = list(YEAR.months())

    assert months[0] == Period(date(2025, 8, 15), date(2025, 8, 31))
    assert months[-1] == Period(date(2026, 6, 1), date(2026, 6, 30))
    for before, after in itertools.pairwise(months):
        assert after.start == before.end + timedelta(days=1)


def test_a_period_within_one_month_is_one_month():
    period = Period(date(2026, 2, 3), date(2026, 2, 3))

    assert list(period.months()) == [period]


def test_an_ended_period_before_its_start_has_no_month():
    assert not list(Period(date(2026, 3, 1), date(2026, 2, 1)).months())


@pytest.mark.parametrize(
    ("name", "today", "start"),
    [
        ("last_12_months", date(2026, 3, 1), date(2025, 3, 2)),
        ("last_12_months", date(2024, 2, 29), date(2023, 3, 1)),
        ("last_90_days", date(2026, 3, 31), date(2026, 1, 1)),
    ],
)
def test_recent_periods_end_today(name, today, start):
    assert recent_period(name, today) == Period(start, today)


def test_an_unknown_period_is_an_error():
    with pytest.raises(ValueError, match="soon"):
        recent_period("soon", date(2026, 1, 1))


def test_a_cohort_counts_who_completed_by_each_week():
    counts = [(date(2025, 9, 1), 1, 2), (date(2025, 9, 1), 4, 3)]
    counts += [(date(2025, 9, 1), 30, 1), (date(2025, 9, 1), None, 4)]

    (found,) = cohorts(YEAR, counts, date(2026, 6, 30))

    assert found.period == Period(date(2025, 9, 1), date(2025, 9, 30))
    assert found.size == 10
    assert dict(zip(COHORT_WEEKS, found.done, strict=True)) == {
        2: 2, 4: 5, 8: 5, 12: 5, 26: 5,
    }  # fmt: skip


def test_a_cohort_tells_nothing_before_its_last_member_had_the_time():
    counts = [(date(2026, 5, 1), 1, 1)]
    last = date(2026, 5, 31)

    (young,) = cohorts(YEAR, counts, last + timedelta(weeks=2))
    (older,) = cohorts(YEAR, counts, last + timedelta(weeks=2, days=1))

    assert young.done == (None,) * len(COHORT_WEEKS)
    assert older.done == (1, None, None, None, None)
