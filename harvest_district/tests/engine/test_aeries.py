"""Aeries against a server that speaks it: the same district, and its hazards (§11)."""

import copy
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from aeripy import Aeripy

from odoo.addons.harvest_district.sis import (
    Net,
    NetPolicy,
    RosterError,
    Settings,
    diff,
    merge,
)
from odoo.addons.harvest_district.sis.adapters.aeries import AeriesSource, local_stamp

from ..doubles import server
from ..doubles.aeries import CERTIFICATE, Aeries
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

# What Aeries does not carry, or says in another way: its number for people is the
# permanent id, a section has no title, terms belong to schools and courses to nobody.
GAPS = {
    "org": ("parent_id",),
    "session": None,
    "student": ("identifier", "pronouns", "grades"),
    "adult": ("identifier", "username"),
    "guardianship": ("flags",),
    "course": ("org_id", "session_id", "grades", "code"),
    "class": ("title", "code", "term_ids"),
    "membership": ("primary",),
}


@pytest.fixture
def tables():
    return make_district(3, 24)


@pytest.fixture
def app(tables):
    return Aeries(tables)


@pytest.fixture
def double(app):
    with server.Double(app) as running:
        yield running


def source_of(double, **settings):
    how = {"base_url": f"{double.url}/aeries", "secret": CERTIFICATE, "as_of": AS_OF}
    settings = Settings("aeries", **{**how, **settings})
    policy = NetPolicy(trusted_hosts=frozenset({double.host}), attempts=3)
    net = Net(settings.base_url, policy=policy, sleep=lambda seconds: None)
    return AeriesSource(settings, net)


def ids_of(shot, tables):
    """Aeries' id to the district's; a contact is found by child and name."""
    names = {
        (child, user["givenName"]): user["sourcedId"]
        for user in tables["users"]
        for child in children(user, tables)
    }
    people = {r.external_id: r.payload for r in shot.records("adult")}

    def common(key):
        prefix, _, rest = key.partition("-")
        if prefix == "CON":
            given = people[key]["given_name"]
            return names.get((rest.split("-")[0], given), key)
        if prefix in ("STU", "STF", "CRS"):
            return rest
        return key.rsplit("-", 1)[-1] if key.startswith("2026-") else key

    return common


def children(adult, tables):
    stated = adult.get("agentSourcedIds", "").split(",")
    return stated + [
        user["sourcedId"]
        for user in tables["users"]
        if adult["sourcedId"] in user.get("agentSourcedIds", "").split(",")
    ]


def test_the_district_is_the_one_of_its_files(double, tables):
    pull = source_of(double).pull()
    shot = shoot(pull.roster)
    got = comparable(shot, ids_of(shot, tables), GAPS)
    want = expected(without_past_year(tables), GAPS)
    del want["org", "1"]  # only schools are listed
    assert_same(want, got)
    assert {"student", "adult", "guardianship", "membership"} <= shot.complete
    assert shot.problems.codes() == {"programs_not_kept"}


def test_no_secret_comes_in(double):
    roster = source_of(double).pull().roster
    text = "".join(r.text for r in shoot(roster))
    assert "078-05-1120" not in text
    assert "Tegucigalpa" not in text
    asked = {seen.path for seen in double.seen}
    assert not [path for path in asked if "program" in path.lower()]
    assert sum("extended" in path for path in asked) == 1  # of the one in two schools


def test_the_connection_is_tried_step_by_step(double):
    steps = list(source_of(double).check())
    assert [step.code for step in steps] == [
        *("settings", "reach", "year", "schools", "people", "families", "classes")
    ]
    assert not any(step.problem for step in steps)
    assert next(step.count for step in steps if step.code == "schools") == 3
    wrong = list(source_of(double, secret="other").check())
    assert (wrong[-1].code, wrong[-1].problem.code) == ("schools", "net_unauthorized")
    assert next(iter(source_of(double, secret="").check())).problem.code == (
        "setting_missing"
    )


