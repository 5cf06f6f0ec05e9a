"""OneRoster over REST: each vendor's way, credentials, errors, connection test."""

import json

import pytest

from odoo.addons.harvest_district.sis import (
    ReadOptions,
    RosterError,
    Settings,
    build_snapshot,
    kinds,
    save_baseline,
)
from odoo.addons.harvest_district.sis.adapters import ADAPTERS
from odoo.addons.harvest_district.sis.adapters.oneroster_rest import OneRosterRest
from odoo.addons.harvest_district.sis.oneroster_options import Options, base_url
from odoo.addons.harvest_district.sis.profiles import PROFILES

from ..doubles import district as d
from ..doubles import oneroster as o
from ..doubles import server as s
from .rosters import AS_OF, hashes, ids, snapshot
from .systems import COMPLETE, NAMES, TABLES, System, codes

# ONE DISTRICT, MANY WAYS


def test_it_is_an_adapter():
    assert ADAPTERS["oneroster_rest"] is OneRosterRest
    assert {n for n, p in PROFILES.items() if p.adapter == "oneroster_rest"} == {*NAMES}


@pytest.mark.parametrize("profile", NAMES)
def test_every_vendor_gives_the_snapshot_that_the_files_give(profile):
    """Byte by byte; a vendor that speaks 1.1 like the files of 1.1."""
    with System(profile) as system:
        tables = TABLES
        options = Options.of(PROFILES[profile].options, {})
        if profile == "oneroster_aeries":  # its own spelling stays in the payload
            tables = _spelled(tables, {"TK": "-1"})
        files = snapshot(
            d.to_11(tables) if options.version == "1.1" else tables,
            ReadOptions(grade_names=options.grades),
        )
        shot = system.shot()
        assert not codes(shot)
        assert hashes(shot) == hashes(files)
        assert shot.complete == files.complete == COMPLETE


def _spelled(tables: d.Tables, names: dict[str, str]) -> d.Tables:
    users = [
        {**row, "grades": names.get(row["grades"], row["grades"])}
        if row.get("grades")
        else row
        for row in tables["users"]
    ]
    return {**tables, "users": users}


def without_gaps(tables: d.Tables, gaps: frozenset[str]) -> d.Tables:
    """The district without the columns that a vendor does not send."""
    return {
        name: [
            {c: v for c, v in row.items() if f"{name}.{c}" not in gaps} for row in rows
        ]
        for name, rows in tables.items()
        if name not in gaps
    }


@pytest.mark.parametrize("profile", ["oneroster_generic_11", "oneroster_classlink"])
def test_11_equals_12_but_for_the_declared_gaps(profile):
    coarse = {"counselor": "siteAdministrator", "principal": "siteAdministrator"}
    tables = without_gaps(TABLES, OneRosterRest.declared_gaps(profile))
    for row in tables["roles"]:
        row["role"] = coarse.get(row["role"], row["role"])
    with System(profile) as system:
        assert hashes(system.shot()) == hashes(snapshot(tables))
        assert hashes(system.shot()) != hashes(snapshot(TABLES))


@pytest.mark.parametrize("profile", NAMES)
def test_every_option_of_a_profile_says_how_sure_it_is(profile):
    options = dict(PROFILES[profile].options)
    certainty = options.pop("certainty")
    said = options.keys() - {"version"}
    assert said <= certainty.keys() <= said | {"gaps"}
    assert all(mark[:1] in "SIP?" and "§" in mark for mark in certainty.values())
    assert Options.of(PROFILES[profile].options, {})


def test_a_profile_with_an_unknown_option_is_refused():
    for wrong in ({"pageing": "link"}, {"paging": "cursor"}):
        with pytest.raises(ValueError):
            Options.of(wrong, {})


def test_a_person_may_be_several_things():
    """A teacher whose own child is at another school (hazard 12)."""
    parent = {
        "sourcedId": "x",
        "userSourcedId": "3000000",
        "roleType": "secondary",
        "role": "parent",
        "orgSourcedId": "102",
    }
    tables = {
        **TABLES,
        "roles": [
            *TABLES["roles"],
            {**parent, "role": "parent", "orgSourcedId": "102"},
        ],
        "users": [
            {**row, "agentSourcedIds": "5100004"}
            if row["sourcedId"] == "3000000"
            else row
            for row in TABLES["users"]
        ],
    }
    with System(tables=tables) as system:
        shot = system.shot()
        assert hashes(shot) == hashes(snapshot(tables))
        link = "5100004|3000000"
        assert link in {
            "|".join((r.payload["student_id"], r.payload["adult_id"]))
            for r in shot.records(kinds.GUARDIANSHIP)
        }


def test_an_address_with_blanks_around_it_works():
    with System() as system:
        system.given["base_url"] = f"  {system.double.url} \n"
        assert system.shot().complete == COMPLETE


