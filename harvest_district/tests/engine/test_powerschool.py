"""PowerSchool against a server that speaks it: the same district, and its hazards."""

import io
import json
import zipfile
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from powerschool import PowerSchool as OtherClient

from odoo.addons.harvest_district.sis import (
    Net,
    NetError,
    NetPolicy,
    RosterError,
    Settings,
    diff,
)
from odoo.addons.harvest_district.sis.adapters import powerschool_values as values
from odoo.addons.harvest_district.sis.adapters.powerschool import PowerSchoolSource
from odoo.addons.harvest_district.sis.adapters.powerschool_plugin import build_plugin
from odoo.addons.harvest_district.sis.adapters.powerschool_rows import detail_on

from ..doubles import server
from ..doubles.district import empty_school, make_district
from ..doubles.powerschool import CLIENT, QUERY, SECRET, PowerSchool, as_xml
from .compare import (
    assert_same,
    comparable,
    expected,
    records,
    shoot,
    without_past_year,
)
from .rosters import AS_OF, known_after

# What PowerSchool does not carry: numbers lose their zeros, who is neither teacher nor
# counselor has no role, a class has neither grades nor a room.
GAPS = {
    "org": (),
    "session": None,
    "student": (
        *("identifier", "pronouns", "grades", "preferred_given_name"),
        *("preferred_middle_name", "preferred_family_name"),
    ),
    "adult": ("identifier", "username", "sms"),
    "guardianship": ("flags",),
    "school_enrollment": ("primary",),
    "course": ("org_id", "session_id", "grades"),
    "class": ("title", "code", "term_ids", "grades", "location", "type"),
    "membership": ("primary",),
}
# A busy machine draws slowly.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CONTACT = ("5000000", "8000000")  # the first student and a parent


@pytest.fixture
def tables():
    return make_district(3, 24)


@pytest.fixture
def app(tables):
    return PowerSchool(tables, page_size=10)


@pytest.fixture
def double(app):
    with server.Double(app) as running:
        yield running


def source_of(double, **settings):
    how = {
        "base_url": double.url,
        "client_id": CLIENT,
        "secret": SECRET,
        "as_of": AS_OF,
        "grade_names": {"-1": "TK"},
    }
    config = Settings("powerschool", **{**how, **settings})
    policy = NetPolicy(trusted_hosts=frozenset({double.host}), attempts=3)
    net = Net(config.base_url, policy=policy, sleep=lambda seconds: None)
    return PowerSchoolSource(config, net)


def common(key):
    return "1" if key == "district" else key.split("-", 1)[-1]


def without_untaught(want, tables):
    """Aides and principals teach nothing, and nobody says what they are."""
    gone = {
        row["userSourcedId"]
        for row in tables["roles"]
        if row["role"] in ("principal", "counselor", "aide")
    }
    second = ("school_enrollment", "5000000", "102", "2027")
    assert second in want
    return {
        key: payload
        for key, payload in want.items()
        if not (key[0] in ("adult", "site_role") and key[1] in gone)
    }


@pytest.mark.parametrize("bulk", [True, False])
def test_the_district_is_the_one_of_its_files(double, app, tables, bulk):
    app.has_plugin_query = bulk
    shot = shoot(source_of(double).pull().roster)
    got = comparable(shot, common, GAPS)
    want = without_untaught(expected(without_past_year(tables), GAPS), tables)
    assert_same(want, got)
    assert {"student", "adult", "guardianship", "membership"} <= shot.complete
    assert not shot.problems.codes()


def test_a_student_is_at_a_second_school_by_a_class_there(double):
    shot = shoot(source_of(double).pull().roster)
    places = [
        (r.payload["org_id"], r.payload["primary"])
        for r in shot.records("school_enrollment")
        if r.payload["student_id"] == "STU-5000000"
    ]
    assert sorted(places) == [("101", True), ("102", False)]


def test_no_secret_comes_in(double):
    text = "".join(r.text for r in shoot(source_of(double).pull().roster))
    assert "078-05-1120" not in text
    assert "lunch" not in "".join(
        seen.args.get("expansions", "") for seen in double.seen
    )


