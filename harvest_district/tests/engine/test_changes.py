"""What changes and what is held; who is who (hazards 9, 10, 11)."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_district.sis import (
    Change,
    GatePolicy,
    Known,
    Someone,
    Tally,
    Threshold,
    classify,
    decide,
    diff,
    is_held,
    is_reused,
    judge,
    propose,
    tally_changes,
    tally_groups,
)
from odoo.addons.harvest_district.sis.diff import (
    ARCHIVE,
    CREATE,
    KEEP,
    RESTORE,
    UNCHANGED,
    UPDATE,
)

from .rosters import (
    AS_OF,
    actions,
    enrollment,
    known_after,
    small_roster,
    snapshot,
)

TODAY = AS_OF.isoformat()


# CLASSIFY


def test_every_case_has_one_action():
    """The table in ``sis.diff``, case by case; a missing case would be None."""
    olds = [
        None,
        *(Known("h", "A", active, e) for active in (True, False) for e in _ENDS),
    ]
    flags = (False, True)
    for old, new, *rest in product(olds, ("h", "other", None), flags, flags, flags):
        complete, removed, protected = rest
        action = classify(
            old,
            new,
            complete=complete,
            removed=removed,
            protected=protected,
            as_of=TODAY,
        )
        assert action == _expected(old, new, complete, removed, protected)


_ENDS = ("", "2026-06-10", TODAY, "2027-06-10")


def _expected(old, new, complete, removed, protected):
    if new:
        if old is None:
            return CREATE
        if not old.active:
            return RESTORE
        return UNCHANGED if old.payload_hash == new else UPDATE
    if old is None or not old.active:
        return None
    over = old.ends == "2026-06-10"
    stays = not removed and (protected or not complete or over)
    return KEEP if stays else ARCHIVE


def test_the_same_file_again_changes_nothing():
    shot = snapshot(small_roster(3))
    assert set(actions(known_after(shot), shot).values()) == {UNCHANGED}


def test_a_student_who_leaves_goes_with_all_that_hangs_on_them():
    before = known_after(snapshot(small_roster(3)))
    after = small_roster(3)
    for name in ("users", "demographics", "enrollments"):
        after[name] = [
            row
            for row in after[name]
            if "s0" not in (row["sourcedId"], row.get("userSourcedId"))
        ]
    after["users"] = [row for row in after["users"] if row["sourcedId"] != "g0"]
    gone = {k for k, a in actions(before, snapshot(after)).items() if a == ARCHIVE}
    assert gone == {
        ("student", "s0"),
        ("adult", "g0"),
        ("demographics", "s0"),
        ("guardianship", "s0|g0"),
        ("school_enrollment", "s0|A|2027"),
        ("membership", "e-s0-KA"),
    }


def test_moving_to_another_school_is_no_loss_of_the_student():
    before = known_after(snapshot(small_roster(3)))
    after = small_roster(3)
    after["users"][1]["orgSourcedIds"] = "B"
    after["enrollments"][1] = enrollment("s0", "KB", "B")
    found = actions(before, snapshot(after))
    assert found["student", "s0"] == UNCHANGED
    assert found["school_enrollment", "s0|A|2027"] == ARCHIVE
    assert found["school_enrollment", "s0|B|2027"] == CREATE


def test_a_year_that_is_over_is_history_and_holds_nobody():
    """Year rollover: every class, term and school enrollment has a new id."""
    old = small_roster(10)
    before = known_after(snapshot(old))
    new = small_roster(10)
    year = {"startDate": "2027-08-15", "endDate": "2028-06-10", "schoolYear": "2028"}
    for row in new["academicSessions"]:
        row |= {**year, "sourcedId": row["sourcedId"] + "28"}
        row["parentSourcedId"] = "Y28" if row.get("parentSourcedId") else ""
    new["courses"][0]["schoolYearSourcedId"] = "Y28"
    for row in new["classes"]:
        row |= {"sourcedId": row["sourcedId"] + "28", "termSourcedIds": "T28"}
    for row in new["enrollments"]:
        row |= {"sourcedId": row["sourcedId"] + "28"}
        row |= {"classSourcedId": row["classSourcedId"] + "28"}
        row |= {"beginDate": "", "endDate": ""}
    day = AS_OF.replace(year=2027, month=8, day=1)
    changes = list(diff(before, snapshot(new, as_of=day), day.isoformat()))
    assert ARCHIVE not in {change.action for change in changes}
    assert not decide(tally_changes(changes), GatePolicy())


# GATE


def lose(*lost: str, per_school: int = 10):
    """The changes when the students with these ids are no longer in the file."""
    before = known_after(snapshot(small_roster(per_school)))
    after = small_roster(per_school)
    after["users"] = [row for row in after["users"] if row["sourcedId"] not in lost]
    after["demographics"] = [
        row for row in after["demographics"] if row["sourcedId"] not in lost
    ]
    after["enrollments"] = [
        row for row in after["enrollments"] if row["userSourcedId"] not in lost
    ]
    return list(diff(before, snapshot(after), TODAY))


def test_a_site_that_loses_too_many_is_held_and_the_other_is_not():
    changes = lose(*(f"s{n}" for n in range(6)), "s15")
    held = decide(tally_changes(changes), GatePolicy())
    assert set(held) == {"A"}
    assert {hold.reason for hold in held["A"]} == {"share"}
    applied = [c for c in changes if not is_held(c, held) and c.action == ARCHIVE]
    assert ("student", "s15") in {(c.kind, c.external_id) for c in applied}
    assert {c.old_site for c in applied} == {"B"}


@pytest.mark.parametrize(("lost", "is_held_"), [(4, False), (5, True)])
def test_a_few_records_never_hold_a_site_by_their_share(lost, is_held_):
    changes = lose(*(f"s{n}" for n in range(lost)))
    assert ("A" in decide(tally_changes(changes), GatePolicy())) is is_held_


@pytest.mark.parametrize(("archived", "verdict"), [(20, None), (21, "share")])
def test_exactly_the_limit_still_passes(archived, verdict):
    assert judge(Tally(100, archived, 100 - archived), Threshold(0.2, 5)) == verdict


def test_a_site_that_is_emptied_is_always_held():
    changes = lose("s0", "s1", per_school=2)
    held = decide(tally_changes(changes), GatePolicy())
    assert ("student", "zero") in {(hold.kind, hold.reason) for hold in held["A"]}
    assert "B" not in held


def test_a_kind_can_be_let_through():
    changes = lose(*(f"s{n}" for n in range(9)))
    policy = GatePolicy(default=Threshold(share=1, floor=1, zero=False))
    assert not decide(tally_changes(changes), policy)
    policy = GatePolicy(kinds=dict.fromkeys({c.kind for c in changes}))
    assert not decide(tally_changes(changes), policy)


def test_a_held_site_holds_who_comes_from_it():
    change = Change("student", "s1", UPDATE, "A", "B")
    assert is_held(change, {"A"})
    assert is_held(change, {"B"})
    assert not is_held(change, {"C", ""})


counts = st.integers(0, 50)


@given(
    before=counts, archived=counts, added=counts, share=st.floats(0, 1), floor=counts
)
def test_the_gate_is_monotone(before, archived, added, share, floor):
    """More losses never open it, a higher limit never closes it."""
    archived = min(archived, before)
    rule = Threshold(share, floor)
    tally = Tally(before, archived, before - archived + added)
    verdict = judge(tally, rule)
    if verdict is None:
        if archived:
            less = Tally(before, archived - 1, before - archived + 1 + added)
            assert judge(less, rule) is None
        assert judge(tally, Threshold(min(share + 0.1, 1), floor + 1)) is None
    if archived == 0 and before:
        assert verdict is None
    if before and tally.after == 0:
        assert verdict == "zero"
    if archived < floor:
        assert verdict != "share"


def a_change(kind, action, old_site, site, counted) -> Change:
    """A change that can be: what is created has no old site, what is gone no site."""
    return Change(
        kind,
        "x",
        action,
        None if action == CREATE else old_site,
        None if action in (ARCHIVE, KEEP) else site,
        counted and action not in (CREATE, RESTORE),
    )


sites = st.sampled_from(["", "A", "B", "C"])
any_changes = st.lists(
    st.builds(
        a_change,
        kind=st.sampled_from(["student", "class"]),
        action=st.sampled_from([CREATE, UPDATE, RESTORE, UNCHANGED, ARCHIVE, KEEP]),
        old_site=sites,
        site=sites,
        counted=st.booleans(),
    ),
    max_size=30,
)


@given(any_changes)
def test_tallies_add_up_and_groups_count_the_same(changes):
    tallies = tally_changes(changes)
    for kind in ("student", "class"):
        mine = [c for c in changes if c.kind == kind]
        found = [tally for (_site, k), tally in tallies.items() if k == kind]
        before = sum(c.counted and c.old_site is not None for c in mine)
        archived = sum(c.action == ARCHIVE and c.counted for c in mine)
        new = sum(c.action in (CREATE, RESTORE) for c in mine)
        assert sum(t.before for t in found) == before
        assert sum(t.archived for t in found) == archived
        assert sum(t.after for t in found) == before - archived + new
    groups = {change: changes.count(change) for change in changes}
    assert tally_groups(groups.items()) == tallies


@given(any_changes, any_changes)
def test_what_happens_at_one_site_does_not_hold_another(changes, more):
    elsewhere = [c for c in more if not is_held(c, {"A"})]
    alone = decide(tally_changes(changes), GatePolicy())
    together = decide(tally_changes(changes + elsewhere), GatePolicy())
    assert ("A" in alone) == ("A" in together)


# IDENTITY


def someone(external_id="1", **values) -> Someone:
    fields = {"ssid": "99", "identifier": "7", "birthdate": "2018-01-02"}
    fields |= {"given_name": "Ana", "family_name": "Ruiz"}
    return Someone(external_id, **(fields | values))


@pytest.mark.parametrize(
    ("values", "reused"),
    [
        ({}, False),
        ({"birthdate": "2018-02-01"}, False),
        ({"given_name": "ANA", "birthdate": "2018-02-01"}, False),
        ({"given_name": "Eva"}, False),
        ({"given_name": "Eva", "birthdate": "2015-05-05"}, True),
        ({"ssid": "98", "birthdate": "2015-05-05"}, True),
        ({"given_name": "Eva", "birthdate": ""}, False),
    ],
)
def test_an_id_that_now_means_somebody_else_is_seen(values, reused):
    assert is_reused(someone(), someone(**values)) is reused


def test_a_new_id_with_a_known_state_id_is_proposed_not_linked():
    known = [someone("1"), someone("2", ssid="98", identifier="8")]
    assert [m[1:] for m in propose([someone("9")], known)] == [("1", "ssid")]
    by_number = someone("9", ssid="", identifier="8")
    assert [m[1:] for m in propose([by_number], known)] == [("2", "identifier")]
    namesake = someone("9", ssid="", identifier="", birthdate="")
    assert propose([namesake], known) == []
    assert propose([someone("1")], known) == []
