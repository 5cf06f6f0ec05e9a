from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_clearance.reminding import due_step, new_steps, parse_steps

STEPS = (90, 60, 30, 7, 0)


@pytest.mark.parametrize(
    ("left", "step"),
    [
        (91, None),
        (90, 90),
        (61, 90),
        (60, 60),
        (8, 30),
        (7, 7),
        (1, 7),
        (0, 0),
        (-5, 0),
    ],
)
def test_the_step_is_the_last_one_passed(left, step):
    assert due_step(left, STEPS) == step


@pytest.mark.parametrize("text", ["a", "30,-1", "5000", "7.5"])
def test_a_wrong_list_of_days_is_refused(text):
    with pytest.raises(ValueError):
        parse_steps(text)


def test_days_are_read_in_any_order_and_once():
    assert parse_steps(" 7, 90;7 ,0") == (90, 7, 0)


@given(st.integers(-30, 120))
def test_each_step_is_told_once_whatever_days_the_machine_was_off(first):
    sent, told = set(), []
    for left in range(first, -31, -1):
        step = due_step(left, STEPS)
        fresh = new_steps([step] if step is not None else [], sent)
        told += fresh
        sent |= set(fresh)

    assert told == sorted(set(told), reverse=True)
    assert told[-1] == 0
