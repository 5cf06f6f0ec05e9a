from datetime import date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_privacy.standing import (
    ONE_SUFFICES,
    Decision,
    Standing,
    settle,
)

DAY = date(2026, 11, 20)


def decided(key, party, decision, *, day=date(2026, 8, 10), until=None, version=1):
    at = datetime(day.year, day.month, day.day, 12)
    return Decision(key, party, decision, at, day, until, version)


def test_nobody_was_asked():
    assert settle([], DAY) == Standing("missing")


def test_one_consent_permits_until_its_last_day():
    rows = [decided(1, "mother", "given", until=DAY)]
    assert settle(rows, DAY) == Standing("given", (1,), DAY)
    assert settle(rows, date(2026, 11, 21)).state == "expired"


def test_a_withdrawal_ends_the_own_consent():
    rows = [
        decided(1, "mother", "given"),
        decided(2, "mother", "withdrawn", day=date(2026, 10, 1)),
    ]
    assert settle(rows, DAY) == Standing("withdrawn", (2,))
    # What was so before stays so: withdrawal looks forward only.
    assert settle(rows, date(2026, 9, 30)).permits


def test_parents_who_disagree_are_a_conflict_which_permits_nothing():
    rows = [decided(1, "mother", "given"), decided(2, "father", "refused")]
    found = settle(rows, DAY)
    assert found == Standing("conflict", (1, 2))
    assert not found.permits


def test_the_later_parent_does_not_win():
    rows = [
        decided(1, "father", "refused"),
        decided(2, "mother", "given", day=date(2026, 11, 1)),
    ]
    assert settle(rows, DAY).state == "conflict"


def test_a_purpose_may_say_that_one_parent_is_enough():
    rows = [decided(1, "mother", "given"), decided(2, "father", "refused")]
    assert settle(rows, DAY, disagreement=ONE_SUFFICES).permits


def test_a_new_text_can_ask_anew():
    rows = [decided(1, "mother", "given", version=1)]
    assert settle(rows, DAY, least_version=2) == Standing("outdated", (1,))
    # A refusal of the old text stays a refusal.
    rows.append(decided(2, "mother", "refused", version=1, day=date(2026, 9, 1)))
    assert settle(rows, DAY, least_version=2).state == "refused"


ROWS = st.lists(
    st.builds(
        decided,
        st.integers(1, 99),
        st.sampled_from(["mother", "father", "student"]),
        st.sampled_from(["given", "refused", "withdrawn"]),
        day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        until=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        version=st.integers(1, 3),
    ),
    unique_by=lambda row: row.key,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 3))
def test_it_permits_only_with_a_living_consent_and_no_voice_against(rows, day, least):
    found = settle(rows, day, least_version=least)
    last = {}
    for row in sorted(rows, key=lambda row: (row.at, row.key)):
        if row.day_from <= day:
            last[row.party] = row
    living = [
        row
        for row in last.values()
        if row.decision == "given"
        and (row.day_to is None or row.day_to >= day)
        and row.version >= least
    ]
    against = [row for row in last.values() if row.decision != "given"]
    assert found.permits == (bool(living) and not against)