def test_infinite_campus_names_its_application_in_the_address():
    with System("oneroster_infinite_campus") as system:
        system.extra.pop("app")
        assert system.shot().complete == COMPLETE
        assert system.asked("token")[0].args == {"appName": "harvest"}


def test_no_secret_and_no_birthplace_is_kept(tmp_path):
    tables = {**TABLES, "demographics": [dict(r) for r in TABLES["demographics"]]}
    for row in tables["demographics"]:
        row["cityOfBirth"] = "Tegucigalpa"
    with System(tables=tables) as system:
        roster = system.pull().roster
        with (tmp_path / "baseline").open("w+") as stream:
            save_baseline(roster, stream)
            stream.seek(0)
            kept = stream.read()
        assert "never-keep-this" not in kept and "Tegucigalpa" not in kept
        assert o.SECRET not in repr(system.source().settings)


# CREDENTIALS AND ADDRESSES


def test_a_wrong_secret_is_refused():
    for profile in ("oneroster_generic", "oneroster_generic_11"):
        with System(profile) as system, pytest.raises(RosterError) as caught:
            system.pull(secret="wrong")
        assert caught.value.code in ("token_refused", "net_unauthorized")


def test_oauth_1_with_the_other_signature_is_refused():
    with System("oneroster_classlink") as system:
        system.extra["signature"] = "HMAC-SHA1"
        with pytest.raises(RosterError) as caught:
            system.pull()
    assert caught.value.code == "net_unauthorized"


def test_11_with_oauth_2_asks_for_the_scopes_of_11():
    with System("oneroster_generic_11", auth="oauth2", scopes="needed") as system:
        system.extra["auth"] = "oauth2"
        assert system.shot().complete == COMPLETE
        scope = system.asked("token")[0].form["scope"]
        assert "/v1p1/scope/roster-core.readonly" in scope


def test_a_token_that_ends_in_the_middle_is_renewed():
    with System() as system:
        system.app.tokens.uses = 5
        assert hashes(system.shot()) == hashes(snapshot(TABLES))
        assert system.app.tokens.given > 2


def test_a_revoked_token_ends_the_run():
    with System() as system:
        system.faults.add("/users", s.status(401), times=s.ALWAYS, after=1)
        with pytest.raises(RosterError) as caught:
            system.pull()
        assert caught.value.code == "net_unauthorized"


@pytest.mark.parametrize(
    "missing", ["client_id", "secret", "base_url", "token_url", "app"]
)
def test_what_is_missing_is_named(missing):
    profile = "oneroster_infinite_campus" if missing == "app" else "oneroster_generic"
    with System(profile) as system:
        if missing == "app":
            system.extra["app"] = ""
            system.given["base_url"] = system.double.url
        else:
            system.given[missing] = ""
        step = next(iter(system.source().check()))
        assert (step.code, step.problem.code) == ("settings", "setting_missing")
        assert step.problem.params == {"setting": missing}


@pytest.mark.parametrize(
    ("profile", "pasted", "expected"),
    [
        ("oneroster_generic", "", "/ims/oneroster/rostering/v1p2"),
        ("oneroster_generic", "/", "/ims/oneroster/rostering/v1p2"),
        ("oneroster_generic", "/x/ims/oneroster/v1p1", "/x/ims/oneroster/v1p1"),
        ("oneroster_generic", "/ims/oneroster/v1p1/orgs", "/ims/oneroster/v1p1"),
        (
            "oneroster_generic",
            "/ims/oneroster/v1p1/users/7?limit=3",
            "/ims/oneroster/v1p1",
        ),
        (
            "oneroster_generic",
            "/ims/oneroster/v1p1/ims/oneroster/v1p1/",
            "/ims/oneroster/v1p1",
        ),
        (
            "oneroster_generic",
            "/api/ims/oneroster/ims/oneroster/v1p1",
            "/api/ims/oneroster/v1p1",
        ),
        ("oneroster_generic", "/schools/ims/oneroster/v1p1", None),
        (
            "oneroster_infinite_campus",
            "/campus",
            "/campus/api/oneroster/v1p2/my%20app/ims/oneroster/rostering/v1p2",
        ),
        (
            "oneroster_infinite_campus",
            "/campus/api/oneroster/v1p2/x/ims/oneroster/rostering/v1p2/",
            "/campus/api/oneroster/v1p2/x/ims/oneroster/rostering/v1p2",
        ),
        ("oneroster_aeries", "/aeries/", "/aeries/ims/oneroster/v1p1"),
    ],
)
def test_pasted_addresses_are_cleaned(profile, pasted, expected):
    options = Options.of(PROFILES[profile].options, {})
    given_ = Settings(
        "oneroster_rest",
        base_url=f" https://sis.example.org{pasted} ",
        extra={"app": "my app"},
    )
    wanted = pasted if expected is None else expected
    assert base_url(given_, options) == f"https://sis.example.org{wanted}"


