"""The proof finds what differs, all of it and nothing else, and never rounds up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_district.sis import kinds
from odoo.addons.harvest_district.sis.proof import (
    ACTIVE,
    GRADE,
    GUARDIANS,
    LEFT,
    NO_SITE,
    ONLY_HERE,
    ONLY_THERE,
    SCHOOL,
    STATUS,
    Mismatch,
    Place,
    compare,
    facts_of,
    judgeable,
    make_fact,
    percent,
    unknown_key,
)

from .rosters import AS_OF, small_roster, snapshot

SITES = {"A": "1", "B": "2"}
ADULTS = {f"g{n}": f"p{n}" for n in range(12)}
ALL = {kinds.STUDENT, kinds.SCHOOL_ENROLLMENT, kinds.GUARDIANSHIP}

KEYS = st.sampled_from("1234")
FACTS = st.builds(
    make_fact,
    st.just(ACTIVE),
    st.lists(st.tuples(KEYS, st.sampled_from(["01", "02"])), max_size=2),
    st.lists(st.sampled_from(["p1", "p2", "p|%"]), max_size=2),
)
IDS = st.sampled_from(["1", "01", "a", "b", "a|b", "a%7Cb", "ñ", "Ñ", "?1", "%"])
DISTRICTS = st.dictionaries(IDS, FACTS, max_size=8)


def change_grade(fact):
    place, *others = fact.places
    return fact._replace(places=(place._replace(grade="09"), *others))


def change_school(fact):
    return fact._replace(places=(*fact.places, Place("9", "01")))


PLANT = {
    ONLY_THERE: lambda _fact: None,
    STATUS: lambda fact: fact._replace(status=LEFT),
    SCHOOL: change_school,
    GRADE: change_grade,
    GUARDIANS: lambda fact: fact._replace(guardians=(*fact.guardians, "z")),
}


def found(proof):
    return sorted((line.student_id, line.what) for line in proof.mismatches)


@given(DISTRICTS)
def test_equal_sides_are_one_hundred_percent(facts):
    proof = compare(facts, dict(reversed(facts.items())))
    assert not proof.mismatches
    assert proof.percent == 100
    assert all(
        line.hash_there == line.hash_here and line.percent == 100
        for line in proof.sites
    )


@given(DISTRICTS, st.data())
def test_planted_differences_are_found_exactly(facts, data):
    here, planted = dict(facts), []
    for student_id, fact in facts.items():
        kinds_here = [what for what in PLANT if what != GRADE or fact.places]
        for what in data.draw(st.sets(st.sampled_from(kinds_here), max_size=2)):
            if here.get(student_id) is None:
                continue
            changed = PLANT[what](here[student_id])
            if changed is None:
                planted = [line for line in planted if line[0] != student_id]
                del here[student_id]
            else:
                here[student_id] = changed
            planted.append((student_id, what))
    proof = compare(facts, here)
    assert found(proof) == sorted(planted)
    assert proof.total == len(facts)
    assert proof.matching == len(facts) - len({line[0] for line in planted})
    assert (proof.percent == 100) == (not planted)


@given(DISTRICTS, DISTRICTS)
def test_what_one_side_lacks_the_other_has_too_much(there, here):
    one, other = compare(there, here), compare(here, there)
    swapped = {ONLY_THERE: ONLY_HERE, ONLY_HERE: ONLY_THERE}
    assert sorted(
        (line.student_id, swapped.get(line.what, line.what)) for line in one.mismatches
    ) == found(other)
    assert one.percent == other.percent


@given(DISTRICTS, DISTRICTS)
def test_hashes_of_a_site_are_equal_exactly_when_its_rows_are(there, here):
    for line in compare(there, here).sites:
        assert (line.hash_there == line.hash_here) == (line.matching == line.total)


@pytest.mark.parametrize(
    ("matching", "total", "shown"),
    [
        (0, 0, 100.0),
        (0, 5, 0.0),
        (9_999, 10_000, 99.9),
        (999_999, 1_000_000, 99.9),
        (1_000_000, 1_000_000, 100.0),
        (2, 3, 66.6),
    ],
)
def test_percent_is_rounded_down(matching, total, shown):
    assert percent(matching, total) == shown


def test_who_left_here_and_is_not_listed_there_is_on_neither_side():
    gone = make_fact(LEFT, [("1", "03")], [])
    assert compare({}, {"s": gone}).total == 0


def test_a_second_school_counts_at_both_and_the_student_once():
    both = make_fact(ACTIVE, [("1", "03"), ("2", "03")], [])
    one = make_fact(ACTIVE, [("1", "03")], [])
    proof = compare({"s": both}, {"s": one})
    assert (proof.total, proof.matching) == (1, 0)
    assert {line.site: line.percent for line in proof.sites} == {"1": 100.0, "2": 0.0}


def test_a_grade_is_compared_at_the_schools_that_both_name():
    there = make_fact(ACTIVE, [("1", "03"), ("2", "03")], [])
    here = make_fact(ACTIVE, [("1", "04"), ("3", "05")], [])
    assert compare({"s": there}, {"s": here}).mismatches == (
        Mismatch("s", SCHOOL, "1", ("1", "2"), ("1", "3")),
        Mismatch("s", GRADE, "1", ("03",), ("04",)),
    )


def test_a_roster_says_school_grade_and_guardians():
    facts = facts_of(snapshot(small_roster()), AS_OF, SITES, ADULTS)
    assert len(facts) == 12
    assert facts["s0"] == make_fact(ACTIVE, [("1", "03")], ["p0"])
    assert facts["s7"] == make_fact(ACTIVE, [("2", "03")], ["p7"])


def test_merged_schools_are_one_place():
    tables = small_roster()
    tables["users"][1]["orgSourcedIds"] = "A,B"
    facts = facts_of(snapshot(tables), AS_OF, {"A": "2", "B": "2"}, ADULTS)
    assert facts["s0"].places == (Place("2", "03"),)


def test_what_is_not_here_yet_equals_nothing_of_ours():
    facts = facts_of(snapshot(small_roster()), AS_OF, {"A": "1"}, {})
    assert facts["s7"].places == (Place(unknown_key("B"), "03"),)
    assert facts["s7"].guardians == (unknown_key("g7"),)


def test_on_a_day_outside_the_school_year_nobody_is_at_a_school():
    facts = facts_of(snapshot(small_roster()), date(2026, 8, 1), SITES, ADULTS)
    assert facts["s0"].places == ()
    assert [line.site for line in compare(facts, facts).sites] == [NO_SITE]


def test_silence_of_a_part_that_did_not_come_whole_is_no_difference():
    there = {"s": make_fact(ACTIVE, [("1", "03")], ["p1"])}
    here = {
        "s": make_fact(ACTIVE, [("1", "03"), ("2", "03")], ["p1", "p2"]),
        "t": make_fact(ACTIVE, [], []),
    }
    assert found(compare(there, judgeable(there, here, ALL))) == [
        ("s", GUARDIANS),
        ("s", SCHOOL),
        ("t", ONLY_HERE),
    ]
    assert not compare(there, judgeable(there, here, set())).mismatches


def test_a_part_that_did_not_come_whole_still_shows_what_is_missing_here():
    there = {"s": make_fact(ACTIVE, [("1", "03")], ["p1"])}
    here = {"s": make_fact(ACTIVE, [], [])}
    proof = compare(there, judgeable(there, here, set()))
    assert found(proof) == [("s", GUARDIANS), ("s", SCHOOL)]