# THE YEAR


def test_a_year_that_is_not_open_is_refused(double, app):
    app.years = ["2025"]
    app.default_year = "2025"
    with pytest.raises(RosterError) as caught:
        source_of(double).pull()
    assert caught.value.code == "wrong_year"


def test_a_year_that_is_answered_silently_is_refused(double, app):
    """systeminfo lists the year, yet terms come from the year before (July)."""
    double.faults.add(
        "/terms",
        server.edited(
            lambda terms: [
                {**term, "StartDate": term["StartDate"].replace("2026", "2025")}
                for term in terms
            ]
        ),
    )
    with pytest.raises(RosterError) as caught:
        source_of(double).pull()
    assert caught.value.code == "wrong_year"
    assert caught.value.problem.params["asked"] == "2026"


def test_the_year_can_be_set(double):
    pull = source_of(double, extra={"database_year": "2025"}).pull()
    assert {s.school_year for s in pull.roster.sessions.values()} == {"2026"}
    assert all(seen.args.get("DatabaseYear") == "2025" for seen in double.seen)


# PAGES, NAMES, CODES


def test_students_come_in_pages_that_overlap(double, monkeypatch, tables):
    monkeypatch.setattr("odoo.addons.harvest_district.sis.adapters.aeries._PAGE", 10)
    whole = records(source_of(double).pull().roster)
    monkeypatch.undo()
    assert whole == records(source_of(double).pull().roster)


def test_a_record_that_vanishes_between_two_pages_loses_nobody(
    double, app, monkeypatch
):
    monkeypatch.setattr("odoo.addons.harvest_district.sis.adapters.aeries._PAGE", 10)

    def remove_first():
        roles = app.tables["roles"]
        first = next(r for r in roles if r["userSourcedId"] == "5000001")
        roles.remove(first)

    double.faults.add("/101/students\\?", server.before(remove_first), after=1)
    students = source_of(double).pull().roster.persons
    here = {f"STU-{5_000_000 + n}" for n in range(24)} - {"STU-5000001"}
    assert here <= students.keys()


def test_a_list_that_never_stands_still_is_refused(double, monkeypatch):
    monkeypatch.setattr("odoo.addons.harvest_district.sis.adapters.aeries._PAGE", 10)
    double.faults.add(
        "StartingRecord=10", server.edited(lambda page: page[1:]), times=server.ALWAYS
    )
    with pytest.raises(RosterError) as caught:
        source_of(double).pull()
    assert caught.value.code == "page_unstable"


def test_a_page_size_that_is_ignored_and_one_that_is_capped(double):
    usual = records(source_of(double).pull().roster)
    double.faults.add(
        "/students\\?",
        lambda request, app: app(_renumbered(request, 5)),
        times=server.ALWAYS,
    )
    assert records(source_of(double).pull().roster) == usual


def _renumbered(request, most):
    first = int(request.args["StartingRecord"])
    query = f"StartingRecord={first}&EndingRecord={first + most - 1}"
    environ = {**request.environ, "QUERY_STRING": query + "&DatabaseYear=2026"}
    return type(request)(environ)


def test_names_of_older_versions_are_understood(double, app):
    usual = records(source_of(double).pull().roster)
    app.old_names = True
    assert records(source_of(double).pull().roster) == usual


def test_grade_minus_one_is_what_the_district_says(double):
    grades = {p.grade for p in source_of(double).pull().roster.persons.values()}
    assert "TK" in grades
    other = source_of(double, grade_names={"-1": "PK"}).pull().roster
    grades = {p.grade for p in other.persons.values()}
    assert "TK" not in grades
    assert "PK" in grades


def test_the_same_number_at_two_schools_is_two_classes(double, app):
    """A section's number is unique in its school only."""
    double.faults.add(
        "/sections\\?",
        server.edited(
            lambda sections: [{**s, "SectionNumber": 1} for s in sections[:1]]
        ),
        times=server.ALWAYS,
    )
    classes = source_of(double).pull().roster.classes
    assert {group.id for group in classes.values()} == {
        f"2026-{school}-1" for school in (101, 102, 103)
    }


