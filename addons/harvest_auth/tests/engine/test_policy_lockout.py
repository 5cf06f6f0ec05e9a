"""Counting wrong guesses: waits, locks, and what a right password forgets."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_auth.policy.lockout import (
    Counter,
    Limits,
    attempt,
    succeeded,
)

LIMITS = Limits(
    delay_from=5, delay_max=30, lock_after=10, lock_seconds=900, lock_max=14400,
    forget=86400,
)  # fmt: skip
START = 1_000_000.0


def guess(counter, times, now=START, limits=LIMITS):
    """Guess wrongly, waiting as long as asked; return the last attempt and the time."""
    for _guess in range(times):
        now += counter.wait(now)
        done = attempt(counter, limits, now)
        assert done.allowed
        counter = done.counter
    return done, now


def test_four_typos_cost_nothing():
    done, now = guess(Counter(), 4)
    assert now == START
    assert done.counter.wait(now) == 0


def test_waits_double_and_are_bounded():
    counter, now, waits = Counter(), START, []
    for _guess in range(9):
        counter = attempt(counter, LIMITS, now).counter
        waits.append(counter.wait(now))
        now += waits[-1]
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16]


def test_the_tenth_locks_and_says_so_once():
    done, now = guess(Counter(), 10)
    assert done.locked
    assert done.counter.wait(now) == 900
    sent_away = attempt(done.counter, LIMITS, now + 899)
    assert not sent_away.allowed
    assert not sent_away.locked
    assert sent_away.wait == 1
    assert sent_away.counter == done.counter  # trying meanwhile prolongs nothing


def test_each_lock_is_twice_as_long_and_none_is_for_ever():
    counter, now, locks = Counter(), START, []
    while len(locks) < 6:
        now += counter.wait(now)
        done = attempt(counter, LIMITS, now)
        counter = done.counter
        if done.locked:
            locks.append(counter.wait(now))
    assert locks == [900, 1800, 3600, 7200, 14400, 14400]


def test_a_day_of_peace_forgets_all():
    done, now = guess(Counter(), 10)
    later = attempt(done.counter, LIMITS, now + 86401)
    assert later.counter == Counter(failures=1, last=now + 86401)


def test_success_forgets_the_account_and_one_guess_of_the_network():
    done, now = guess(Counter(), 7)
    assert succeeded(done.counter, own=True) == Counter()
    network = succeeded(done.counter, own=False)
    assert network.failures == 6
    assert network.wait(now) == 0


def test_break_glass_waits_and_is_never_locked():
    limits = Limits(**{**LIMITS.__dict__, "locks": False})
    done, now = guess(Counter(), 200, limits=limits)
    assert not done.locked
    assert done.counter.wait(now) == LIMITS.delay_max


@given(st.lists(st.floats(0, 3600), max_size=60))
def test_never_more_than_a_hundred_guesses_a_day(pauses):
    """NIST SP 800-63B-4 §3.2.2: no more than 100 consecutive failures."""
    counter, now, looked_at = Counter(), START, 0
    for pause in [*pauses, *[0.0] * 5000]:
        now += pause
        if now > START + 86400:
            break
        done = attempt(counter, LIMITS, now)
        counter = done.counter
        looked_at += done.allowed
        now += done.wait
    assert looked_at <= 100


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_lock_always_ends(failures, locks):
    counter = Counter(failures=failures, locks=locks, last=START)
    done = attempt(counter, LIMITS, START)
    assert 0 <= done.counter.wait(START) <= LIMITS.lock_max
