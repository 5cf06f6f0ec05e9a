"""The next step of a sign-in, for every level and every set of factors."""

from datetime import date
from itertools import product

import pytest

from odoo.addons.harvest_auth.policy.mfa import (
    LEVELS,
    Factors,
    deadline,
    next_step,
    strictest,
)

TODAY = date(2026, 11, 2)
APP, KEY, MAIL = Factors(app=True), Factors(passkey=True), Factors(email=True)
BOTH = Factors(app=True, passkey=True)


def step(level, factors, last_day=None):
    return next_step(level, factors, last_day, TODAY)


@pytest.mark.parametrize(
    ("level", "factors", "expected"),
    [
        ("none", Factors(), "done"),
        ("none", APP, "app"),
        ("none", KEY, "passkey"),
        ("none", MAIL, "done"),
        ("any", Factors(), "enroll"),
        ("any", MAIL, "email"),
        ("any", APP, "app"),
        ("device", MAIL, "enroll"),
        ("device", APP, "app"),
        ("device", KEY, "passkey"),
        ("device", BOTH, "app"),
        ("passkey", APP, "enroll"),
        ("passkey", BOTH, "passkey"),
        ("passkey", KEY, "passkey"),
    ],
)
def test_next_step(level, factors, expected):
    assert step(level, factors) == expected


def test_grace_invites_until_its_last_day():
    assert step("device", Factors(), TODAY) == "invite"
    assert step("device", Factors(), date(2026, 11, 1)) == "enroll"
    assert deadline(None, 14, TODAY) == date(2026, 11, 15)
    assert deadline(date(2026, 10, 1), 14, TODAY) == date(2026, 10, 14)
    assert deadline(None, 0, TODAY) < TODAY  # no grace at all


@pytest.mark.parametrize(
    ("level", "app", "passkey", "email"),
    list(product(LEVELS[1:], *[(False, True)] * 3)),
)
def test_a_password_alone_is_never_enough_once_grace_is_over(
    level, app, passkey, email
):
    assert step(level, Factors(app, passkey, email)) not in ("done", "invite")


def test_the_strictest_group_counts():
    assert strictest(["none", "passkey", "any"]) == "passkey"
    assert strictest([]) == "none"
