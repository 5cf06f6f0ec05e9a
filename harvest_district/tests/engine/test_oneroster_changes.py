"""Asking a OneRoster system for what changed (hazards 10, 14, 24 and 26)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_district.sis import (
    build_snapshot,
    kinds,
    merge,
)

from ..doubles import district as d
from ..doubles import server as s
from .rosters import AS_OF, hashes, ids, snapshot
from .systems import COMPLETE, TABLES, System, codes


def test_a_delta_brings_only_what_changed():
    with System() as system:
        first = system.pull()
        system.clock.at += 3600
        changed = _renamed(TABLES, "5000001", "Íñigo")
        system.app.replace(changed)
        system.clock.at += 60
        second = system.pull(first.cursor)
        assert second.is_delta
        assert set(second.roster.persons) == {"5000001"}
        merged = merge(first.roster, second.roster)
        shot = build_snapshot(merged, as_of=AS_OF)
        assert hashes(shot) == hashes(snapshot(changed))


def _renamed(tables: d.Tables, user: str, name: str) -> d.Tables:
    users = [
        {**row, "givenName": name} if row["sourcedId"] == user else row
        for row in tables["users"]
    ]
    return {**tables, "users": users}


def test_a_tombstone_removes_and_absence_does_not():
    with System() as system:
        first = system.pull()
        system.clock.at += 3600
        left = d.empty_school(TABLES, "103")
        system.app.replace(left)
        second = system.pull(first.cursor)
        shot = build_snapshot(merge(first.roster, second.roster), as_of=AS_OF)
        assert hashes(shot) == hashes(snapshot(left))
        assert not codes(shot)  # roles go with their person, without a word
        gone = ids(snapshot(TABLES), kinds.STUDENT) - ids(shot, kinds.STUDENT)
        assert len(gone) == 12
        assert all(shot.is_removed(kinds.STUDENT, student) for student in gone)


def test_what_changes_during_a_pull_comes_with_the_next_one():
    """The cursor is of before the pull (hazard 14)."""
    with System() as system:
        changed = _renamed(TABLES, "5000001", "Íñigo")

        def change():
            system.clock.at += 1
            system.app.replace(changed)
            system.clock.at += 1800

        system.faults.add("/enrollments", s.before(change))
        first = system.pull()
        assert first.roster.persons["5000001"].given_name != "Íñigo"
        second = system.pull(first.cursor, overlap=0)
        assert second.is_delta
        assert second.roster.persons["5000001"].given_name == "Íñigo"


@pytest.mark.parametrize("drift", [-7200, 0, 7200])
def test_the_cursor_is_of_the_clock_that_stamps_the_rows(drift):
    """A server whose clock is behind stamps rows behind ours; one ahead loses none."""
    with System() as system:
        system.app.now = lambda: system.clock.at + drift
        system.double.clock = system.app.now
        first = system.pull()
        since = datetime.fromisoformat(first.cursor["since"])
        expected = system.clock.at + min(drift, 0) - 15 * 60
        assert since.timestamp() == expected
        system.clock.at += 60
        system.app.replace(_renamed(TABLES, "5000001", "Íñigo"))
        second = system.pull(first.cursor)
        assert second.is_delta and "5000001" in second.roster.persons


def test_the_district_may_want_its_own_time():
    with System("oneroster_synergy") as system:
        first = system.pull()
        system.clock.at += 3600
        system.app.replace(_renamed(TABLES, "5000001", "Íñigo"))
        second = system.pull(first.cursor)
        assert second.is_delta and "5000001" in second.roster.persons
        asked = system.asked("users")[-1].args["filter"]
        # 12:00 UTC is 05:00 in California; 15 minutes of overlap, an hour for autumn
        assert asked == "dateLastModified>'2026-09-15T03:45:00.000'"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: {},
        lambda c: {**c, "since": "yesterday"},
        lambda c: {**c, "since": None},
        lambda c: {**c, "since": "2026-09-15T12:00:00"},  # whose clock?
        lambda c: {**c, "since": "2031-01-01T00:00:00+00:00"},
        lambda c: {**c, "full": "2026-09-01T00:00:00+00:00"},
        lambda c: {**c, "full": "2031-01-01T00:00:00+00:00"},
        lambda c: {**c, "base": "https://another.example.org/ims/oneroster/v1p1"},
    ],
)
def test_a_cursor_that_leads_nowhere_means_everything(spoil):
    with System() as system:
        cursor = spoil(system.pull().cursor)
        again = system.pull(cursor)
        assert not again.is_delta
        assert build_snapshot(again.roster, as_of=AS_OF).complete == COMPLETE


def test_everything_is_read_again_after_a_week_of_changes():
    with System() as system:
        pull = system.pull()
        kept = []
        for _ in range(8):
            system.clock.at += timedelta(days=1).total_seconds()
            pull = system.pull(pull.cursor)
            kept.append(pull.is_delta)
        assert kept == [True] * 6 + [False, True]


def test_a_system_without_the_filter_is_read_whole():
    with System(filters=False) as system:
        first = system.pull()
        again = system.pull(first.cursor)
        assert not again.is_delta
        assert again.cursor


def test_a_filter_that_is_ignored_does_no_harm():
    def deaf(request, app):
        args = {k: v for k, v in request.args.items() if k != "filter"}
        query = "&".join(f"{k}={v}" for k, v in args.items())
        return app(type(request)({**request.environ, "QUERY_STRING": query}))

    with System() as system:
        first = system.pull()
        system.faults.add("filter=", deaf, times=s.ALWAYS)
        second = system.pull(first.cursor)
        shot = build_snapshot(merge(first.roster, second.roster), as_of=AS_OF)
        assert hashes(shot) == hashes(snapshot(TABLES))


def test_a_delta_that_does_not_add_up_is_no_delta():
    with System() as system:
        first = system.pull()
        wrong = s.with_headers({"X-Total-Count": "3"})
        system.faults.add("/users.*filter", wrong, times=s.ALWAYS)
        again = system.pull(first.cursor)
        assert not again.is_delta
        assert again.cursor


_CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("rename"), st.integers(0, 35), st.text("añ’Z", min_size=1)),
        st.tuples(st.just("leave"), st.integers(0, 35), st.just("")),
        st.tuples(st.just("move"), st.integers(0, 35), st.sampled_from("123")),
        st.tuples(st.just("drop"), st.integers(0, 30), st.just("")),
        st.tuples(st.just("empty"), st.just(0), st.sampled_from("123")),
    ),
    max_size=6,
)


def _changed(tables: d.Tables, change: tuple) -> d.Tables:
    what, number, text = change
    student = str(5_000_000 + number // 12 * 100_000 + number % 12)
    if what == "rename":
        return _renamed(tables, student, text)
    if what == "empty":
        return d.empty_school(tables, f"10{text}")
    if what == "drop":
        return {**tables, "enrollments": tables["enrollments"][: -number or None]}
    if what == "move":
        roles = [
            {**row, "orgSourcedId": f"10{text}"}
            if row["userSourcedId"] == student and row["roleType"] == "primary"
            else row
            for row in tables["roles"]
        ]
        return {**tables, "roles": roles}
    return _without(tables, student)


def _without(tables: d.Tables, student: str) -> d.Tables:
    keys = {"users": "sourcedId", "roles": "userSourcedId"}
    keys |= {"demographics": "sourcedId", "enrollments": "userSourcedId"}
    kept = {
        name: [row for row in tables[name] if row[key] != student]
        for name, key in keys.items()
    }
    for user in kept["users"]:
        agents = user.get("agentSourcedIds", "").split(",")
        if student in agents:
            agents.remove(student)
            kept["users"][kept["users"].index(user)] = {
                **user,
                "agentSourcedIds": ",".join(agents),
            }
    return {**tables, **kept}


@given(st.lists(_CHANGES, min_size=1, max_size=3), st.sampled_from(["1.1", "1.2"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_deltas_lead_where_a_full_pull_leads(rounds, version):
    profile = "oneroster_generic" if version == "1.2" else "oneroster_generic_11"
    tables = TABLES
    with System(profile, extra={"page_size": 500}) as system:
        pull = system.pull()
        roster = pull.roster
        for changes in rounds:
            for change in changes:
                tables = _changed(tables, change)
            system.clock.at += 3600
            system.app.replace(tables)
            system.clock.at += 60
            pull = system.pull(pull.cursor)
            assert pull.is_delta
            roster = merge(roster, pull.roster)
        whole = system.shot()
        assert hashes(build_snapshot(roster, as_of=AS_OF)) == hashes(whole)