def test_the_connection_is_tried_step_by_step(double):
    steps = list(source_of(double).check())
    assert [step.code for step in steps] == [
        *("settings", "token", "schools", "people", "families", "classes")
    ]
    assert not any(step.problem for step in steps)
    wrong = list(source_of(double, secret="other").check())
    assert (wrong[-1].code, wrong[-1].problem.code) == ("token", "token_refused")


# TOKENS, PAGES, COUNTS


def test_a_token_that_is_withdrawn_is_renewed_once(double, app):
    usual = records(source_of(double).pull().roster)
    app.tokens.uses = 40
    assert records(source_of(double).pull().roster) == usual
    assert app.tokens.given > 2


def test_page_sizes_are_the_servers(double):
    source_of(double).pull()
    asked = {seen.args["pagesize"] for seen in double.seen if "pagesize" in seen.args}
    assert asked == {"10"}


def test_a_page_that_is_silently_shorter_is_not_the_end(double):
    usual = records(source_of(double).pull().roster)
    double.faults.add(
        "/school/101/student\\?",
        server.edited(
            lambda answer: {"students": {"student": answer["students"]["student"][:7]}}
        ),
    )
    assert records(source_of(double).pull().roster) == usual


def test_what_does_not_add_up_removes_nobody(double):
    known = known_after(shoot(source_of(double).pull().roster))
    double.faults.add(
        "/school/101/student\\?",
        server.edited(lambda answer: {"students": ""}),
        times=server.ALWAYS,
    )
    shot = shoot(source_of(double).pull().roster)
    assert "count_mismatch" in shot.problems.codes()
    gone = [
        change
        for change in diff(known, shot, AS_OF.isoformat())
        if change.kind in ("student", "adult", "guardianship", "school_enrollment")
        and change.action == "archive"
    ]
    assert not gone


def test_a_student_who_leaves_while_we_read_is_no_mismatch(double, app):
    def leave():
        roles = app.tables["roles"]
        roles.remove(next(r for r in roles if r["userSourcedId"] == "5000001"))

    double.faults.add("/school/101/student\\?", server.before(leave), after=1)
    shot = shoot(source_of(double).pull().roster)
    assert "student" in shot.complete
    assert "count_mismatch" not in shot.problems.codes()
    found = {r.external_id for r in shot.records("student")}
    assert {f"STU-{5_000_000 + n}" for n in range(24) if n != 1} <= found


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (server.html(), "net_html"),
        (server.redirect("https://message.powerschool.com/?server=x"), "net_redirect"),
        (server.edited(lambda answer: {"message": "x"}), "envelope_missing"),
        (server.truncated(), "net_json"),
    ],
)
def test_what_is_no_list_is_never_an_empty_one(double, fault, code):
    double.faults.add("/school/102/student\\?", fault, times=server.ALWAYS)
    with pytest.raises(RosterError) as caught:
        source_of(double).pull()
    assert caught.value.code == code


def test_an_emptied_school_removes_by_absence_so_that_the_gate_sees_it(double, app):
    known = known_after(shoot(source_of(double).pull().roster))
    app.tables = empty_school(app.tables, "102")
    shot = shoot(source_of(double).pull().roster)
    sites = {
        change.old_site
        for change in diff(known, shot, AS_OF.isoformat())
        if change.kind == "student" and change.action == "archive"
    }
    assert sites == {"102"}


# ENROLLMENT


@pytest.mark.parametrize("status", ["T", "G", "H", "I", "P"])
def test_only_active_students_come(double, app, status):
    role = next(r for r in app.tables["roles"] if r["userSourcedId"] == "5000003")
    role["enroll_status"] = status
    assert "STU-5000003" not in source_of(double).pull().roster.persons


def test_exits_are_exclusive(double, app):
    role = next(r for r in app.tables["roles"] if r["userSourcedId"] == "5000003")
    role |= {"beginDate": "2026-08-20", "endDate": "2026-12-01"}
    shot = shoot(source_of(double).pull().roster)
    place = next(
        r.payload
        for r in shot.records("school_enrollment")
        if r.payload["student_id"] == "STU-5000003"
    )
    assert (place["date_start"], place["date_end"]) == ("2026-08-20", "2026-12-01")
    assert {
        r.payload["date_end"]
        for r in shot.records("membership")
        if r.payload["person_id"] == "STU-5000003"
    } == {"2026-10-02", "2027-06-03"}


