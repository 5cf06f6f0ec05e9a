"""What a request is answered, without a database: a list of rows stands for it."""

import re
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from openapi_spec_validator import validate

from odoo.addons.harvest_district.provider import (
    CONTACTS,
    DEMOGRAPHICS,
    FULL_ROSTER,
    ROSTER,
    ROUTES,
    STATE_ID,
    V11,
    V12,
    Page,
    Request,
    View,
    describe,
    find_route,
    grant,
    scope_uris,
    serve,
)
from odoo.addons.harvest_district.provider.links import link_header

BASE = "https://district.example/ims/oneroster/rostering/v1p2"
ALL = scope_uris([ROSTER, FULL_ROSTER, DEMOGRAPHICS])
USER = {
    "sourced_id": "u-1",
    "status": "active",
    "date_last_modified": "2026-09-01T00:00:00.000Z",
    "enabledUser": "true",
    "handle": "u-1",
    "givenName": "Ana",
    "familyName": "Prueba",
    "userIds": [
        {"type": "sisSourcedId", "identifier": "77"},
        {"type": "stateID", "identifier": "1234567890", "grant": "state_id"},
    ],
    "contact": {"email": "a@example.org", "phone": "555 0100"},
    "primaryOrg": {"id": "o-1", "sites": ["1"]},
    "roles": [
        {"role": "counselor", "legacy": "administrator", "roleType": "primary",
         "org": "o-1", "sites": ["1"]},
        {"role": "teacher", "legacy": "teacher", "roleType": "primary",
         "org": "o-2", "sites": ["2"], "beginDate": "2026-08-01"},
        {"role": "parent", "legacy": "parent", "roleType": "secondary",
         "org": "o-2", "sites": ["2"]},
    ],
    "agents": [{"id": "u-2", "sites": ["1"]}, {"id": "u-3", "sites": ["2", "3"]}],
}  # fmt: skip


class Rows:
    """A reader of a list that is there in full."""

    def __init__(self, rows=(USER,), total=None, view=None):
        self.view = view or View(1, None)
        self.rows, self.total = list(rows), total

    def exists(self, parent):
        return parent[-1] != "missing"

    def one(self, selection):
        return next(
            (r for r in self.rows if r["sourced_id"] == selection.sourced_id), None
        )

    def page(self, selection, query):
        return Page(len(self.rows) if self.total is None else self.total, self.rows)


def get(path, reader=None, version=V12, scopes=ALL, method="GET", **params):
    return serve(Request(version, BASE, path, params, method), scopes, reader or Rows())


def minor(answer):
    body = answer.body.get("statusInfoSet", [answer.body])[0]
    return body["imsx_CodeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"]


def concrete(route):
    return re.sub(r"\{\w+\}", "u-1", route.template)


@pytest.mark.parametrize("version", [V11, V12])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.template)
def test_every_endpoint_answers_in_its_wrapper(route, version):
    answer = get(concrete(route), version=version)
    assert answer.status == 200
    assert list(answer.body) == [route.wrapper]
    assert isinstance(answer.body[route.wrapper], dict if route.single else list)
    assert ("Link" in answer.headers) != route.single


def test_singletons_and_lists_have_the_wrappers_of_the_specification():
    wrappers = {route.template: route.wrapper for route in ROUTES}
    assert wrappers["/schools"] == "orgs"
    assert wrappers["/schools/{orgSourcedId}"] == "org"
    assert wrappers["/students/{userSourcedId}"] == "user"
    assert wrappers["/terms/{academicSessionSourcedId}"] == "academicSession"
    assert wrappers["/demographics/{demographicsSourcedId}"] == "demographics"
    assert wrappers["/classes/{classSourcedId}/students"] == "users"


