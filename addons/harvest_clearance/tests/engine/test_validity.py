"""Dates of requirements: examples that people can check, and laws that always hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_clearance.validity import (
    Due,
    Held,
    Renewal,
    Standing,
    State,
    Terms,
    YearClock,
    add_months,
    first_deadline,
    last_day,
    last_held_day,
    standing,
    window,
    worst,
)

CLOCK = YearClock([date(2024, 8, 12), date(2025, 8, 11), date(2026, 8, 17)])
MANDATED = Terms(
    due=Due.WEEKS, due_count=6, renewal=Renewal.WINDOW, window_weeks=6, soon_days=30
)
TWO_YEARS = Terms(renewal=Renewal.MONTHS, renewal_months=24, soon_days=30)
START = date(2025, 8, 11)

days = st.dates(date(2020, 1, 1), date(2032, 12, 31))
terms = st.builds(
    Terms,
    due=st.sampled_from(Due),
    due_count=st.integers(0, 12),
    renewal=st.sampled_from(Renewal),
    renewal_months=st.integers(1, 60),
    window_weeks=st.integers(1, 10),
    window_lead_weeks=st.integers(0, 6),
    grace_days=st.integers(0, 30),
    soon_days=st.integers(0, 90),
)
helds = st.builds(
    Held, issued=days, exempt=st.sampled_from([False, False, False, True]),
    revoked_on=st.none() | days,
)  # fmt: skip


def state(terms, helds, day, start=START):
    return standing(terms, helds, start, day, CLOCK).state


@pytest.mark.parametrize(
    ("issued", "months", "last"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 1, 15), 24, date(2027, 1, 15)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(issued, months, last):
    terms = Terms(renewal=Renewal.MONTHS, renewal_months=months)

    assert last_day(terms, Held(issued), CLOCK) == last


def test_it_holds_through_the_last_day_and_not_after():
    held = Held(date(2025, 9, 1), stated=date(2026, 6, 15))

    assert state(TWO_YEARS, [held], date(2026, 6, 15)) is State.DUE_SOON
    assert state(TWO_YEARS, [held], date(2026, 6, 16)) is State.EXPIRED


def test_the_date_on_the_card_wins_over_the_term():
    held = Held(date(2025, 1, 1), stated=date(2025, 6, 30))

    assert last_day(TWO_YEARS, held, CLOCK) == date(2025, 6, 30)


def test_a_window_covers_its_year_and_until_the_next_window_closes():
    held = Held(date(2025, 9, 1))  # in the window of 2025/26

    assert last_day(MANDATED, held, CLOCK) == date(2026, 9, 27)
    assert state(MANDATED, [held], date(2026, 9, 27)) is State.DUE_SOON
    assert state(MANDATED, [held], date(2026, 9, 28)) is State.EXPIRED


def test_a_course_in_may_does_not_cover_the_next_year():
    may = Held(date(2026, 5, 20))

    assert state(MANDATED, [may], date(2026, 9, 28)) is State.EXPIRED
    again = Held(date(2026, 9, 20))
    assert state(MANDATED, [may, again], date(2026, 9, 28)) is State.OK


def test_a_course_before_the_school_year_counts_only_within_the_lead():
    early = Held(date(2026, 8, 5))  # 12 days before the year begins
    led = Terms(renewal=Renewal.WINDOW, window_weeks=6, window_lead_weeks=2)

    assert last_day(MANDATED, early, CLOCK) == date(2026, 9, 27)
    assert last_day(led, early, CLOCK) == date(2027, 9, 27)


def test_who_is_hired_inside_the_window_has_six_weeks_all_the_same():
    start = date(2026, 9, 14)  # two weeks before the window closes

    assert state(MANDATED, [], date(2026, 10, 26), start) is State.DUE_SOON
    assert state(MANDATED, [], date(2026, 10, 27), start) is State.MISSING


def test_who_is_hired_after_the_window_has_six_weeks():
    start = date(2026, 2, 2)

    assert first_deadline(MANDATED, start, CLOCK) == date(2026, 3, 16)
    taken = Held(date(2026, 3, 10))
    assert last_day(MANDATED, taken, CLOCK) == date(2026, 9, 27)


def test_before_the_start_means_the_day_before():
    terms = Terms(due=Due.BEFORE)

    assert state(terms, [], START - timedelta(days=1)) is State.DUE_SOON
    assert state(terms, [], START) is State.MISSING


def test_a_new_law_counts_from_its_first_day_for_who_is_there():
    terms = Terms(due=Due.WEEKS, due_count=6, valid_from=date(2026, 7, 1))

    assert first_deadline(terms, date(2019, 1, 1), CLOCK) == date(2026, 8, 12)
    assert first_deadline(terms, date(2026, 9, 1), CLOCK) == date(2026, 10, 13)


def test_a_new_law_with_a_window_begins_at_its_first_window():
    law = Terms(
        due=Due.WEEKS,
        due_count=6,
        renewal=Renewal.WINDOW,
        window_weeks=6,
        valid_from=date(2026, 7, 1),
    )

    assert first_deadline(law, date(2019, 1, 1), CLOCK) == date(2026, 9, 27)
    assert first_deadline(law, date(2026, 9, 14), CLOCK) == date(2026, 10, 26)


def test_without_a_day_in_the_law_nobody_is_late():
    terms = Terms(due=Due.OPEN)

    assert standing(terms, [], START, date(2030, 1, 1), CLOCK) == Standing(
        State.NOT_DUE, None
    )


def test_grace_is_between_fine_and_over():
    terms = Terms(renewal=Renewal.MONTHS, renewal_months=12, grace_days=10)
    held = Held(date(2025, 3, 1))

    assert state(terms, [held], date(2026, 3, 1)) is State.DUE_SOON
    assert state(terms, [held], date(2026, 3, 11)) is State.GRACE
    assert state(terms, [held], date(2026, 3, 12)) is State.EXPIRED
    assert standing(terms, [held], START, date(2026, 3, 12), CLOCK).since == date(
        2026, 3, 2
    )


def test_an_old_first_credential_counts_only_when_transferred():
    tb = Terms(renewal=Renewal.MONTHS, renewal_months=48, max_age_days=60)
    old = date(2025, 6, 1)  # 71 days before the start

    assert state(tb, [Held(old)], START) is State.MISSING
    assert state(tb, [Held(old, transferred=True)], START) is State.OK
    assert state(tb, [Held(START - timedelta(days=60))], START) is State.OK


def test_exempt_does_not_end():
    held = Held(date(2010, 1, 1), exempt=True)
    tb = Terms(renewal=Renewal.MONTHS, renewal_months=48, max_age_days=60)

    assert state(tb, [held], date(2031, 1, 1)) is State.EXEMPT


def test_a_revoked_one_counts_until_its_day():
    held = Held(date(2025, 9, 1), revoked_on=date(2026, 1, 10))

    assert state(TWO_YEARS, [held], date(2026, 1, 9)) is State.OK
    assert state(TWO_YEARS, [held], date(2026, 1, 10)) is State.MISSING


def test_without_a_calendar_there_is_nothing_to_count_from():
    with pytest.raises(ValueError, match="no start"):
        YearClock([])


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (date(2025, 8, 10), date(2024, 8, 12)),
        (date(2025, 8, 11), date(2025, 8, 11)),
        (date(2026, 8, 14), date(2025, 8, 11)),  # 2026 begins later than usual
        (date(2026, 8, 17), date(2026, 8, 17)),
        (date(2030, 1, 1), date(2029, 8, 17)),
        (date(2020, 1, 1), date(2019, 8, 12)),
    ],
)
def test_a_day_falls_into_the_school_year_that_began_last(day, start):
    assert CLOCK.start_for(day) == start


def test_a_gap_in_the_calendar_does_not_stretch_a_year():
    clock = YearClock([date(2020, 8, 10), date(2026, 8, 17)])

    assert clock.next_start(date(2020, 8, 10)) == date(2021, 8, 10)
    assert clock.start_for(date(2024, 1, 1)) == date(2023, 8, 10)


def test_the_worst_of_assignments_counts():
    fine = Standing(State.OK, date(2027, 1, 1))
    gone = Standing(State.EXPIRED, date(2026, 1, 1))

    assert worst([fine, gone, fine]) == gone


@given(day=days)
def test_years_follow_each_other_without_gap_or_overlap(day):
    start = CLOCK.start_for(day)

    assert start <= day < CLOCK.next_start(start)
    assert CLOCK.start_for(start) == start


@given(terms=terms, held=st.lists(helds, max_size=4), day=days)
def test_another_credential_never_makes_it_worse(terms, held, day):
    before = standing(terms, held, START, day, CLOCK)
    more = [*held, Held(day)]
    after = standing(terms, more, START, day, CLOCK)

    assert not (after.state.blocks and not before.state.blocks)


@given(terms=terms, held=st.lists(helds, max_size=4), day=days)
def test_order_of_credentials_does_not_matter(terms, held, day):
    one = standing(terms, held, START, day, CLOCK)
    other = standing(terms, held[::-1], START, day, CLOCK)

    assert (one.state, one.deadline, one.expires) == (
        other.state, other.deadline, other.expires,
    )  # fmt: skip


@given(terms=terms, held=helds, day=days)
def test_nothing_that_was_issued_later_counts(terms, held, day):
    if held.issued > day:
        alone = standing(terms, [], START, day, CLOCK)
        assert standing(terms, [held], START, day, CLOCK) == alone


@given(terms=terms, held=st.lists(helds, max_size=4), day=days)
def test_it_blocks_exactly_after_deadline_and_grace(terms, held, day):
    found = standing(terms, held, START, day, CLOCK)
    over = found.deadline is not None and day > found.deadline + timedelta(
        days=terms.grace_days
    )

    assert found.state.blocks == over


@given(terms=terms, held=helds)
def test_a_credential_holds_from_the_day_of_issue(terms, held):
    end = last_day(terms, held, CLOCK)

    assert end is None or end >= held.issued


@given(terms=terms, year=st.sampled_from(CLOCK.starts))
def test_a_window_is_as_long_as_its_weeks(terms, year):
    first, last = window(terms, year)

    assert (last - first).days + 1 == 7 * (terms.window_weeks + terms.window_lead_weeks)


@given(terms=terms, held=st.lists(helds, max_size=4), day=days)
def test_a_holder_of_a_site_really_holds_it(terms, held, day):
    end = last_held_day(terms, held, day, CLOCK)
    state = standing(terms, held, START, day, CLOCK).state

    if end is not None and end >= day:
        assert not state.blocks


@given(day=days, months=st.integers(0, 120))
def test_months_go_forward_by_at_most_a_month_too_little(day, months):
    end = add_months(day, months)

    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day <= day.day
