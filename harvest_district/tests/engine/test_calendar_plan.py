"""Rules, precedence, and what changes: the laws of a re-sync."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_district.calendars import (
    IGNORE,
    DayEvent,
    DayNow,
    Rule,
    is_mass_withdrawal,
    plan,
    wish,
)
from odoo.addons.harvest_district.calendars.plan import (
    BY_HAND,
    CHANGE,
    CREATE,
    KEEP,
    LONG,
    MINE,
    OTHER,
    OTHERS,
    PAST,
    WITHDRAW,
)

from .calendars import FIRST, LAST

MONDAY = date(2026, 11, 9)
RULES = [
    Rule(1, IGNORE, "board meeting; *break begins"),
    Rule(2, "closure", "closed*"),
    Rule(3, "program", "program day*"),
    Rule(4, "holiday", "no school; winter break; día festivo", when="all_day"),
    Rule(5, "early_release", "min* day; early release", category=""),
    Rule(6, "instructional", category="make-up"),
    Rule(7, "closure", "Lincoln snow day", site=7),
]


def happening(summary, first=MONDAY, days=1, all_day=True, categories=(), uid=None):
    last = first + timedelta(days=days - 1)
    return DayEvent(uid or summary, summary, categories, all_day, first, last)


def kind(*events, day=MONDAY, site=None):
    found = wish(events, RULES, FIRST, LAST).days.get((site, day))
    return found and found.day_type


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("NO SCHOOL – Veterans’ Day", "holiday"),
        ("No-School Day", "holiday"),
        ("Dia Festivo: Revolución", "holiday"),
        ("Minimum Day", "early_release"),
        ("Min. Day (conferences)", "early_release"),
        ("Admin Day", None),  # “min day” is not a part of another word
        ("Board Meeting – no school", None),  # the first rule that matches decides
        ("Winter Break Begins", None),
        ("Know School", None),
        ("", None),
    ],
)
def test_phrases_are_whole_words_in_any_spelling(summary, expected):
    assert kind(happening(summary)) == expected


def test_conditions_hold_together():
    assert kind(happening("No School", all_day=False)) is None
    assert kind(happening("Saturday", categories=("Make-Up",))) == "instructional"


def test_a_rule_may_speak_of_a_site():
    event = happening("Lincoln snow day")
    assert kind(event, site=7) == "closure"
    assert kind(event) is None


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("Closed: smoke", 5), ("No School", 1)], "closure"),
        ([("Minimum Day", 1), ("No School", 10)], "holiday"),
        ([("Program Day", 5), ("Winter Break", 10)], "program"),
        ([("Program Day", 5), ("No School", 1)], "holiday"),
        ([("Program Day", 1), ("No School", 1)], "holiday"),
    ],
)
def test_precedence(events, expected):
    happenings = [happening(summary, days=days) for summary, days in events]
    assert kind(*happenings) == kind(*reversed(happenings)) == expected


def test_what_else_falls_on_the_date_is_told():
    found = wish([happening("No School"), happening("Minimum Day")], RULES, FIRST, LAST)
    assert found.days[None, MONDAY].also == ("Minimum Day",)


def test_what_no_rule_knows_is_listed_once():
    events = [happening("A Day", MONDAY + timedelta(days=d)) for d in (2, 1, 4)]
    events += [happening("Board Meeting")]
    found = wish(events, RULES, FIRST, LAST)
    [unmatched] = found.unmatched
    assert (unmatched.summary, unmatched.count) == ("A Day", 3)
    assert unmatched.first == MONDAY + timedelta(days=1)
    assert found.ignored == 1
    assert not found.days


# WHAT CHANGES


def changes(now=None, *events, today=FIRST, automatic=False):
    wanted = wish(events, RULES, FIRST, LAST).days
    known = {(None, MONDAY): now} if now else {}
    return plan(wanted, known, today, automatic)


NO_SCHOOL = happening("No School")


@pytest.mark.parametrize(
    ("now", "expected", "conflict"),
    [
        (None, CREATE, ""),
        (DayNow("instructional", pattern="instructional"), CHANGE, ""),
        (DayNow("holiday", "No School", MINE, "instructional"), KEEP, ""),
        (DayNow("holiday", "Old name", MINE, "instructional"), CHANGE, ""),
        (DayNow("instructional", "Make-up", "", "instructional"), CHANGE, BY_HAND),
        (DayNow("early_release", pattern="instructional"), CHANGE, BY_HAND),
        (DayNow("instructional"), CHANGE, BY_HAND),  # nobody knows who made it
        (DayNow("holiday", "My words"), KEEP, ""),
        (DayNow("closure", "Smoke", OTHERS), CHANGE, OTHER),
        (DayNow("holiday", "Theirs", OTHERS), KEEP, ""),
    ],
)
def test_whose_day_it_is(now, expected, conflict):
    [change] = changes(now, NO_SCHOOL)
    assert (change.kind, change.conflict) == (expected, conflict)


@pytest.mark.parametrize("pattern", ["instructional", ""])
def test_a_withdrawn_event_gives_the_date_back(pattern):
    [change] = changes(DayNow("holiday", "No School", MINE, pattern))
    assert (change.kind, change.to_type, change.conflict) == (WITHDRAW, pattern, "")


def test_what_others_made_is_not_withdrawn():
    assert changes(DayNow("holiday", "Theirs", OTHERS)) == []
    assert changes(DayNow("holiday", "By hand")) == []


def test_what_is_over_waits_for_a_person():
    later = MONDAY + timedelta(days=1)
    [made] = changes(None, NO_SCHOOL, today=later)
    assert made.conflict == ""  # a person looks at it
    [made] = changes(None, NO_SCHOOL, today=later, automatic=True)
    assert made.conflict == PAST
    [gone] = changes(DayNow("holiday", "X", MINE), today=later)
    assert gone.conflict == PAST
    [today] = changes(None, NO_SCHOOL, today=MONDAY, automatic=True)
    assert today.conflict == ""


def test_an_event_of_half_a_year_is_doubted():
    found = changes(None, happening("No School", days=150))
    assert {change.conflict for change in found} == {LONG}


def test_a_mass_withdrawal_is_noticed():
    known = {
        (None, MONDAY + timedelta(days=d)): DayNow("holiday", "X", MINE)
        for d in range(10)
    }
    gone = plan({}, known, FIRST)
    assert is_mass_withdrawal(gone, 10, share=0.2, floor=5)
    assert not is_mass_withdrawal(gone, 100, share=0.2, floor=5)
    assert not is_mass_withdrawal(gone[:4], 4, share=0.2, floor=5)


DATES = st.integers(0, 13).map(lambda place: MONDAY + timedelta(days=place))
EVENTS = st.lists(
    st.builds(
        happening,
        st.sampled_from(["No School", "Minimum Day", "Closed", "Program Day", "Gala"]),
        DATES,
        st.integers(1, 6),
        uid=st.uuids().map(str),
    ),
    max_size=8,
)
TYPES = st.sampled_from(["instructional", "early_release", "holiday", "program"])
DAYS = st.dictionaries(
    DATES.map(lambda day: (None, day)),
    st.builds(
        DayNow,
        TYPES,
        st.sampled_from(["", "By hand"]),
        st.sampled_from(["", OTHERS]),
        st.sampled_from(["", "instructional"]),
    ),
    max_size=10,
)


def applied(known, made):
    """Days as they are after all changes without a conflict, as the models do it."""
    result = dict(known)
    for change in made:
        key = (change.site, change.date)
        pattern = known[key].pattern if key in known else ""
        if change.conflict or change.kind == KEEP:
            continue
        if change.kind != WITHDRAW:
            result[key] = DayNow(change.to_type, change.to_note, MINE, pattern)
        elif change.to_type:
            result[key] = DayNow(change.to_type, pattern=pattern)
        else:
            del result[key]
    return result


def run(known, events):
    wanted = wish(events, RULES, FIRST, LAST).days
    made = plan(wanted, known, FIRST)
    return made, applied(known, made)


@given(DAYS, EVENTS)
def test_reading_again_changes_nothing(known, events):
    _made, after = run(known, events)
    again, same = run(after, events)
    assert same == after
    assert all(change.kind == KEEP or change.conflict for change in again)


@given(DAYS, EVENTS)
def test_taking_all_events_back_restores_what_was_there(known, events):
    _made, after = run(known, events)
    _made, back = run(after, [])
    assert back == known


@given(DAYS, EVENTS, EVENTS)
def test_the_way_there_does_not_matter(known, first, then):
    """A calendar that changed leads to the same days as the new one at once."""
    _made, middle = run(known, first)
    assert run(middle, then)[1] == run(known, then)[1]


@given(DAYS, EVENTS)
def test_only_days_of_nobody_change(known, events):
    _made, after = run(known, events)
    for key, now in known.items():
        if not now.is_plain:
            assert after[key] == now


@given(EVENTS)
def test_the_order_of_events_does_not_matter(events):
    one = wish(events, RULES, FIRST, LAST).days
    other = wish(reversed(events), RULES, FIRST, LAST).days
    assert one == other
