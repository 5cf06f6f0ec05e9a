"""Clever against a server that speaks it: the same district, and its hazards (§11)."""

import copy
import time

import pytest

from odoo.addons.harvest_district.sis import (
    Net,
    NetPolicy,
    RosterError,
    Settings,
    diff,
    merge,
)
from odoo.addons.harvest_district.sis.adapters.clever import CleverSource
from odoo.addons.harvest_district.sis.adapters.clever_rows import links_of
from odoo.addons.harvest_district.sis.profiles import PROFILES

from ..doubles import server
from ..doubles.clever import TOKEN, Clever, clever_id
from ..doubles.district import empty_school, make_district
from .compare import (
    assert_same,
    comparable,
    expected,
    records,
    shoot,
    without_past_year,
)
from .rosters import AS_OF, known_after

# What Clever does not carry: a place has no dates, a contact no user name.
GAPS = {
    "session": None,
    "student": ("pronouns", "grades"),
    "adult": ("username", "identifier"),
    "site_role": ("primary",),
    "guardianship": ("flags",),
    "course": ("org_id", "session_id", "grades"),
    "class": ("term_ids", "grades", "location"),
    "membership": ("date_start", "date_end", "primary"),
}
PAGE = "odoo.addons.harvest_district.sis.adapters.clever._PAGE"


@pytest.fixture
def tables():
    return make_district(3, 24)


@pytest.fixture
def app(tables):
    return Clever(tables)


@pytest.fixture
def double(app):
    with server.Double(app) as running:
        yield running


@pytest.fixture
def slept():
    return []


def source_of(double, slept=None, **settings):
    how = {"base_url": double.url, "secret": TOKEN, "as_of": AS_OF}
    config = Settings("clever", **{**how, **settings})
    policy = NetPolicy(trusted_hosts=frozenset({double.host}), attempts=3)
    sleep = slept.append if slept is not None else lambda seconds: None
    return CleverSource(config, Net(config.base_url, policy=policy, sleep=sleep))


def common(key):
    is_id = len(key) == 24 and set(key) <= set("0123456789abcdef")
    return str(int(key, 16)) if is_id else key


def test_the_district_is_the_one_of_its_files(double, tables):
    shot = shoot(source_of(double).pull().roster)
    got = comparable(shot, common, GAPS)
    assert_same(expected(without_past_year(tables), GAPS), got)
    assert {"student", "adult", "guardianship", "membership"} <= shot.complete
    assert shot.problems.codes() == {"programs_not_kept"}


def test_nothing_that_needs_to_be_known_by_few_comes_in(double):
    text = "".join(r.text for r in shoot(source_of(double).pull().roster))
    for secret in ("Free", "Autism", "Secret Road"):
        assert secret not in text


def test_the_connection_is_tried_step_by_step(double):
    steps = list(source_of(double).check())
    assert [step.code for step in steps] == [
        *("settings", "token", "schools", "people", "families", "classes")
    ]
    assert not any(step.problem for step in steps)
    wrong = list(source_of(double, secret="revoked").check())
    assert (wrong[-1].code, wrong[-1].problem.code) == ("token", "net_unauthorized")


def test_without_an_address_it_is_clevers_own():
    source = CleverSource(Settings("clever", secret=TOKEN), Net(""))
    assert source.net.base_url == PROFILES["clever_v3"].options["base_url"]


# PAGES


def test_pages_follow_next_to_the_end(double, monkeypatch):
    usual = records(source_of(double).pull().roster)
    monkeypatch.setattr(PAGE, 7)
    assert records(source_of(double).pull().roster) == usual
    assert sum(path == "/v3.0/users" for path in double.paths()) > 10


def test_a_limit_that_is_silently_lowered_loses_nobody(double):
    usual = records(source_of(double).pull().roster)
    double.faults.add("/users", server.capped(5), times=server.ALWAYS)
    assert records(source_of(double).pull().roster) == usual


def linked_to(uri):
    def edit(payload):
        return {**payload, "links": [{"rel": "next", "uri": uri}]}

    return server.edited(edit)


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("/v3.0/sections?limit=1000&starting_after=x", "page_loop"),
        ("https://elsewhere.example/v3.0/sections", "net_other_host"),
    ],
)
def test_a_next_that_leads_nowhere_or_elsewhere(double, uri, code):
    double.faults.add("/sections\\?limit=1000$", linked_to(uri), times=server.ALWAYS)
    double.faults.add(
        "/sections.*starting_after=x",
        lambda request, app: server.answer_json(
            {"data": [], "links": [{"rel": "next", "uri": uri}]}
        ),
        times=server.ALWAYS,
    )
    with pytest.raises(RosterError) as caught:
        source_of(double).pull()
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (server.html(), "net_html"),
        (server.without_key("data"), "envelope_missing"),
        (server.null_key("data"), "envelope_missing"),
        (server.status(500), "net_server_error"),
    ],
)
def test_what_is_no_list_is_never_an_empty_one(double, fault, code):
    double.faults.add("/v3.0/users", fault, times=server.ALWAYS)
    with pytest.raises(RosterError) as caught:
        source_of(double).pull()
    assert caught.value.code == code


