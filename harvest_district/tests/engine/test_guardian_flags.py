"""What a system says about custody joins the guardianship, and nothing else changes."""

import io

import pytest

from odoo.addons.harvest_district.sis import (
    build_snapshot,
    load_baseline,
    merge,
    save_baseline,
)
from odoo.addons.harvest_district.sis.builder import RosterBuilder

from .rosters import AS_OF, hashes, payload, small_roster, to_12

FLAGS = {
    "sourcedId": "f0",
    "studentSourcedId": "s0",
    "agentSourcedId": "g0",
    "relation": "guardian",
    "mayPickup": "false",
    "courtRestricted": True,
    "priority": 2,
    "dateEnd": "2027-01-31",
}


def roster(*flags, delta=(), complete=True):
    """The small roster through the builder, with rows of flags."""
    builder = RosterBuilder()
    tables = to_12(small_roster(3))
    tables["guardianFlags"] = list(flags)
    for name, rows in tables.items():
        if name == "guardianFlags" and not (flags or not complete):
            continue
        sink = builder.table(name, delta=name in delta)
        for row in rows:
            sink.add(row)
        if name != "guardianFlags" or complete:
            builder.complete(name)
    return builder.finish()


def test_flags_join_the_guardianship():
    shot = build_snapshot(roster(FLAGS), as_of=AS_OF)
    assert payload(shot, "guardianship", "s0|g0") == {
        "student_id": "s0",
        "adult_id": "g0",
        "relation": "guardian",
        "flags": {
            "may_pickup": False,
            "court_restricted": True,
            "priority": 2,
            "date_end": "2027-01-31",
        },
    }


def test_a_link_without_flags_is_as_it_was():
    plain = hashes(build_snapshot(roster(), as_of=AS_OF))
    marked = hashes(build_snapshot(roster(FLAGS), as_of=AS_OF))
    changed = {key for key in plain if plain[key] != marked[key]}
    assert changed == {("guardianship", "s0|g0")}
    assert plain.keys() == marked.keys()


def test_flags_live_in_the_baseline_and_change_by_delta():
    base = roster(FLAGS)
    stream = io.StringIO()
    save_baseline(base, stream)
    stream.seek(0)
    base = load_baseline(stream)
    builder = RosterBuilder()
    builder.table("guardianFlags", delta=True).add({**FLAGS, "priority": 1})
    shot = build_snapshot(merge(base, builder.finish()), as_of=AS_OF)
    assert payload(shot, "guardianship", "s0|g0")["flags"]["priority"] == 1


def test_families_that_did_not_come_whole_prove_no_absence():
    shot = build_snapshot(roster(complete=False), as_of=AS_OF)
    assert not {"adult", "guardianship"} & shot.complete
    assert "student" in shot.complete


@pytest.mark.parametrize("bad", [{"priority": "first"}, {"relation": "neighbour"}])
def test_flags_that_are_not_understood_are_set_aside(bad):
    shot = build_snapshot(roster({**FLAGS, **bad}), as_of=AS_OF)
    assert "unknown_value" in shot.problems.codes()
    assert "flags" not in payload(shot, "guardianship", "s0|g0")


def test_flags_of_somebody_unknown_are_set_aside():
    shot = build_snapshot(roster({**FLAGS, "agentSourcedId": "nobody"}), as_of=AS_OF)
    assert "reference_missing" in shot.problems.codes()
