"""The service as the world meets it, and as software that others wrote reads it."""

import base64
import os
from unittest.mock import patch

import oneroster_client
from oauthlib.oauth2 import BackendApplicationClient
from openapi_spec_validator import validate
from requests_oauthlib import OAuth2Session
from timeback.auth import OAuth2ClientCredentials
from timeback.http import HttpClient
from timeback.models.response import (
    TimebackGetDemographicResponse,
    TimebackGetEnrollmentResponse,
    TimebackGetOrgResponse,
    TimebackGetUserResponse,
)

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.harvest_audit import store

from ..provider import BASES, DISCOVERY_PATH, ROOT, TOKEN_PATH, V11, V12, scope_uris
from .oneroster_common import OneRosterCommon


@tagged("post_install", "-at_install", "security")
class TestOneRosterHttp(OneRosterCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = cls.client._renew_secret()
        cls.key = cls.client.client_key

    def _basic(self, key, secret):
        pair = base64.b64encode(f"{key}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def _ask_token(self, form=None, **headers):
        data = {"grant_type": "client_credentials"} | (form or {})
        return self.url_open(TOKEN_PATH, data=data, headers=headers)

    def _token(self, **form):
        answer = self._ask_token(form, **self._basic(self.key, self.secret))
        self.assertEqual(answer.status_code, 200)
        return answer.json()["access_token"]

    def read(self, path, token=None, method="GET", **params):
        headers = {"Authorization": f"Bearer {token or self._token()}"}
        url = self.base_url() + path
        return self.opener.request(method, url, params=params, headers=headers)

    # Tokens

    def test_a_token_by_header_and_by_body(self):
        body = {"client_id": self.key, "client_secret": self.secret}
        for answer in (
            self._ask_token(**self._basic(self.key, self.secret)),
            self._ask_token(body),
        ):
            found = answer.json()
            self.assertEqual(
                (found["token_type"], found["expires_in"]), ("Bearer", 3600)
            )
            self.assertEqual(answer.headers["Cache-Control"], "no-store")
            self.assertNotIn("Set-Cookie", answer.headers)
            path = BASES[V12] + "/users"
            self.assertEqual(self.read(path, found["access_token"]).status_code, 200)

    def test_only_what_is_asked_is_granted(self):
        wish = scope_uris(["roster-core.readonly"])
        answer = self._ask_token(
            {"scope": " ".join([*wish, "https://example.org/other"])},
            **self._basic(self.key, self.secret),
        )
        self.assertEqual(answer.json()["scope"].split(), wish)
        token = answer.json()["access_token"]
        answer = self.read(BASES[V12] + "/demographics", token)
        self.assertEqual(answer.status_code, 403)
        self.assertEqual(answer.json()["imsx_codeMajor"], "failure")
        answer = self.read(BASES[V11] + "/demographics", token)
        self.assertEqual(answer.json()["statusInfoSet"][0]["imsx_codeMajor"], "failure")

    def test_who_gets_no_token(self):
        good = self._basic(self.key, self.secret)
        for form, headers, status, error in (
            ({}, {}, 401, "invalid_client"),
            ({}, self._basic(self.key, "wrong"), 401, "invalid_client"),
            ({}, self._basic("unknown", self.secret), 401, "invalid_client"),
            ({}, {"Authorization": "Basic !!!"}, 401, "invalid_client"),
            ({"grant_type": "password"}, good, 400, "unsupported_grant_type"),
            ({"scope": "https://example.org/none"}, good, 400, "invalid_scope"),
        ):
            answer = self._ask_token(form, **headers)
            self.assertEqual(answer.status_code, status)
            self.assertEqual(answer.json()["error"], error)
        answer = self.url_open(TOKEN_PATH)
        self.assertEqual(answer.status_code, 405)

    # The event log

    def test_a_call_is_logged_and_withheld_without_the_log(self):
        token, found = self._token(), []

        def append(_dbname, sights, events, sign, **_options):
            found.extend([*map(sign, store.looks(sights, {})), *events])

        with patch.object(store, "append", append):
            self.assertIn("Ana", self.read(BASES[V12] + "/students", token).text)
        (event,) = [event for event in found if event.purpose == "oneroster"]
        self.assertIn(self.student.id, event.subjects)
        self.assertEqual(event.ip, "127.0.0.1")

        with (
            patch.object(store, "append", side_effect=ConnectionError),
            self.assertLogs("odoo.addons.harvest_audit", "ERROR"),
            mute_logger("odoo.http"),
        ):
            answer = self.read(BASES[V12] + "/students", token)
        self.assertEqual(answer.status_code, 503)
        self.assertNotIn("Ana", answer.text)

    # Refusals

    def test_without_a_token_nothing_is_said(self):
        self.client.action_archive()
        for path in ("/users", f"/users/{self.student_sid()}", "/nothing", "/users/x"):
            for version in (V11, V12):
                for value in (None, "Bearer x", "x"):
                    headers = {"Authorization": value} if value else {}
                    answer = self.url_open(BASES[version] + path, headers=headers)
                    self.assertEqual(answer.status_code, 401)
                    self.assertIn("Bearer", answer.headers["WWW-Authenticate"])
                    self.assertNotIn("Ana", answer.text)

    def test_an_archived_client_is_out_at_once(self):
        token = self._token()
        self.client.action_archive()
        self.assertEqual(self.read(BASES[V12] + "/users", token).status_code, 401)

    def test_an_expired_token(self):
        token = self._token()
        self.env["gr.oneroster.token"].search([]).write({"expires_at": "2020-01-01"})
        self.assertEqual(self.read(BASES[V12] + "/users", token).status_code, 401)

    def test_unknown_versions_and_endpoints(self):
        token = self._token()
        for path in ("/v1p3/users", "/rostering/v1p3/users", "/v1p1/nothing", "/v1p2"):
            answer = self.read(ROOT + path, token)
            self.assertEqual(answer.status_code, 404)
            self.assertIn("imsx_codeMajor", answer.text)

    def test_what_no_database_takes_is_no_error_of_ours(self):
        base = BASES[V12]
        for path in ("/users/%00", "/users/a%00b/classes", "/schools/%00/students"):
            self.assertEqual(self.read(base + path).status_code, 404)
        for name, value in (("sort", "\0"), ("fields", "\0")):
            self.assertEqual(
                self.read(f"{base}/users", **{name: value}).status_code, 200
            )
        for day in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
            answer = self.read(f"{base}/users", filter=f"dateLastModified>'{day}'")
            self.assertEqual(answer.status_code, 400)
        refused = self._ask_token(**self._basic("a\0b", "\0"))
        self.assertEqual(refused.status_code, 401)

    def test_other_methods_are_not_supported(self):
        token = self._token()
        for method in ("PUT", "POST", "DELETE", "PATCH"):
            answer = self.read(BASES[V12] + "/users/x", token, method)
            self.assertEqual(answer.status_code, 405)
            self.assertEqual(
                answer.json()["imsx_CodeMinor"]["imsx_codeMinorField"][0][
                    "imsx_codeMinorFieldValue"
                ],
                "unsupported",
            )

    def test_plain_http_is_refused_but_on_this_machine(self):
        answer = self.url_open(
            BASES[V12] + "/users", headers={"Host": "district.example"}
        )
        self.assertEqual(answer.status_code, 403)
        self.assertIn("HTTPS", answer.text)

    def test_a_call_is_on_record(self):
        token = self._token()
        self.read(BASES[V12] + "/users", token, filter="familyName='Prueba'")
        self.read(BASES[V12] + "/users/unknown", token)
        calls = self.client.call_ids.sorted("id")
        self.assertEqual(calls.mapped("status"), [200, 404])
        self.assertEqual(calls.mapped("row_count"), [2, 0])
        self.assertEqual(calls[0].query, "filter(familyName)")

    # Conformance calls (interop 14.8)

    def test_microsoft_school_data_sync(self):
        token, last = self._token(), "1970-01-01T00:00:00.000Z"
        for version in (V11, V12):
            for name in ("orgs", "academicSessions", "courses", "classes", "users",
                         "enrollments", "students", "teachers", "schools"):  # fmt: skip
                for text in ("status='active'", f"dateLastModified>'{last}'"):
                    answer = self.read(
                        f"{BASES[version]}/{name}",
                        token,
                        limit="5000",
                        offset="0",
                        filter=text,
                    )
                    self.assertEqual(answer.status_code, 200)
                    [(_wrapper, rows)] = answer.json().items()
                    self.assertEqual(answer.headers["X-Total-Count"], str(len(rows)))
                    self.assertTrue(rows)
                    self.assertIn("limit=5000", answer.links["first"]["url"])

    def test_google_classroom(self):
        token = self._token(scope=scope_uris(["roster.readonly"])[1])
        base = BASES[V12]
        [user] = self.read(
            f"{base}/users", token, limit="10000", filter="email='tomas@example.org'"
        ).json()["users"]
        classes = self.read(
            f"{base}/teachers/{user['sourcedId']}/classes", token, limit="10000"
        ).json()["classes"]
        for klass in classes:
            for name in ("students", "teachers"):
                path = f"{base}/classes/{klass['sourcedId']}/{name}"
                self.assertTrue(self.read(path, token).json()["users"])
        item = self.read(f"{base}/lineItems/x", token, "PUT")
        self.assertEqual(item.status_code, 405)  # rosters only, said in words

    def test_links_lead_through_all_pages(self):
        token = self._token()
        url, seen = BASES[V12] + "/users?limit=2", []
        while url:
            answer = self.read(url.removeprefix(self.base_url()), token)
            seen += [row["sourcedId"] for row in answer.json()["users"]]
            url = answer.links.get("next", {}).get("url")
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(str(len(seen)), answer.headers["X-Total-Count"])

    def test_the_discovery_document(self):
        answer = self.url_open(DISCOVERY_PATH)
        document = answer.json()
        validate(document)
        self.assertEqual(document["servers"][0]["url"], self.base_url() + BASES[V12])
        flows = document["components"]["securitySchemes"]["OAuth2CC"]["flows"]
        self.assertEqual(
            flows["clientCredentials"]["tokenUrl"], self.base_url() + TOKEN_PATH
        )

    # Software that others wrote

    def test_the_client_of_strongmind_reads_1_1(self):
        """Generated from the official 1.1 definition; it checks what is required."""
        session = OAuth2Session(client=BackendApplicationClient(client_id=self.key))
        insecure = patch.dict(os.environ, OAUTHLIB_INSECURE_TRANSPORT="1")  # loopback
        with self.allow_requests(all_requests=True), insecure:
            token = session.fetch_token(
                self.base_url() + TOKEN_PATH,
                client_id=self.key,
                client_secret=self.secret,
            )
            config = oneroster_client.Configuration()
            config.host = self.base_url() + BASES[V11]
            config.access_token = token["access_token"]
            api = oneroster_client.ApiClient(config)
            users = oneroster_client.UsersManagementApi(api)
            found = users.get_user(self.student_sid()).user
            self.assertEqual((found.given_name, found.role), ("Ana", "student"))
            self.assertEqual(found.orgs[0].sourced_id, self.site_sid())
            self.assertEqual(len(users.get_users().users), 5)
            for group, call, names in (
                ("OrgsManagementApi", "get_orgs", "orgs"),
                ("SchoolsManagementApi", "get_schools", "orgs"),
                ("CoursesManagementApi", "get_courses", "courses"),
                ("ClassesManagementApi", "get_classes", "classes"),
                ("EnrollmentsManagementApi", "get_enrollments", "enrollments"),
                ("DemographicsManagementApi", "get_demographics", "demographics"),
                ("TermsManagementApi", "get_terms", "academic_sessions"),
                (
                    "AcademicSessionsManagementApi",
                    "get_academic_sessions",
                    "academic_sessions",
                ),
            ):
                with self.subTest(call=call):
                    answer = getattr(getattr(oneroster_client, group)(api), call)()
                    rows = getattr(answer, names)
                    self.assertTrue(rows)
                    self.assertTrue(all(row.sourced_id for row in rows))

    def test_the_client_of_timeback_reads_1_2(self):
        """Its token by the body, its models by pydantic.

        Its lists, class and course ask for attributes that OneRoster does not have.
        """
        with self.allow_requests(all_requests=True):
            tokens = OAuth2ClientCredentials(
                self.base_url() + ROOT, self.key, self.secret
            )
            http = HttpClient(self.base_url(), tokens)
            for path, model in (
                (f"/users/{self.student_sid()}", TimebackGetUserResponse),
                (f"/users/{self.adult_sid(self.teacher)}", TimebackGetUserResponse),
                (f"/schools/{self.site_sid()}", TimebackGetOrgResponse),
                (
                    f"/enrollments/{self.sid(f'enrollment|member|{self.member.id}')}",
                    TimebackGetEnrollmentResponse,
                ),
                (
                    f"/demographics/{self.student_sid()}",
                    TimebackGetDemographicResponse,
                ),
            ):
                with self.subTest(path=path.split("/")[1]):
                    found = model.model_validate(http.get(BASES[V12] + path))
                    self.assertTrue(found)
            page = http.get(BASES[V12] + "/users", {"limit": 2, "sort": "familyName"})
            self.assertEqual(len(page["users"]), 2)
