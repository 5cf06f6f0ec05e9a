"""The end of a session."""

from odoo.addons.harvest_auth.policy.sessions import (
    SessionLimits,
    is_worth_writing,
    strictest,
    why_over,
)

LIMITS = SessionLimits(idle=900, absolute=43200)


def test_idle_and_absolute():
    assert why_over(LIMITS, 0, 0, 899) is None
    assert why_over(LIMITS, 0, 0, 900) == "idle"
    assert why_over(LIMITS, 0, 43000, 43199) is None
    assert why_over(LIMITS, 0, 43199, 43200) == "absolute"


def test_no_limit_is_no_limit():
    assert why_over(SessionLimits(), 0, 0, 10**9) is None


def test_the_strictest_group_counts():
    groups = [SessionLimits(1800, 0), SessionLimits(900, 86400), SessionLimits(0, 3600)]
    assert strictest(groups) == SessionLimits(900, 3600)
    assert strictest([]) == SessionLimits()


def test_a_clock_put_back_ends_nothing_and_is_written():
    assert why_over(LIMITS, 5000, 5000, 1000) is None
    assert is_worth_writing(5000, 1000)
    assert not is_worth_writing(1000, 1059)
    assert is_worth_writing(1000, 1060)