def test_the_rate_limit_is_kept(double, slept):
    reset = int(time.time()) + 30
    limit = {"X-RateLimit-Limit": "1200", "X-RateLimit-Remaining": "0"}
    fault = server.status(429, {**limit, "X-RateLimit-Reset": str(reset)})
    double.faults.add("/users", fault)
    source_of(double, slept).pull()
    assert len(slept) == 1
    assert 20 < slept[0] <= 30


# WHO IS WHO


def test_a_user_of_several_roles_is_one_person(double, app):
    teacher = next(r for r in app.tables["roles"] if r["role"] == "teacher")
    app.tables["roles"].append(
        {**teacher, "sourcedId": "x", "role": "parent", "roleType": "secondary"}
    )
    user = next(
        u for u in app.tables["users"] if u["sourcedId"] == teacher["userSourcedId"]
    )
    user["agentSourcedIds"] = "5000000"
    # the double takes the relation from the first role of an adult
    app.tables["roles"].sort(key=lambda r: r["role"] != "parent")
    shot = shoot(source_of(double).pull().roster)
    key = clever_id(teacher["userSourcedId"])
    assert sum(r.external_id == key for r in shot.records("adult")) == 1
    assert [r for r in shot.records("site_role") if r.payload["adult_id"] == key]
    links = {r.payload["student_id"] for r in shot.records("guardianship")
             if r.payload["adult_id"] == key}  # fmt: skip
    assert links == {clever_id("5000000")}


@pytest.mark.parametrize(
    ("entries", "relation"),
    [
        ([("Parent", "Emergency")], "parent"),
        ([("Other", "Parent/Guardian")], "guardian"),
        ([("Grandparent", "Primary")], "relative"),
        ([("Other", "Emergency")], None),
        ([("Self", "Primary")], None),
        ([("Sibling", "Emergency"), ("Parent", "Primary")], "parent"),
        ([("Other", "Secondary"), ("Aunt/Uncle", "Emergency")], "guardian"),
    ],
)
def test_relationships_of_mixed_types(entries, relation):
    contact = {
        "student_relationships": [
            {"student": "s", "relationship": relationship, "type": kind}
            for relationship, kind in entries
        ]
    }
    found = links_of(contact, PROFILES["clever_v3"].options)
    assert (found["s"][0] if found else None) == relation


def test_a_student_without_a_section_is_at_a_school(double):
    shot = shoot(source_of(double).pull().roster)
    key = clever_id("5000002")
    assert not [r for r in shot.records("membership") if r.payload["person_id"] == key]
    places = [r for r in shot.records("school_enrollment")
              if r.payload["student_id"] == key]  # fmt: skip
    assert len(places) == 1


# WHAT ABSENCE MEANS


@pytest.mark.parametrize("state", ["paused", "error", "pending"])
def test_a_frozen_district_removes_nobody(double, app, state):
    known = known_after(shoot(source_of(double).pull().roster))
    app.tables = empty_school(app.tables, "102")
    app.state = state
    pull = source_of(double).pull()
    shot = shoot(pull.roster)
    assert "frozen" in shot.problems.codes()
    assert pull.cursor is None
    actions = {change.action for change in diff(known, shot, AS_OF.isoformat())}
    assert "archive" not in actions


def test_contacts_that_are_not_shared_any_more_stay(double, app):
    known = known_after(shoot(source_of(double).pull().roster))
    app.shares_contacts = False
    shot = shoot(source_of(double).pull().roster)
    gone = [
        change
        for change in diff(known, shot, AS_OF.isoformat())
        if change.action == "archive"
    ]
    assert not gone
    assert "student" in shot.complete


def test_an_emptied_school_removes_by_absence_so_that_the_gate_sees_it(double, app):
    known = known_after(shoot(source_of(double).pull().roster))
    app.tables = empty_school(app.tables, "102")
    shot = shoot(source_of(double).pull().roster)
    sites = {
        change.old_site
        for change in diff(known, shot, AS_OF.isoformat())
        if change.kind == "student" and change.action == "archive"
    }
    assert sites == {clever_id("102")}


# EVENTS


def started(double, app):
    """A full pull whose cursor is an event."""
    app.emit("courses", "updated", app.object_of("courses", "40001"), {"name": "x"})
    first = source_of(double).pull()
    assert first.cursor["event"]
    return first