def test_all_endpoints_of_the_specification_are_there():
    lists = [
        "academicSessions", "terms", "gradingPeriods", "orgs", "schools", "courses",
        "classes", "users", "students", "teachers", "enrollments", "demographics",
    ]  # fmt: skip
    related = [
        "terms/x/classes", "terms/x/gradingPeriods", "schools/x/classes",
        "schools/x/courses", "schools/x/enrollments", "schools/x/students",
        "schools/x/teachers", "schools/x/terms", "schools/x/classes/y/enrollments",
        "schools/x/classes/y/students", "schools/x/classes/y/teachers",
        "courses/x/classes", "classes/x/students", "classes/x/teachers",
        "users/x/classes", "students/x/classes", "teachers/x/classes",
    ]  # fmt: skip
    paths = [*lists, *(f"{name}/x" for name in lists), *related]
    assert all(map(find_route, paths))
    assert len(paths) == len(ROUTES)


@pytest.mark.parametrize(
    "path", ["", "/", "/nothing", "/users/x/students", "/users/a b", "/users//classes",
             "/users/" + "x" * 256, "/schools/x/classes/y/terms", "/users/x'--"]
)  # fmt: skip
def test_an_unknown_endpoint_is_not_found(path):
    answer = get(path)
    assert (answer.status, minor(answer)) == (404, "unknownobject")


@pytest.mark.parametrize("path", ["/users/missing", "/schools/missing/students"])
def test_an_unknown_object_is_not_found(path):
    assert (get(path).status, minor(get(path))) == (404, "unknownobject")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_it_is_read_only(method):
    answer = get("/users", method=method)
    assert (answer.status, minor(answer)) == (405, "unsupported")


def test_scopes():
    core, full = scope_uris([ROSTER]), scope_uris([FULL_ROSTER])
    demographics = scope_uris([DEMOGRAPHICS])
    assert get("/users", scopes=core).status == 200
    assert get("/users/u-1", scopes=full).status == 200
    assert get("/classes/x/students", scopes=full).status == 200
    assert get("/demographics", scopes=demographics).status == 200
    for path, scopes in (
        ("/classes/x/students", core),
        ("/demographics", core + full),
        ("/demographics/u-1", core + full),
        ("/users", demographics),
        ("/users", []),
        ("/users", [uri for uri in core if V11 in uri]),  # the other version's
    ):
        answer = get(path, scopes=scopes)
        assert (answer.status, minor(answer)) == (403, "forbidden")


def test_granting_scopes():
    assert grant("", [ROSTER]) == scope_uris([ROSTER])
    one = scope_uris([ROSTER])[1]
    assert grant(f"{one} https://example.org/unknown", [ROSTER]) == [one]
    assert grant(scope_uris([DEMOGRAPHICS])[0], [ROSTER]) == []


def test_failures_have_the_shape_of_their_version():
    body = get("/users/missing", version=V11).body["statusInfoSet"][0]
    assert body["imsx_codeMajor"] == "failure" and body["imsx_messageRefIdentifier"]
    body = get("/users/missing", version=V12).body
    assert (body["imsx_codeMajor"], body["imsx_severity"]) == ("failure", "error")


def test_a_user_of_1_2():
    user = get("/users/u-1").body["user"]
    assert [
        (r["role"], r["roleType"], r["org"]["sourcedId"]) for r in user["roles"]
    ] == [
        ("counselor", "primary", "o-1"),
        ("teacher", "primary", "o-2"),
        ("parent", "secondary", "o-2"),
    ]
    assert user["roles"][1]["beginDate"] == "2026-08-01"
    assert user["primaryOrg"]["href"] == f"{BASE}/orgs/o-1"
    assert user["userIds"] == [{"type": "sisSourcedId", "identifier": "77"}]
    assert {"role", "orgs", "username", "email", "phone", "password"}.isdisjoint(user)


def test_a_user_of_1_1():
    user = get("/users/u-1", version=V11).body["user"]
    assert (user["role"], user["username"]) == ("administrator", "u-1")
    assert [org["sourcedId"] for org in user["orgs"]] == ["o-1", "o-2"]
    assert {"roles", "primaryOrg", "preferredFirstName"}.isdisjoint(user)


def test_switches_open_what_they_say():
    view = View(1, None, grants=frozenset({STATE_ID, CONTACTS}))
    user = get("/users/u-1", Rows(view=view)).body["user"]
    assert [one["type"] for one in user["userIds"]] == ["sisSourcedId", "stateID"]
    assert (user["email"], user["phone"]) == ("a@example.org", "555 0100")


