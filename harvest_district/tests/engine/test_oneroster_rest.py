"""OneRoster over REST: each vendor's way, and what goes wrong on the way (§11)."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_district.sis import (
    NetPolicy,
    ReadOptions,
    RosterError,
    Settings,
    build_snapshot,
    kinds,
    merge,
    save_baseline,
)
from odoo.addons.harvest_district.sis.adapters import ADAPTERS
from odoo.addons.harvest_district.sis.adapters.oneroster_rest import OneRosterRest
from odoo.addons.harvest_district.sis.net import Net
from odoo.addons.harvest_district.sis.oneroster_json import Flattener
from odoo.addons.harvest_district.sis.oneroster_options import Options, base_url
from odoo.addons.harvest_district.sis.problems import NOTE
from odoo.addons.harvest_district.sis.profiles import PROFILES

from ..doubles import district as d
from ..doubles import oneroster as o
from ..doubles import server as s
from .rosters import AS_OF, hashes, ids, payload, snapshot

NAMES = sorted(o.STYLES)
TABLES = d.make_district()


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 9, 14, 12, tzinfo=UTC).timestamp()
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


class System:
    """A running double and a source that is connected to it."""

    def __init__(self, profile="oneroster_generic", tables=None, extra=None, **style):
        self.clock = Clock()
        self.profile = profile
        made = replace(o.STYLES[profile](), **style)
        self.app = o.OneRosterDouble(tables or TABLES, made, self.clock.now)
        self.clock.at += timedelta(days=1).total_seconds()
        self.double = s.Double(self.app)
        self.double.clock = self.clock.now
        self.faults = self.double.faults
        self.extra = {"page_size": 25, "app": "harvest", **(extra or {})}
        self.given: dict = {}

    def source(self, **how) -> OneRosterRest:
        style = self.app.style
        given_ = Settings(
            "oneroster_rest",
            profile=self.profile,
            base_url=self.double.url + self.app.base,
            token_url=""
            if Options.of(PROFILES[self.profile].options, {}).token_path
            else self.double.url + style.token,
            client_id=o.KEY,
            secret=o.SECRET,
            extra=self.extra,
            as_of=AS_OF,
        )
        given_ = replace(given_, **{**self.given, **how})
        policy = NetPolicy(trusted_hosts=frozenset({self.double.host}))
        net = Net(given_.base_url, policy=policy, sleep=self.clock.sleep)
        net.now = self.clock.now
        return OneRosterRest(given_, net)

    def pull(self, cursor=None, **how):
        return self.source(**how).pull(cursor)

    def shot(self, **how):
        return build_snapshot(self.pull(**how).roster, as_of=AS_OF)

    def asked(self, name: str) -> list[str]:
        return [seen for seen in self.double.seen if seen.path.endswith("/" + name)]

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.double.close()


def codes(shot_or_roster) -> set[str]:
    return {p.code for p in shot_or_roster.problems if p.severity != NOTE}


COMPLETE = set(kinds.RECORD_KINDS)


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


# PAGES (HAZARDS 1, 2, 3, 6, 7)


@pytest.mark.parametrize("fault", [s.capped(7), s.capped(1)])
def test_a_limit_that_is_lowered_silently_loses_nothing(fault):
    with System() as system:
        system.faults.add("limit=", fault, times=s.ALWAYS)
        shot = system.shot()
        assert hashes(shot) == hashes(snapshot(TABLES))
        assert shot.complete == COMPLETE


@pytest.mark.parametrize("total", [None, "many", "-1"])
def test_without_a_total_an_empty_page_is_the_end(total):
    with System() as system:
        headers = {"X-Total-Count": total, "Link": None}
        system.faults.add("limit=", s.with_headers(headers), times=s.ALWAYS)
        shot = system.shot()
        assert hashes(shot) == hashes(snapshot(TABLES))
        assert shot.complete == COMPLETE


@pytest.mark.parametrize("total", ["25", "9999"])
def test_a_total_that_is_not_met_removes_nobody(total):
    """Too low: reading ends there in a careless client. Too high: rows are missing."""
    with System() as system:
        system.faults.add(
            "/users", s.with_headers({"X-Total-Count": total}), times=s.ALWAYS
        )
        pull = system.pull()
        shot = build_snapshot(pull.roster, as_of=AS_OF)
        assert hashes(shot) == hashes(snapshot(TABLES))
        assert codes(shot) == {"count_mismatch"}
        problem = next(p for p in shot.problems if p.code == "count_mismatch")
        assert problem.params == {
            "found": len(TABLES["users"]),
            "announced": int(total),
        }
        assert kinds.STUDENT not in shot.complete
        assert kinds.SCHOOL_ENROLLMENT not in shot.complete
        assert kinds.COURSE in shot.complete
        assert pull.cursor is None  # the next run reads everything again


def test_a_page_that_ends_too_early_removes_nobody():
    with System() as system:
        cut = s.edited(lambda page: {**page, "users": []})
        system.faults.add("/users.*offset=25", cut, times=s.ALWAYS)
        shot = system.shot()
        assert kinds.STUDENT not in shot.complete
        assert "count_mismatch" in codes(shot)


def test_rows_that_move_while_they_are_read_are_read_again():
    """A student is removed before the second page: one is skipped, and the total falls.

    The second pass finds all of them.
    """
    with System() as system:
        gone = d.empty_school(TABLES, "103")
        change = s.before(lambda: (system.app.replace(gone), system.app.forget()))
        system.faults.add("/users.*offset=25", change)
        shot = system.shot()
        assert (
            len([s_ for s_ in system.asked("users") if s_.args["offset"] == "0"]) == 2
        )
        assert shot.complete == COMPLETE
        assert ids(shot, kinds.STUDENT) >= ids(snapshot(gone), kinds.STUDENT)


def test_a_total_that_never_rests_removes_nobody():
    totals = iter(range(100, 10_000))

    def restless(request, app):
        answer = app(request)
        answer.headers["X-Total-Count"] = str(next(totals))
        return answer

    with System() as system:
        system.faults.add("/users", restless, times=s.ALWAYS)
        shot = system.shot()
        assert kinds.STUDENT not in shot.complete
        assert kinds.DEMOGRAPHICS in shot.complete


def test_rows_that_come_twice_count_once():
    with System() as system:
        system.faults.add("/users.*offset=0", s.rows_twice("users"))
        shot = system.shot()
        assert hashes(shot) == hashes(snapshot(TABLES))
        assert shot.complete == COMPLETE  # the second pass had each of them once


def test_ids_that_truly_stand_there_twice_are_accepted():
    """One row of demographics per student and school (Ed-Fi, §1.8)."""
    with System() as system:
        system.faults.add(
            "/demographics.*offset=(0|25)", s.rows_twice("demographics"), times=s.ALWAYS
        )
        total = s.with_headers({"X-Total-Count": None})
        system.faults.add("/demographics", total, times=s.ALWAYS)
        shot = system.shot()
        assert hashes(shot) == hashes(snapshot(TABLES))
        assert shot.complete == COMPLETE


def test_the_later_one_of_two_rows_counts():
    later = s.edited(
        lambda page: {
            **page,
            "orgs": [*page["orgs"], {**page["orgs"][-1], "name": "Later"}],
        }
    )
    with System() as system:
        system.faults.add("/orgs", later)
        assert "Later" not in {r.payload["name"] for r in system.shot().records("org")}
        system.faults.add("/orgs", later, times=2)
        names = {r.payload["name"] for r in system.shot().records("org")}
        assert "Later" not in names  # the second pass was read after the first


def test_a_server_that_ignores_the_offset_is_noticed():
    def stuck(request, app):
        environ = {**request.environ, "QUERY_STRING": "limit=25&offset=0"}
        return app(type(request)(environ))

    with System() as system:
        system.faults.add("/users", stuck, times=s.ALWAYS)
        with pytest.raises(RosterError) as caught:
            system.pull()
        assert caught.value.code == "page_loop"
        assert len(system.asked("users")) == 2


def test_the_last_page_again_beyond_the_end_is_the_end():
    tables = TABLES
    last = (len(tables["enrollments"]) - 1) // 25 * 25

    def clamped(request, app):
        offset = min(int(request.args["offset"]), last)
        environ = {**request.environ, "QUERY_STRING": f"limit=25&offset={offset}"}
        return app(type(request)(environ))

    with System() as system:
        system.faults.add("/enrollments", clamped, times=s.ALWAYS)
        shot = system.shot()
        assert hashes(shot) == hashes(snapshot(tables))
        assert shot.complete == COMPLETE


def test_a_system_may_not_be_asked_beyond_its_end():
    with System(extra={"reads_beyond": False}) as system:
        total = {t: len(TABLES[t]) for t in ("orgs", "courses", "enrollments")}
        for table, count in total.items():
            offset = -(-count // 25) * 25
            system.faults.add(f"/{table}.*offset={offset}", s.status(400))
        assert hashes(system.shot()) == hashes(snapshot(TABLES))


def test_links_are_followed_to_their_end():
    with System(extra={"paging": "link"}) as system:
        shot = system.shot()
        assert hashes(shot) == hashes(snapshot(TABLES))
        assert shot.complete == COMPLETE
        pages = -(-len(TABLES["users"]) // 25)
        assert len(system.asked("users")) == pages


def test_links_that_are_missing_are_done_without():
    with System(extra={"paging": "link"}, links=False) as system:
        assert hashes(system.shot()) == hashes(snapshot(TABLES))


def _link(url: str):
    return s.with_headers({"Link": f'<{url}>; rel="next"'})


@pytest.mark.parametrize("offset", ["0", "25"])
def test_links_that_lead_back_are_noticed(offset):
    with System(extra={"paging": "link"}) as system:
        back = f"{system.app.base}/users?limit=25&offset={offset}"
        system.faults.add("/users", _link(back), times=s.ALWAYS)
        with pytest.raises(RosterError) as caught:
            system.pull()
        assert caught.value.code == "page_loop"
        assert len(system.asked("users")) <= 3


def test_a_link_to_another_host_gets_no_token():
    with System(extra={"paging": "link"}) as system:
        system.faults.add("/users", _link("https://sis2.example.org/users"))
        with pytest.raises(RosterError) as caught:
            system.pull()
        assert caught.value.code == "net_other_host"


def test_pages_without_end_end():
    def endless(request, app):
        offset = int(request.args["offset"])
        rows = [{"sourcedId": str(offset + n)} for n in range(25)]
        return s.answer_json({"courses": rows})

    with System(extra={"max_pages": 30}) as system:
        system.faults.add("/courses", endless, times=s.ALWAYS)
        with pytest.raises(RosterError) as caught:
            system.pull()
        assert caught.value.code == "page_loop"
        assert len(system.asked("courses")) == 30


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (s.html(), "net_html"),
        (s.redirect("https://message.example.org/"), "net_redirect"),
        (s.truncated(), "net_json"),
        (s.without_key("enrollments"), "envelope_missing"),
        (s.null_key("enrollments"), "envelope_missing"),
        (s.edited(lambda page: None), "envelope_missing"),
        (s.edited(lambda page: page["enrollments"]), "envelope_missing"),
        (s.edited(lambda page: {"enrollments": ""}), "envelope_missing"),
        (s.status(500), "net_server_error"),
        (s.status(503, {"Retry-After": "99999"}), "net_server_error"),
        (s.status(429, {"Retry-After": "99999"}), "net_busy"),
    ],
)
@pytest.mark.parametrize("after", [0, 1])
def test_an_answer_that_is_no_page_fails_the_whole_run(fault, code, after):
    """On the first page or a later one: nothing is believed (hazards 6, 7, 29)."""
    with System() as system:
        system.faults.add("/enrollments", fault, times=s.ALWAYS, after=after)
        with pytest.raises(RosterError) as caught:
            system.pull()
        assert caught.value.code == code
        assert caught.value.file == "enrollments"


def test_a_busy_system_is_waited_for():
    with System() as system:
        system.faults.add("/users", s.status(429, {"Retry-After": "7"}), times=2)
        system.faults.add("/classes", s.drop())
        assert hashes(system.shot()) == hashes(snapshot(TABLES))
        assert system.clock.slept[:2] == [7, 7]


def test_one_object_instead_of_a_list_is_one_row():
    with System(extra={"page_size": 1}) as system:
        system.faults.add("/orgs", s.single_object("orgs"), times=s.ALWAYS)
        assert hashes(system.shot()) == hashes(snapshot(TABLES))


def test_rows_that_are_nobodys_forbid_removals():
    for junk in (None, "x", [], {}, {"sourcedId": None}, {"sourcedId": {"a": 1}}):
        with System() as system:
            more = s.edited(lambda page, junk=junk: {"users": [*page["users"], junk]})
            system.faults.add("/users.*offset=0", more, times=s.ALWAYS)
            shot = system.shot()
            assert kinds.STUDENT not in shot.complete
            assert "id_missing" in codes(shot)
            assert len(ids(shot, kinds.STUDENT)) == 36


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


# WHAT CHANGED


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


# OBJECTS


def test_what_11_and_12_mix_is_understood():
    flat = Flattener(("userIds", "identifier", "metadata.state"), ("StudentStateNo",))
    row = flat.row(
        "users",
        {
            "sourcedId": 17,
            "enabledUser": 1,
            "role": "student",
            "orgs": [{"sourcedId": "a"}, {"sourcedId": "b"}],
            "identifier": "0042",
            "metadata": {"state": "9100000000"},
            "userIds": [
                {"type": "studentstateno", "identifier": 5},
                {"type": "x:{y}", "identifier": "{z}"},
                "junk",
            ],
            "agents": None,
            "grades": "03",
            "userMasterIdentifier": "123",
            "userProfiles": [{"credentials": [{"password": "p"}]}],
            "password": "p",
        },
    )
    assert row["sourcedId"] == 17
    assert row["orgSourcedIds"] == ["a", "b"]
    assert row["userIds"] == "{SSID:0042},{SSID:9100000000},{SSID:5},{xy:z}"
    assert "userMasterIdentifier" not in row  # this vendor's is no state id
    assert not {"password", "userProfiles", "credentials"} & row.keys()
    assert row["grades"] == "03"


def test_where_the_state_id_stands_is_a_profiles_matter():
    with System(state_id="metadata.stateStudentId") as system:
        system.extra["state_id"] = ["metadata.stateStudentId"]
        shot = system.shot()
        assert payload(shot, kinds.STUDENT, "5000000")["ssid"] == "9100000000"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                (
                    *("sourcedId", "status", "roles", "role", "org", "orgs"),
                    *("userIds", "type", "agents", "identifier", "givenName"),
                    *("familyName", "grades"),
                )
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(st.lists(_JSON, max_size=4))
@settings(max_examples=60, deadline=None)
def test_no_object_breaks_the_reading(junk):
    """Whatever comes is used, set aside or refused, with a problem that says so."""
    with System(extra={"page_size": 500}) as system:
        more = s.edited(lambda page: {"users": [*page["users"], *junk]})
        system.faults.add("/users.*offset=0", more, times=2)
        try:
            shot = system.shot()
        except RosterError as error:
            assert error.code == "excel_id"
        else:
            assert (
                hashes(shot).items()
                >= {
                    k: v
                    for k, v in hashes(snapshot(TABLES)).items()
                    if k[0] in (kinds.ORG, kinds.SESSION)
                }.items()
            )


# THE CONNECTION TEST


def test_a_connection_is_tested_step_by_step():
    with System() as system:
        steps = list(system.source().check())
        assert [(step.code, step.count) for step in steps] == [
            ("settings", None),
            ("token", None),
            ("schools", 3),
            ("year", 5),
            ("people", len(TABLES["users"])),
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