def test_who_never_came_and_who_was_dropped_at_once_is_not_there(double, app):
    role = next(r for r in app.tables["roles"] if r["userSourcedId"] == "5000003")
    role |= {"beginDate": "2026-08-12", "endDate": "2026-08-11"}
    place = next(
        r for r in app.tables["enrollments"] if r["userSourcedId"] == "5000004"
    )
    place |= {"endDate": "2026-08-11", "dropped": "true"}
    roster = source_of(double).pull().roster
    assert "STU-5000003" not in roster.persons
    assert f"CC-{place['sourcedId']}" not in roster.memberships


# FAMILIES


def link_of(double, student="STU-5000000", adult="CON-8000000"):
    shot = shoot(source_of(double).pull().roster)
    return next(
        (
            r.payload
            for r in shot.records("guardianship")
            if (r.payload["student_id"], r.payload["adult_id"]) == (student, adult)
        ),
        None,
    )


def detail(**changes):
    return {
        "relationship": "Father",
        "custodial": True,
        "emergency": False,
        "livesWith": True,
        "schoolPickup": True,
        "receivesMail": True,
        "startDate": "null",
        "endDate": "null",
        "active": True,
        **changes,
    }


@pytest.mark.parametrize("bulk", [True, False])
def test_custody_reaches_the_guardianship(double, app, bulk):
    app.has_plugin_query = bulk
    app.details[CONTACT] = [
        detail(
            custodial=False, schoolPickup=False, livesWith=False, endDate="2027-02-01"
        )
    ]
    payload = link_of(double)
    assert payload["relation"] == "parent"
    assert payload["flags"] == {
        "custodial": False,
        "may_pickup": False,
        "lives_with": False,
        "receives_mail": True,
        "priority": 1,
        "date_end": "2027-01-31",
    }


def test_a_restriction_on_data_takes_the_right_to_it(double, app):
    app.has_plugin_query = False
    app.restricted.add(CONTACT)
    assert link_of(double)["flags"]["educational_rights"] is False


@pytest.mark.parametrize("bulk", [True, False])
def test_of_several_periods_the_one_of_today_counts(double, app, bulk):
    app.has_plugin_query = bulk
    app.details[CONTACT] = [
        detail(schoolPickup=True, startDate="2025-08-01", endDate="2026-09-15"),
        detail(schoolPickup=False, startDate="2026-09-15", endDate="2027-01-01"),
    ]
    flags = link_of(double)["flags"]
    assert flags["may_pickup"] is False
    assert (flags["date_start"], flags["date_end"]) == ("2026-09-15", "2026-12-31")


def test_a_relation_that_is_over_is_no_link(double, app):
    app.details[CONTACT] = [detail(endDate="2026-09-01"), detail(active=False)]
    assert link_of(double) is None


def test_of_two_periods_at_once_the_stricter_one_counts():
    two = [detail(schoolPickup=True), detail(schoolPickup=False)]
    assert detail_on(two, AS_OF)["schoolPickup"] is False
    later = [detail(startDate="2026-12-01"), detail(startDate="2026-10-01")]
    assert detail_on(later, AS_OF)["startDate"] == "2026-10-01"
    assert detail_on([], AS_OF) is None


def test_a_query_without_record_is_nobody_and_no_error(double, app):
    for user in app.tables["users"]:
        user["agentSourcedIds"] = ""
    shot = shoot(source_of(double).pull().roster)
    assert not list(shot.records("guardianship"))
    assert "guardianship" in shot.complete


def test_contacts_that_may_not_be_asked_stay_as_they_are(double, app):
    app.has_plugin_query = False
    double.faults.add("/ws/contacts", server.status(403), times=server.ALWAYS)
    shot = shoot(source_of(double).pull().roster)
    assert "resource_missing" in shot.problems.codes()
    assert not {"adult", "guardianship"} & shot.complete
    assert "student" in shot.complete
    asked = [path for path in double.paths() if path.startswith("/ws/contacts")]
    assert len(asked) == 1


def test_one_bad_moment_among_many_requests_costs_one_more(double, app):
    app.has_plugin_query = False
    usual = records(source_of(double).pull().roster)
    before = len(double.seen)
    double.faults.add("/ws/contacts", server.status(503), times=1, after=20)
    assert records(source_of(double).pull().roster) == usual
    assert len(double.seen) == 2 * before + 1


