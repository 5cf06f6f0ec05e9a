"""How far a learner is: the definition, by example and by property."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_training.progress import Part, average, overall, status

# A busy machine draws slowly; that says nothing about the definition.
patient = settings(
    deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
percent = st.floats(0, 100, allow_nan=False)
parts = st.lists(
    st.builds(
        Part, st.sampled_from([0, 0.5, 1, 2]), st.integers(0, 9), st.integers(0, 5)
    ),
    min_size=1,
    max_size=4,
)


def test_a_part_that_the_course_does_not_have_is_left_out():
    assert overall([Part(1, 50, 100), Part(1, 0, 0)]) == 50


def test_weights_keep_their_proportion():
    assert overall([Part(3, 100, 100), Part(1, 0, 2)]) == 75


def test_more_than_asked_for_is_all():
    assert overall([Part(1, 5, 2)]) == 100


def test_two_decimals_half_up():
    assert overall([Part(1, 1, 3)]) == 33.33
    assert overall([Part(1, 2, 3)]) == 66.67
    assert average([(1, 0.01), (1, 0)]) == 0.01  # 0.005


def test_a_course_without_weights_is_measured_by_elearning():
    assert overall([Part(0, 40, 100), Part(0, 1, 1)]) == 40


def test_a_program_without_weights_counts_its_courses_alike():
    assert average([(0, 100), (0, 0)]) == 50
    assert average([]) == 0


@pytest.mark.parametrize(
    ("progress", "threshold", "has_begun", "expected"),
    [
        (0, 100, False, "not_started"),
        (0, 100, True, "in_progress"),
        (79.99, 80, True, "in_progress"),
        (80, 80, True, "completed"),
        (100, 100, False, "completed"),
    ],
)
def test_status(progress, threshold, has_begun, expected):
    assert status(progress, threshold, has_begun) == expected


@patient
@given(parts)
def test_overall_is_a_percentage(given_parts):
    assert 0 <= overall(given_parts) <= 100


@patient
@given(parts, st.integers(0, 3))
def test_doing_more_never_costs_progress(given_parts, index):
    index %= len(given_parts)
    part = given_parts[index]
    more = [*given_parts]
    more[index] = Part(part.weight, part.done + 1, part.required)
    assert overall(more) >= overall(given_parts)


@patient
@given(parts)
def test_all_done_is_all(given_parts):
    done = [Part(part.weight, part.required, part.required) for part in given_parts]
    if any(part.required for part in done):
        assert overall(done) == 100


@patient
@given(st.lists(st.tuples(st.sampled_from([0, 1, 2.5]), percent), min_size=1))
def test_an_average_lies_between(pairs):
    values = [round(value, 2) for _weight, value in pairs]
    assert min(values) - 0.01 <= average(pairs) <= max(values) + 0.01