# SEVERAL RECORDS, LEAVING


def test_a_student_in_two_schools_is_one_person(double):
    roster = source_of(double).pull().roster
    places = [
        record.payload
        for record in shoot(roster).records("school_enrollment")
        if record.payload["student_id"] == "STU-5000000"
    ]
    assert [(p["org_id"], p["primary"]) for p in places] == [
        ("101", True),
        ("102", False),
    ]


def test_who_left_on_a_day_has_ended_and_who_left_without_is_gone(double, app):
    for role in app.tables["roles"]:
        if role["userSourcedId"] == "5000004":
            role["endDate"] = "2026-09-10"
    roster = source_of(double).pull().roster
    ended = next(
        record
        for record in shoot(roster).records("school_enrollment")
        if record.payload["student_id"] == "STU-5000004"
    )
    assert ended.ends == "2026-09-10"
    double.faults.add(
        "/101/students\\?",
        server.edited(
            lambda page: [
                {**r, "InactiveStatusCode": "*"} if r["StudentID"] == 5000005 else r
                for r in page
            ]
        ),
        times=server.ALWAYS,
    )
    assert "STU-5000005" not in source_of(double).pull().roster.persons


def test_an_emptied_school_removes_by_absence_so_that_the_gate_sees_it(double, app):
    known = known_after(shoot(source_of(double).pull().roster))
    app.tables = empty_school(app.tables, "102")
    shot = shoot(source_of(double).pull().roster)
    archived = {
        change.old_site
        for change in diff(known, shot, AS_OF.isoformat())
        if change.kind == "student" and change.action == "archive"
    }
    assert archived == {"102"}


# FAMILIES


def flags_of(double, student, adult_name):
    shot = shoot(source_of(double).pull().roster)
    people = {r.external_id: r.payload for r in shot.records("adult")}
    return next(
        record.payload
        for record in shot.records("guardianship")
        if record.payload["student_id"] == student
        and people[record.payload["adult_id"]]["given_name"] == adult_name
    )


def test_a_red_flag_reaches_the_guardianship(double, app):
    adult = next(u for u in app.tables["users"] if u["sourcedId"] == "8000000")
    app.tables["guardianFlags"] = [
        {"studentSourcedId": "5000000", "agentSourcedId": "8000000"}
        | {"courtRestricted": "true", "educationalRights": "N", "livesWith": "Y"}
        | {"priority": "3"}
    ]
    payload = flags_of(double, "STU-5000000", adult["givenName"])
    assert payload["relation"] == "parent"
    assert payload["flags"] == {
        "court_restricted": True,
        "may_pickup": False,
        "educational_rights": False,
        "lives_with": True,
        "priority": 3,
    }


def test_contacts_that_are_renumbered_stay_the_same_persons(double):
    usual = source_of(double).pull().roster

    def renumber(contacts):
        return [{**c, "SequenceNumber": 9 - c["SequenceNumber"]} for c in contacts]

    double.faults.add("/contacts", server.edited(renumber), times=server.ALWAYS)
    again = source_of(double).pull().roster
    assert usual.persons.keys() == again.persons.keys()


def test_a_number_that_is_used_again_is_another_person(double):
    before = source_of(double).pull().roster.persons
    double.faults.add(
        "/contacts",
        server.edited(
            lambda found: [
                {**c, "FirstName": "Somebody"} if c["StudentID"] == 5000000 else c
                for c in found
            ]
        ),
        times=server.ALWAYS,
    )
    after = source_of(double).pull().roster.persons
    old = {key for key in before if key.startswith("CON-5000000-")}
    assert old and not old & after.keys()