def test_a_legal_alert_is_told_and_its_text_is_not_copied(double, app):
    secret = "Father may not see the child"
    app.alerts["5000003"] = {"legal": {"description": secret, "expires_date": ""}}
    app.alerts["5000004"] = {
        "legal": {"description": secret, "expires_date": "2026-01-01"}
    }
    shot = shoot(source_of(double).pull().roster)
    told = [p for p in shot.problems if p.code == "legal_alert"]
    assert [p.row for p in told] == [5000003]
    assert secret not in "".join(r.text for r in shot)
    assert secret not in "".join(map(str, shot.problems))


# XML THAT BECAME JSON


@patient
@given(
    st.recursive(
        st.none() | st.sampled_from(["", "null", "x"]) | st.integers(0, 9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        ),
        max_leaves=6,
    )
)
def test_anything_becomes_a_list_of_objects(value):
    found = values.as_list(value)
    assert isinstance(found, list)
    assert all(isinstance(item, dict) for item in found)
    assert isinstance(values.text(value), str)
    assert isinstance(values.as_object(value), dict)


@patient
@given(st.lists(st.fixed_dictionaries({"id": st.integers(1), "n": st.text()})))
def test_a_list_survives_its_way_through_xml(rows):
    sent = json.loads(json.dumps({"students": {"student": as_xml(rows)}}))
    got = values.rows_of(sent, "", "students", "student")
    assert [values.text(row["id"]) for row in got] == [str(row["id"]) for row in rows]


@patient
@given(st.integers(0, 10**12))
def test_a_number_is_the_text_that_it_was(number):
    assert values.text(number) == values.text(float(number)) == str(number)


@patient
@given(st.dates(date(1901, 1, 2), date(2100, 1, 1)))
def test_the_last_day_is_the_one_before(day):
    last = date.fromisoformat(values.last_day(day.isoformat()))
    assert (day - last).days == 1


@pytest.mark.parametrize("said", [None, "", "null", "NULL"])
def test_no_date_is_no_date(said):
    assert values.day(said) == values.last_day(said) == ""


@pytest.mark.parametrize("payload", [None, [], {"name": 1, "x": 2}, {"other": 1}, ""])
def test_a_query_that_answers_nothing_known(payload):
    if isinstance(payload, dict) and "name" in payload:
        assert values.query_rows(payload, "") == []
        return
    with pytest.raises(NetError):
        values.query_rows(payload, "")


def test_rows_of_a_query_in_tables_are_flat():
    payload = {"name": "x", "record": {"id": "1", "tables": {"person": {"a": "2"}}}}
    assert values.query_rows(payload, "") == [{"id": "1", "a": "2"}]


# THE PLUGIN


def test_the_plugin_asks_for_what_its_query_reads_and_no_more():
    archive = zipfile.ZipFile(io.BytesIO(build_plugin()))
    assert archive.namelist() == [
        "plugin.xml",
        "queries_root/harvest.named_queries.xml",
    ]
    plugin = ElementTree.fromstring(archive.read("plugin.xml"))
    space = {"p": "http://plugin.powerschool.pearson.com"}
    fields = plugin.findall("p:access_request/p:field", space)
    assert {field.get("access") for field in fields} == {"ViewOnly"}
    queries = ElementTree.fromstring(
        archive.read("queries_root/harvest.named_queries.xml")
    )
    query = queries.find("query")
    assert query.get("name") == QUERY
    sql = query.findtext("sql").lower()
    for field in fields:
        assert field.get("table").lower() in sql
        assert field.get("field").lower() in sql
    assert "ssn" not in sql
    named = {column.text for column in query.iter("column")}
    assert {"studentdcid", "contactid", "schoolpickup", "enddate"} <= named
    assert all(name.isalpha() for name in named)  # no formatter put spaces into it
    assert build_plugin() == build_plugin()


def test_a_client_that_others_wrote_reads_the_double(app, monkeypatch):
    """powerschool 4.0.1: token, metadata and a named query."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    with server.Double(app) as running:
        client = OtherClient(running.host)
        client.base_url = running.url
        client.authorize((CLIENT, SECRET))
        assert client.metadata.student_max_page_size == 10
        found = client.get_named_query(QUERY).query(pagesize=50)
        assert len(found) == client.get_named_query(QUERY).count()
        assert found[0]["studentdcid"] == "5000000"