def change_district(app):
    """A new name, a move, a new section list, a departure, a deleted section."""
    tables = app.tables
    before = copy.deepcopy(tables)
    users = {user["sourcedId"]: user for user in tables["users"]}
    users["5000006"]["givenName"] = "Renamed"
    app.emit("users", "updated", app.object_of("users", "5000006"), {"name": {}})
    role = next(r for r in tables["roles"] if r["userSourcedId"] == "5000007")
    role["orgSourcedId"] = "102"
    app.emit("users", "updated", app.object_of("users", "5000007"), {"roles": {}})
    for row in list(tables["enrollments"]):
        if row["userSourcedId"] in ("5000007", "5000008", "5000002"):
            tables["enrollments"].remove(row)
    users["8000005"]["phone"] = "760-555-9999"
    users["8000005"]["agentSourcedIds"] = "5000010"
    app.emit("users", "updated", app.object_of("users", "8000005"), {"roles": {}})
    gone = app.object_of("users", "5000009")
    forget(tables, "5000009")
    app.emit("users", "deleted", gone)
    app.emit("users", "deleted", gone)  # events may come twice
    old = Clever(before)
    for group in ("2000000", "2000001", "2000002"):
        was = old.object_of("sections", group)
        app.emit(
            "sections",
            "updated",
            app.object_of("sections", group),
            {"students": was["students"]},
        )
    lost = app.object_of("sections", "2010000")
    tables["classes"] = [c for c in tables["classes"] if c["sourcedId"] != "2010000"]
    app.emit("sections", "deleted", lost)


def forget(tables, student):
    tables["users"] = [u for u in tables["users"] if u["sourcedId"] != student]
    for user in tables["users"]:
        agents = user.get("agentSourcedIds", "").split(",")
        user["agentSourcedIds"] = ",".join(a for a in agents if a != student)
    tables["roles"] = [r for r in tables["roles"] if r["userSourcedId"] != student]
    tables["enrollments"] = [
        r for r in tables["enrollments"] if r["userSourcedId"] != student
    ]


@pytest.mark.parametrize("inside", [False, True])
def test_a_delta_is_what_a_full_pull_says(double, app, inside):
    app.previous_inside = inside
    first = started(double, app)
    change_district(app)
    before = len(double.seen)
    delta = source_of(double).pull(first.cursor)
    assert delta.is_delta
    asked = {seen.path for seen in double.seen[before:]}
    assert not {"/v3.0/users", "/v3.0/sections"} & asked
    full = source_of(double).pull()
    merged = records(merge(first.roster, delta.roster))
    assert merged == records(full.roster)
    assert merged != records(first.roster)


def test_no_events_is_an_empty_delta(double, app):
    first = started(double, app)
    delta = source_of(double).pull(first.cursor)
    assert delta.is_delta
    assert records(merge(first.roster, delta.roster)) == records(first.roster)
    assert delta.cursor["event"] == first.cursor["event"]


def test_what_is_still_there_is_not_removed_by_an_old_event(double, app):
    """Deleted, and shared again before we asked."""
    first = started(double, app)
    app.emit("users", "deleted", app.object_of("users", "5000003"))
    delta = source_of(double).pull(first.cursor)
    merged = records(merge(first.roster, delta.roster))
    assert merged == records(first.roster)


def test_many_deletions_at_once_are_read_in_full(double, app, monkeypatch):
    monkeypatch.setattr(PAGE.replace("_PAGE", "_MOST_DELETED"), 3)
    first = started(double, app)
    for number in range(5000003, 5000008):
        app.emit("users", "deleted", app.object_of("users", str(number)))
    assert not source_of(double).pull(first.cursor).is_delta


def test_a_section_whose_past_is_not_told_is_read_in_full(double, app):
    first = started(double, app)
    app.emit("sections", "updated", app.object_of("sections", "2000000"))
    assert not source_of(double).pull(first.cursor).is_delta


@pytest.mark.parametrize(
    "change",
    [{"event": "f" * 24}, {"at": "2026-01-01T00:00:00+00:00"}, {"at": ""}],
)
def test_a_cursor_that_is_too_old_or_unknown_leads_to_a_full_pull(double, app, change):
    first = started(double, app)
    pull = source_of(double).pull({**first.cursor, **change})
    assert not pull.is_delta
    assert records(pull.roster) == records(first.roster)


def test_without_events_everything_is_read(double, app):
    app.has_events = False
    first = source_of(double).pull()
    assert first.cursor is None
    assert not source_of(double).pull({"event": "x", "at": "2026-09-15"}).is_delta


def test_the_cursor_is_taken_before_the_pull(double, app):
    """A change during the pull is in the next delta."""
    app.emit("courses", "updated", app.object_of("courses", "40001"), {"name": "x"})

    def change():
        user = next(u for u in app.tables["users"] if u["sourcedId"] == "5000001")
        user["givenName"] = "Late"
        app.emit("users", "updated", app.object_of("users", "5000001"), {"name": {}})

    double.faults.add("/sections", server.before(change))
    first = source_of(double).pull()
    delta = source_of(double).pull(first.cursor)
    assert delta.roster.persons[clever_id("5000001")].given_name == "Late"