def test_the_district_says_what_a_relationship_code_means(double):
    double.faults.add("/codes/", server.status(403), times=server.ALWAYS)
    roster = source_of(double, extra={"relations": {"MO": "parent"}}).pull().roster
    relations = {flags.relation for flags in roster.guardian_flags.values()}
    assert relations == {"parent", "relative"}


@pytest.mark.parametrize("code", [403, 501])
def test_families_that_may_not_be_read_are_left_as_they_are(double, code):
    double.faults.add("/contacts", server.status(code), times=server.ALWAYS)
    pull = source_of(double).pull()
    shot = shoot(pull.roster)
    told = next(p for p in shot.problems if p.code == "resource_missing")
    assert told.params["status"] == code
    assert not {"adult", "guardianship"} & shot.complete
    assert "student" in shot.complete
    assert pull.cursor is None


# FAULTS OF THE WEB


def test_a_page_of_maintenance_is_no_empty_list(double):
    double.faults.add("/students", server.html())
    with pytest.raises(RosterError) as caught:
        source_of(double).pull()
    assert caught.value.code == "net_html"


def test_an_object_where_a_list_belongs_is_refused_or_taken_for_one(double):
    double.faults.add("/102/students", server.edited(lambda page: "nobody"))
    with pytest.raises(RosterError) as caught:
        source_of(double).pull()
    assert caught.value.code == "envelope_missing"


def test_a_busy_server_is_waited_for(double):
    usual = records(source_of(double).pull().roster)
    double.faults.add("/staff", server.status(503, {"Retry-After": "2"}), times=2)
    assert records(source_of(double).pull().roster) == usual


# CHANGES


def test_a_delta_is_what_a_full_pull_says(double, app):
    first = source_of(double).pull()
    base = first.roster
    app.clock = datetime(2026, 9, 15, 18, 0)
    tables = app.tables
    change_district(app, tables)
    delta = source_of(double).pull(first.cursor)
    assert delta.is_delta
    assert delta.requests < 80
    full = source_of(double).pull()
    merged, wanted = records(merge(base, delta.roster)), records(full.roster)
    orphans = merged.keys() - wanted.keys()  # contacts of the student who is gone
    assert {kind for kind, _id in orphans} == {"adult"}
    assert {k: v for k, v in merged.items() if k not in orphans} == wanted
    assert merged != records(base)


def change_district(app, tables):
    """A new name, a move, a dropped class, a departure, a new phone number."""
    users = {user["sourcedId"]: user for user in tables["users"]}
    users["5000006"]["givenName"] = "Renamed"
    app.touch("student", "101", "5000006")
    role = next(r for r in tables["roles"] if r["userSourcedId"] == "5000007")
    tables["roles"].append({**role, "orgSourcedId": "102", "sourcedId": "moved"})
    role["endDate"] = "2026-09-14"
    for school in ("101", "102"):
        app.touch("student", school, "5000007")
        app.touch("enrollment", school, "5000007")
    lost = next(r for r in tables["enrollments"] if r["userSourcedId"] == "5000008")
    tables["enrollments"].remove(lost)
    app.touch("class", "101", "5000008")
    app.touch("SectionRoster", "101", lost["classSourcedId"])
    users["5000000"]["givenName"] = "Of two schools"
    app.touch("student", "102", "5000000")
    users["8000005"]["phone"] = "760-555-9999"
    for child in ("5000010", "5000011"):
        app.touch("contact", "101", child)
    tables["roles"] = [r for r in tables["roles"] if r["userSourcedId"] != "5000002"]
    app.touch("student", "101", "5000002")


def test_nothing_changed_is_an_empty_delta(double, app):
    first = source_of(double).pull()
    app.clock = datetime(2026, 9, 15, 18, 0)
    delta = source_of(double).pull(first.cursor)
    assert delta.is_delta
    assert records(merge(first.roster, delta.roster)) == records(first.roster)


def test_many_changes_are_read_in_full(double, app, monkeypatch):
    monkeypatch.setattr(
        "odoo.addons.harvest_district.sis.adapters.aeries._DELTA_MOST", 8
    )
    first = source_of(double).pull()
    for number in range(5000001, 5000004):
        app.touch("student", "101", str(number))
    assert not source_of(double).pull(first.cursor).is_delta