def test_an_address_that_is_none_is_refused():
    for address, code in (
        ("sis.example.org", "setting_missing"),
        ("https://[x", "net_bad_address"),
    ):
        with pytest.raises(RosterError) as caught:
            base_url(Settings("oneroster_rest", base_url=address), Options())
        assert caught.value.code == code


# THE CONNECTION TEST


def test_a_connection_is_tested_step_by_step():
    with System() as system:
        steps = list(system.source().check())
        assert [(step.code, step.count) for step in steps] == [
            ("settings", None),
            ("token", None),
            ("schools", 3),
            ("year", None),
            ("people", None),  # students come among all users
            ("classes", len(TABLES["classes"])),
        ]
        assert not any(step.problem for step in steps)


@pytest.mark.parametrize(
    ("path", "fault", "step", "code"),
    [
        ("/token", s.status(401), "token", "token_refused"),
        ("/orgs", s.status(404), "schools", "net_not_found"),
        ("/academicSessions", s.html(), "year", "net_html"),
        ("/users", s.status(403), "people", "net_forbidden"),
        ("/classes", s.without_key("classes"), "classes", "envelope_missing"),
    ],
)
def test_the_step_that_fails_is_the_last(path, fault, step, code):
    with System() as system:
        system.faults.add(path, fault)
        last = list(system.source().check())[-1]
        assert (last.code, last.problem.code) == (step, code)


def test_a_system_that_is_set_to_an_old_year_is_noticed():
    with System() as system:
        last = list(system.source(as_of=AS_OF.replace(year=2029)).check())[-1]
        assert (last.code, last.problem.code) == ("year", "year_over")
        summer = system.source(as_of=AS_OF.replace(year=2027, month=8, day=1))
        assert list(summer.check())[-1].code == "classes"


# ERRORS


@pytest.mark.parametrize("error", ["root", "wrapped", "set", "flat", "html", "empty"])
@pytest.mark.parametrize("status", [403, 404, 501])
def test_demographics_that_are_not_granted_stay_as_they_are(error, status):
    with System(denied={"demographics": status}, error=error) as system:
        pull = system.pull()
        shot = build_snapshot(pull.roster, as_of=AS_OF)
        assert codes(shot) == {"resource_missing"}
        problem = next(p for p in shot.problems if p.code == "resource_missing")
        assert (problem.file, problem.params) == ("demographics", {"status": status})
        assert shot.complete == COMPLETE - {kinds.DEMOGRAPHICS}
        assert pull.cursor


@pytest.mark.parametrize("name", ["orgs", "users", "academicSessions"])
@pytest.mark.parametrize("status", [403, 404, 501])
def test_what_everything_stands_on_must_be_granted(name, status):
    with System(denied={name: status}) as system, pytest.raises(RosterError) as caught:
        system.pull()
    assert caught.value.code in ("net_forbidden", "net_not_found", "net_not_offered")
    assert caught.value.file == name


def test_families_that_are_not_granted_do_not_stop_infinite_campus():
    with System("oneroster_infinite_campus", denied={"users": 403}) as system:
        shot = system.shot()
        assert len(ids(shot, kinds.STUDENT)) == 36
        assert "resource_missing" in codes(shot)
        assert kinds.ADULT not in shot.complete


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, {"imsx_codeMajor": "failure", "orgs": []}, "net_bad_request"),
        (
            200,
            {"statusInfoSet": [{"imsx_codeMajor": "failure"}], "orgs": []},
            "net_bad_request",
        ),
        (
            200,
            {"imsx_codeMajor": "failure", "imsx_codeMinor": "unauthorised_request"},
            "net_unauthorized",
        ),
        (
            400,
            {"imsx_codeMajor": "failure", "imsx_codeMinor": "unknown object"},
            "net_not_found",
        ),
        (
            500,
            {"statusInfoSet": {"imsx_codeMajor": "unsupported"}},
            "net_server_error",
        ),
        (422, {"imsx_codeMajor": "failure"}, "net_server_error"),
        (400, [], "net_bad_request"),
    ],
)
def test_an_error_in_the_body_counts_whatever_the_status(status, body, code):
    with System() as system:
        system.faults.add(
            "/orgs",
            s.status(
                status, {"Content-Type": "application/json"}, body=json.dumps(body)
            ),
            times=s.ALWAYS,
        )
        with pytest.raises(RosterError) as caught:
            system.pull()
        assert caught.value.code == code


def test_a_success_in_the_body_is_no_error():
    with System() as system:
        told = s.edited(
            lambda p: {**p, "statusInfoSet": [{"imsx_codeMajor": "success"}]}
        )
        system.faults.add("/orgs", told, times=s.ALWAYS)
        assert system.shot().complete == COMPLETE


def test_an_empty_system_is_refused():
    for name in ("orgs", "users", "academicSessions"):
        with System() as system:
            system.app._things[name].clear()
            with pytest.raises(RosterError) as caught:
                system.pull()
            assert caught.value.code == "file_empty"
