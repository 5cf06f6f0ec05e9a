"""The OneRoster double keeps to the protocol, also for clients that others wrote."""

import oneroster_client
import pytest
import requests
from oneroster_client.configuration import Configuration
from requests_oauthlib import OAuth1
from timeback.auth import OAuth2ClientCredentials
from timeback.errors import AuthError
from timeback.http import HttpClient

from ..doubles import district as d
from ..doubles import oneroster as o
from ..doubles import server as s
from ..doubles.oneroster_styles import Style

TABLES = d.make_district()
_CORE = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly"


class Client:
    """Plain requests with a token."""

    def __init__(self, double: s.Double, scope: str = "") -> None:
        self._double = double
        form = {"grant_type": "client_credentials", "scope": scope}
        answer = requests.post(
            double.url + "/token", auth=(o.KEY, o.SECRET), data=form, timeout=5
        )
        self._headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def get(self, path: str, **params) -> requests.Response:
        url = self._double.url + self._double.app.base + path
        return requests.get(url, params, headers=self._headers, timeout=5)


@pytest.fixture
def double():
    with s.Double(o.OneRosterDouble(TABLES)) as running:
        yield running


@pytest.mark.parametrize(
    ("api", "call", "table"),
    [
        ("OrgsManagementApi", "get_orgs", "orgs"),
        ("AcademicSessionsManagementApi", "get_academic_sessions", "academicSessions"),
        ("UsersManagementApi", "get_users", "users"),
        ("DemographicsManagementApi", "get_demographics", "demographics"),
        ("CoursesManagementApi", "get_courses", "courses"),
        ("ClassesManagementApi", "get_classes", "classes"),
        ("EnrollmentsManagementApi", "get_enrollments", "enrollments"),
    ],
)
def test_a_client_generated_from_the_official_11_swagger_reads_everything(
    api, call, table
):
    with s.Double(o.OneRosterDouble(TABLES, Style(version="1.1"))) as double:
        token = Client(double)._headers["Authorization"].removeprefix("Bearer ")
        settings = Configuration()
        settings.host = double.url + double.app.base
        settings.access_token = token
        ask = getattr(
            getattr(oneroster_client, api)(oneroster_client.ApiClient(settings)), call
        )
        found: list[str] = []
        while rows := next(iter(ask(limit=10, offset=len(found)).to_dict().values())):
            assert all(row["status"] == "active" for row in rows)
            found += [row["sourced_id"] for row in rows]
        assert found == [row["sourcedId"] for row in TABLES[table]]


def test_a_12_client_is_let_in_and_reads_users():
    style = Style(token="/oauth2/token", token_style="body")
    with s.Double(o.OneRosterDouble(TABLES, style)) as double:
        keys = OAuth2ClientCredentials(double.url, o.KEY, o.SECRET)
        users = HttpClient(double.url, keys).get(double.app.base + "/students")["users"]
        assert {user["sourcedId"] for user in users} == {
            row["sourcedId"] for row in TABLES["demographics"]
        }
        wrong = OAuth2ClientCredentials(double.url, o.KEY, "wrong")
        with pytest.raises(AuthError):
            HttpClient(double.url, wrong).get(double.app.base + "/students")


def test_envelopes_and_single_objects(double):
    client = Client(double)
    for path, envelope in (
        ("/schools", "orgs"),
        ("/terms", "academicSessions"),
        ("/teachers", "users"),
    ):
        assert list(client.get(path).json()) == [envelope]
    for path, key in (
        ("/orgs/1", "org"),
        ("/schools/101", "org"),
        ("/academicSessions/2700", "academicSession"),
        ("/users/5000000", "user"),
        ("/classes/2000000", "class"),
        ("/enrollments/6000000", "enrollment"),
        ("/demographics/5000000", "demographics"),
    ):
        assert list(client.get(path).json()) == [key]
    assert client.get("/schools/1").status_code == 404


def test_pages_say_how_many_there_are_and_where_the_next_is(double):
    client = Client(double)
    answer = client.get("/users", limit=10, offset=10)
    assert len(answer.json()["users"]) == 10
    assert answer.headers["X-Total-Count"] == str(len(TABLES["users"]))
    assert set(answer.links) == {"first", "last", "next", "prev"}
    assert answer.links["next"]["url"].endswith("limit=10&offset=20")
    assert answer.links["prev"]["url"].endswith("limit=10&offset=0")
    beyond = client.get("/users", limit=10, offset=9999)
    assert beyond.json() == {"users": []} and "next" not in beyond.links


def test_who_is_not_let_in(double):
    url = double.url + double.app.base + "/orgs"
    answer = requests.get(url, timeout=5)
    assert answer.status_code == 401
    assert answer.json()["imsx_codeMajor"] == "failure"
    client = Client(double, _CORE)
    assert client.get("/users").status_code == 200
    assert client.get("/demographics").status_code == 403


def test_filters(double):
    client = Client(double)
    names = {row["userSourcedId"] for row in TABLES["roles"] if row["role"] == "aide"}
    found = client.get("/users", filter="role='aide' AND status='active'").json()
    assert {user["sourcedId"] for user in found["users"]} == names
    for wrong in ("shoeSize='9'", "role", "dateLastModified>'2026-09-01'"):
        answer = client.get("/users", filter=wrong)
        assert answer.status_code == 400
        assert "invalid_filter_field" in answer.text


def test_what_is_gone_is_a_tombstone_until_it_is_forgotten(double):
    app, client = double.app, Client(double)
    app.replace(d.empty_school(TABLES, "103"))
    total = int(client.get("/users").headers["X-Total-Count"])
    assert total == len(TABLES["users"]) - 12
    since = {"filter": "dateLastModified>'2000-01-01T00:00:00.000Z'"}

    def gone() -> int:
        rows = client.get("/users", **since, limit=1000).json()["users"]
        return sum(row["status"] == "tobedeleted" for row in rows)

    assert gone() == 12
    app.forget()
    assert gone() == 0


def test_oauth_1_counts_a_nonce_once():
    style = Style(version="1.1", auth="oauth1", error="set")
    with s.Double(o.OneRosterDouble(TABLES, style)) as double:
        url = double.url + double.app.base + "/orgs"
        signed = requests.Request("GET", url, auth=OAuth1(o.KEY, o.SECRET)).prepare()
        with requests.Session() as session:
            assert session.send(signed, timeout=5).status_code == 200
            again = session.send(signed, timeout=5)
        assert again.status_code == 401
        assert again.json() == {
            "statusInfoSet": [{"imsx_codeMajor": "failure", "imsx_severity": "error"}]
        }