@pytest.mark.parametrize("area", ["Staff", "Section", "Course"])
def test_a_change_of_staff_or_classes_is_read_in_full(double, app, area):
    first = source_of(double).pull()
    app.touch(area, "101", "2000000")
    assert not source_of(double).pull(first.cursor).is_delta


def test_a_cursor_of_another_year_leads_to_a_full_pull(double):
    first = source_of(double).pull()
    other = {**first.cursor, "year": "2025"}
    assert not source_of(double).pull(other).is_delta


def test_without_data_changes_everything_is_read(double):
    first = source_of(double).pull()
    double.faults.add("DataChanges", server.status(501), times=server.ALWAYS)
    assert not source_of(double).pull(first.cursor).is_delta


def test_the_cursor_is_taken_before_the_pull(double, app):
    """A change during the pull is in the next delta."""

    def change():
        app.clock = datetime(2026, 9, 15, 6, 10)
        next(u for u in app.tables["users"] if u["sourcedId"] == "5000001")[
            "givenName"
        ] = "Late"
        app.touch("student", "101", "5000001")

    double.faults.add("/courses", server.before(change))
    first = source_of(double).pull()
    app.clock = datetime(2026, 9, 15, 7, 0)
    delta = source_of(double).pull(first.cursor)
    assert delta.roster.persons["STU-5000001"].given_name == "Late"


PACIFIC = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("since", "now", "stamp"),
    [
        ("2026-09-15T13:00", "2026-09-15T14:00", "2026/9/15/5/45"),
        # clocks go back at 09:00 UTC on 1 November: 01:50 PDT, then 01:10 PST
        ("2026-11-01T08:50", "2026-11-01T09:10", "2026/11/1/0/35"),
        # and forward at 10:00 UTC on 14 March 2027
        ("2027-03-14T09:50", "2027-03-14T10:10", "2027/3/14/1/35"),
    ],
)
def test_local_time_over_a_change_of_clocks(since, now, stamp):
    first, last = (datetime.fromisoformat(f"{text}+00:00") for text in (since, now))
    assert local_stamp(first, last, 15, PACIFIC) == stamp


def test_a_change_in_the_repeated_hour_is_seen(double, app):
    app.clock = datetime(2026, 11, 1, 1, 50)  # PDT
    first = source_of(double).pull()
    app.clock = datetime(2026, 11, 1, 1, 5)  # PST, fifteen minutes later
    user = next(u for u in app.tables["users"] if u["sourcedId"] == "5000001")
    user["givenName"] = "Winter"
    app.touch("student", "101", "5000001")
    app.clock = datetime(2026, 11, 1, 2, 30)
    delta = source_of(double).pull(first.cursor)
    assert delta.roster.persons["STU-5000001"].given_name == "Winter"


def test_only_selected_schools_are_asked(double):
    pull = source_of(double, schools=["102"]).pull()
    assert not [p for p in double.paths() if "/101/" in p or "/103/" in p]
    schools = {role.org_id for p in pull.roster.persons.values() for role in p.roles}
    assert schools == {"102"}


def test_a_client_that_others_wrote_reads_the_double(app):
    """aeripy 0.2.16; what it shows are the double's manners, not ours."""
    with server.Double(app, tls=True) as running:
        client = Aeripy(f"{running.host}/aeries/api", CERTIFICATE)
        assert client.get_system_info().database_year == "2026"
        assert [s.school_code for s in client.get_schools()] == [101, 102, 103, 999]
        assert client.get_school(102).name == "Cañon Verde School"
        assert {t.term_code for t in client.get_terms(101)} == {"F", "S", "Y"}


def test_the_tables_of_the_district_are_not_changed_by_serving(double, tables):
    before = copy.deepcopy(tables)
    source_of(double).pull()
    assert tables == before