def test_a_client_of_one_site_sees_nothing_of_another():
    reader = Rows(view=View(1, frozenset({2})))
    user = get("/users/u-1", reader).body["user"]
    assert [role["role"] for role in user["roles"]] == ["teacher", "parent"]
    assert [agent["sourcedId"] for agent in user["agents"]] == ["u-3"]
    assert "primaryOrg" not in user
    assert "o-1" not in str(user)
    assert get("/users/u-1", reader, V11).body["user"]["role"] == "teacher"


def test_fields_are_exactly_those():
    answer = get("/users", fields="givenName,status")
    assert answer.body == {"users": [{"givenName": "Ana", "status": "active"}]}


def test_an_unknown_field_brings_all_data_and_a_warning():
    for version in (V11, V12):
        answer = get("/users", version=version, fields="givenName,nothing")
        assert answer.status == 200 and minor(answer) == "invalid_selection_field"
        assert len(answer.body["users"][0]) > 5


def links(header):
    found = re.findall(r'<([^>]*)>; rel="(\w+)"', header)
    return {
        rel: {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
        for url, rel in found
    }


def pages(limit, offset, total):
    found = links(link_header("https://x.example/users", {}, limit, offset, total))
    return {rel: int(params["offset"]) for rel, params in found.items()}


def test_links():
    assert pages(10, 0, 503) == {"first": 0, "next": 10, "last": 500}
    assert pages(10, 10, 503) == {"first": 0, "prev": 0, "next": 20, "last": 500}
    assert pages(10, 500, 503) == {"first": 0, "prev": 490, "last": 500}
    assert pages(10, 5, 503) == {"first": 0, "prev": 0, "next": 15, "last": 500}
    assert pages(10, 9000, 503) == {"first": 0, "prev": 500, "last": 500}
    assert pages(100, 0, 0) == {"first": 0, "last": 0}
    assert pages(10, 0, 10) == {"first": 0, "last": 0}


def test_links_carry_the_query_and_the_limit_that_was_used():
    text = "familyName='Peña & Co' AND status='active'"
    answer = get(
        "/users", Rows(total=50_000), limit="99999", filter=text, sort="givenName"
    )
    assert answer.headers["X-Total-Count"] == "50000"
    following = links(answer.headers["Link"])["next"]
    assert following == {
        "limit": "10000", "offset": "10000", "filter": text, "sort": "givenName",
    }  # fmt: skip
    assert " " not in answer.headers["Link"].split(";")[0]


def test_following_next_reads_everything_once():
    seen, offset = [], 0
    while offset is not None:
        seen += range(offset, min(offset + 7, 50))
        offset = pages(7, offset, 50).get("next")
    assert seen == list(range(50))


def test_what_the_view_hides_is_hidden():
    view = View(1, frozenset({1}), since=datetime(2026, 1, 1))
    assert view.shows({"id": "x"})
    assert view.shows({"id": "x", "sites": ["3", "1"]})
    assert not view.shows({"id": "x", "sites": ["11"]})
    assert not view.shows({"id": "x", "sites": []})
    assert not view.shows({"id": "x", "grant": "state_id"})


def test_the_discovery_document_is_valid_and_whole():
    document = describe(BASE, "https://district.example/ims/oneroster/oauth2/token")
    validate(document)
    assert document["servers"] == [{"url": BASE}]
    assert set(document["paths"]) == {route.template for route in ROUTES}
    names = [path["get"]["operationId"] for path in document["paths"].values()]
    assert len(set(names)) == len(names)
    for name in (
        "getAllOrgs", "getOrg", "getStudentsForClass", "getClassesForTerm",
        "getStudentsForClassInSchool", "getAllDemographics", "getDemographics",
        "getGradingPeriodsForTerm", "getAllGradingPeriods", "getStudent",
        "getClassesForUser", "getAcademicSession", "getEnrollmentsForClassInSchool",
    ):  # fmt: skip
        assert name in names
    flow = document["components"]["securitySchemes"]["OAuth2CC"]["flows"]
    assert len(flow["clientCredentials"]["scopes"]) == 3
