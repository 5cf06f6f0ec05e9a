import base64
from datetime import timedelta
from urllib.parse import quote_plus
from uuid import uuid4

from odoo import fields
from odoo.tests import tagged

from ..lrs.verbs import (
    ABANDONED,
    CMI5_CATEGORY,
    COMPLETED,
    INITIALIZED,
    LAUNCHED,
    PASSED,
    SATISFIED,
    SESSION_ID,
    TERMINATED,
    VOIDED,
)
from .common import CoursewareHttpCase

TINCAN = "https://courses.example.org/tincan"


@tagged("post_install", "-at_install")
class TestXapi(CoursewareHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.slide = cls._make_slide("xapi")

    def setUp(self):
        super().setUp()
        self.launch = self._open(self.slide)

    def _statement(self, verb="https://learn.example.org/verbs/read", **values):
        return {
            "id": str(uuid4()),
            "actor": self.launch.registration_id._get_actor(),
            "verb": {"id": verb},
            "object": {"id": TINCAN},
            **values,
        }

    def _post(self, body, launch=None):
        return self._send("POST", "/statements", launch or self.launch, body)

    def _get(self, query="", launch=None):
        return self._send("GET", f"/statements{query}", launch or self.launch)

    def test_a_statement_comes_back_with_what_the_store_adds(self):
        statement = self._statement()
        posted = self._post(statement)
        self.assertEqual((posted.status_code, posted.json()), (200, [statement["id"]]))
        self.assertEqual(posted.headers["X-Experience-API-Version"], "1.0.3")

        found = self._get(f"?statementId={statement['id']}").json()
        self.assertEqual(found["object"], statement["object"])
        self.assertEqual(found["version"], "1.0.3")
        self.assertTrue(found["stored"] and found["timestamp"] and found["authority"])

    def test_put_names_its_statement(self):
        statement = self._statement()
        path = f"/statements?statementId={statement['id']}"
        self.assertEqual(
            self._send("PUT", path, self.launch, statement).status_code, 204
        )
        self.assertEqual(
            self._send("PUT", path, self.launch, statement).status_code, 204
        )
        other = f"/statements?statementId={uuid4()}"
        self.assertEqual(
            self._send("PUT", other, self.launch, statement).status_code, 400
        )
        self.assertEqual(
            self._send("PUT", "/statements", self.launch, statement).status_code, 400
        )

    def test_a_statement_never_changes(self):
        statement = self._statement()
        self._post(statement)
        self.assertEqual(self._post(statement).status_code, 200)
        changed = self._post({**statement, "result": {"success": True}})
        self.assertEqual(changed.status_code, 409)
        self.assertEqual(len(self._get().json()["statements"]), 1)

    def test_a_request_is_stored_whole_or_not_at_all(self):
        good, bad = self._statement(), self._statement(verb="no iri")
        self.assertEqual(self._post([good, bad]).status_code, 400)
        self.assertEqual(self._post([good, good]).status_code, 400)
        self.assertEqual(self._get().json()["statements"], [])

    def test_statements_are_queried(self):
        verbs = [f"https://learn.example.org/verbs/{name}" for name in "abc"]
        ids = [self._post(self._statement(verb)).json()[0] for verb in verbs]

        def found(query):
            return [one["id"] for one in self._get(query).json()["statements"]]

        self.assertEqual(found(""), ids[::-1])
        self.assertEqual(found("?ascending=true"), ids)
        self.assertEqual(found(f"?verb={verbs[1]}"), ids[1:2])
        self.assertEqual(found(f"?activity={TINCAN}&limit=1"), ids[2:])
        self.assertEqual(found("?activity=https://learn.example.org/other"), [])
        registration = self.launch.registration_id.registration
        self.assertEqual(found(f"?registration={registration}"), ids[::-1])
        stored = self._get(f"?statementId={ids[0]}").json()["stored"]
        self.assertEqual(found(f"?since={stored}"), ids[:0:-1])
        self.assertEqual(found(f"?until={stored}"), ids[:1])

    def test_more_leads_through_all_pages(self):
        ids = [self._post(self._statement()).json()[0] for _number in range(5)]
        found, path = [], "/statements?limit=2&ascending=true"
        while path:
            page = self._send("GET", path, self.launch).json()
            found += [one["id"] for one in page["statements"]]
            path = page["more"].removeprefix("/harvest/xapi")
        self.assertEqual(found, ids)

    def test_queries_that_make_no_sense_are_refused(self):
        for query in (
            "?unknown=1",
            "?limit=many",
            "?since=yesterday",
            f"?statementId={uuid4()}&verb=x:y",
            "?agent=x",
            "?after=x",
        ):
            self.assertEqual(self._get(query).status_code, 400, query)
        self.assertEqual(self._get(f"?statementId={uuid4()}").status_code, 404)
        self.assertEqual(self._get(f"?registration={uuid4()}").status_code, 403)

    def test_a_statement_is_voided_by_another(self):
        first = self._post(self._statement()).json()[0]
        ref = {"objectType": "StatementRef", "id": first}
        void = self._statement(VOIDED, object=ref)
        self.assertEqual(self._post(void).status_code, 200)

        self.assertEqual(self._get(f"?statementId={first}").status_code, 404)
        self.assertEqual(self._get(f"?voidedStatementId={first}").json()["id"], first)
        listed = [one["id"] for one in self._get().json()["statements"]]
        self.assertEqual(listed, [void["id"]])
        again = self._statement(VOIDED, object={**ref, "id": void["id"]})
        self.assertEqual(self._post(again).status_code, 400)

    def test_a_key_reads_and_writes_its_own_learner_only(self):
        mine = self._post(self._statement()).json()[0]
        other = self._open(self.slide, self.other)
        self.assertEqual(self._get(launch=other).json()["statements"], [])
        self.assertEqual(self._get(f"?statementId={mine}", other).status_code, 404)
        self.assertEqual(self._post(self._statement(), other).status_code, 403)
        # nor is it told what the other one's statement says, nor can it void it
        theirs = self._statement(actor=other.registration_id._get_actor())
        self.assertEqual(self._post({**theirs, "id": mine}, other).status_code, 409)
        ref = {"objectType": "StatementRef", "id": mine}
        void = {**theirs, "verb": {"id": VOIDED}, "object": ref}
        self.assertEqual(self._post(void, other).status_code, 403)

    def test_keys_expire(self):
        self.launch.date_end = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(self._get().status_code, 401)
        for value in ("", "Basic", "Basic %%%", "Basic eDp5", "Bearer x"):
            headers = {"Authorization": value}
            response = self._send("GET", "/statements", headers=headers)
            self.assertEqual(response.status_code, 401, value)

    def test_the_version_is_asked_for(self):
        for version in ("", "0.95", "2.0.0"):
            headers = {"X-Experience-API-Version": version}
            response = self._send("GET", "/statements", self.launch, headers=headers)
            self.assertEqual(response.status_code, 400)
        about = self._send("GET", "/about", headers={"X-Experience-API-Version": ""})
        self.assertEqual(about.json(), {"version": ["1.0.3"]})

    def test_a_page_without_an_origin_may_call(self):
        headers = {"Origin": "null", "Access-Control-Request-Method": "POST"}
        response = self._send("OPTIONS", "/statements", headers=headers)
        self.assertEqual(response.status_code, 204)
        self.assertEqual(response.headers["Access-Control-Allow-Origin"], "*")
        self.assertNotIn("Access-Control-Allow-Credentials", response.headers)
        self.assertIn("Authorization", response.headers["Access-Control-Allow-Headers"])

    def test_bodies_that_are_no_statements_are_refused(self):
        for body in (b"", b"{", b"null", b"[[]]", b"[1]", b"\xff", b"[" * 50_000):
            response = self._send(
                "POST",
                "/statements",
                self.launch,
                body,
                headers={"Content-Type": "application/json"},
            )
            self.assertEqual(response.status_code, 400, body[:10])
        multipart = {"Content-Type": "multipart/mixed; boundary=x"}
        response = self._send(
            "POST", "/statements", self.launch, b"x", headers=multipart
        )
        self.assertEqual(response.status_code, 400)

    def test_names_are_not_kept(self):
        actor = {**self.launch.registration_id._get_actor(), "name": "Lerna Learner"}
        self._post(self._statement(actor=actor))
        raws = self.env["gr.xapi.statement"].search([]).mapped("raw")
        self.assertNotIn("Lerna", str(raws))

    def test_the_packages_own_activity_completes_the_content(self):
        elsewhere = {"id": "https://courses.example.org/tincan/q1"}
        self._post(self._statement(COMPLETED, object=elsewhere))
        self._post(self._statement(COMPLETED, result={"completion": False}))
        self.assertFalse(self._is_completed(self.slide))
        self._post(self._statement(PASSED, result={"success": True}))
        self.assertTrue(self._is_completed(self.slide))
        self.assertFalse(self._is_completed(self.slide, self.other))


@tagged("post_install", "-at_install")
class TestXapiDocuments(CoursewareHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.slide = cls._make_slide("xapi")

    def setUp(self):
        super().setUp()
        self.launch = self._open(self.slide)

    def _path(self, document="bookmark", kind="state", launch=None, **extra):
        launch = launch or self.launch
        name = "stateId" if kind == "state" else "profileId"
        args = {"activityId": TINCAN, **extra}
        if kind != "activity":
            args["agent"] = launch.registration_id._get_actor_text()
        if document:
            args[name] = document
        base = {"agent": "/agents/profile"}.get(kind, "/activities/" + kind)
        base = base.replace("/activities/activity", "/activities/profile")
        query = "&".join(f"{key}={quote_plus(value)}" for key, value in args.items())
        return f"{base}?{query}"

    def test_state_comes_and_goes(self):
        text = {"Content-Type": "text/plain"}
        path = self._path()
        put = self._send("PUT", path, self.launch, b"page 3", headers=text)
        self.assertEqual(put.status_code, 204)
        got = self._send("GET", path, self.launch)
        self.assertEqual(
            (got.content, got.headers["Content-Type"]), (b"page 3", "text/plain")
        )
        self.assertTrue(got.headers["ETag"] and got.headers["Last-Modified"])
        listed = self._send("GET", self._path(""), self.launch)
        self.assertEqual(listed.json(), ["bookmark"])
        self.assertEqual(self._send("DELETE", path, self.launch).status_code, 204)
        self.assertEqual(self._send("GET", path, self.launch).status_code, 404)

    def test_post_merges_objects(self):
        path = self._path()
        self._send("POST", path, self.launch, {"a": 1, "b": {"c": 1}})
        self._send("POST", path, self.launch, {"b": {"d": 2}})
        found = self._send("GET", path, self.launch).json()
        self.assertEqual(found, {"a": 1, "b": {"d": 2}})
        self.assertEqual(self._send("POST", path, self.launch, [1]).status_code, 400)

    def test_a_profile_is_not_overwritten_unseen(self):
        path = self._path(kind="agent")
        first = self._send(
            "PUT", path, self.launch, {"a": 1}, headers={"If-None-Match": "*"}
        )
        self.assertEqual(first.status_code, 204)
        etag = self._send("GET", path, self.launch).headers["ETag"]

        def put(**headers):
            return self._send(
                "PUT", path, self.launch, {"a": 2}, headers=headers
            ).status_code

        self.assertEqual(put(), 409)
        self.assertEqual(put(**{"If-None-Match": "*"}), 412)
        self.assertEqual(put(**{"If-Match": '"other"'}), 412)
        self.assertEqual(put(**{"If-Match": etag}), 204)
        self.assertEqual(put(**{"If-Match": etag}), 412)

    def test_documents_are_the_learners_own(self):
        other = self._open(self.slide, self.other)
        for kind in ("state", "agent", "activity"):
            path = self._path(kind=kind)
            self.assertEqual(
                self._send("PUT", path, self.launch, {"a": 1}).status_code, 204
            )
            theirs = self._path(kind=kind, launch=other)
            self.assertEqual(self._send("GET", theirs, other).status_code, 404)
            if kind != "activity":
                self.assertEqual(self._send("GET", path, other).status_code, 403)

    def test_what_a_document_is_of_has_to_be_said(self):
        for path in ("/activities/state", "/activities/profile", "/agents/profile"):
            self.assertEqual(self._send("GET", path, self.launch).status_code, 400)
        self.assertEqual(
            self._send("PUT", self._path(""), self.launch, {"a": 1}).status_code, 400
        )

    def test_agents_and_activities_are_described(self):
        agent = quote_plus(self.launch.registration_id._get_actor_text())
        person = self._send("GET", f"/agents?agent={agent}", self.launch).json()
        self.assertEqual(person["objectType"], "Person")
        found = self._send("GET", f"/activities?activityId={TINCAN}", self.launch)
        self.assertEqual(found.json()["id"], TINCAN)


@tagged("post_install", "-at_install")
class TestCmi5(CoursewareHttpCase):
    def _fetch(self, launch):
        url = launch._get_parameters(self.base_url())["fetch"]
        self.env.flush_all()
        response = self.opener.post(url, timeout=20)
        self.env.invalidate_all()
        return response.json()

    def _say(self, launch, verb, **result):
        registration = launch.registration_id
        unit = launch.unit_id
        context = launch._get_context()
        context["registration"] = registration.registration
        context["contextActivities"]["category"] = [{"id": CMI5_CATEGORY}]
        statement = {
            "id": str(uuid4()),
            "actor": registration._get_actor(),
            "verb": {"id": verb},
            "object": {"id": registration._get_activity(unit)},
            "context": context,
        }
        if result:
            statement["result"] = result
        return self._send("POST", "/statements", launch, statement)

    def _verbs(self, registration):
        statements = self.env["gr.xapi.statement"]
        own = [("registration_id", "=", registration.id)]
        return statements.search(own, order="id").mapped("verb")

    def test_the_key_is_fetched_once(self):
        launch = self._open(self._make_slide("cmi5"))
        first = self._fetch(launch)
        key = base64.b64decode(first["auth-token"]).decode()
        self.assertTrue(key.startswith(f"{launch.session}:"))
        headers = {"Authorization": f"Basic {first['auth-token']}"}
        self.assertEqual(
            self._send("GET", "/statements", headers=headers).status_code, 200
        )
        again = self._fetch(launch)
        self.assertEqual(again["error-code"], "1")
        self.assertTrue(again["error-text"])

    def test_the_launch_is_prepared(self):
        launch = self._open(self._make_slide("cmi5"))
        registration = launch.registration_id
        parameters = launch._get_parameters(self.base_url())
        self.assertEqual(
            set(parameters),
            {"endpoint", "fetch", "actor", "registration", "activityId"},
        )
        path = (
            "/activities/state?stateId=LMS.LaunchData"
            f"&activityId={quote_plus(parameters['activityId'])}"
            f"&agent={quote_plus(parameters['actor'])}"
            f"&registration={registration.registration}"
        )
        data = self._send("GET", path, launch).json()
        self.assertEqual((data["launchMode"], data["moveOn"]), ("Normal", "Completed"))
        extensions = data["contextTemplate"]["extensions"]
        self.assertEqual(extensions, {SESSION_ID: launch.session})
        self.assertEqual(self._verbs(registration), [LAUNCHED])

    def test_a_unit_is_done_by_its_move_on(self):
        unit = ("https://courses.example.org/1", "au.html", "CompletedAndPassed", "")
        slide = self._make_slide("cmi5", units=[unit])
        launch = self._open(slide)
        self._say(launch, INITIALIZED)
        self._say(launch, COMPLETED, completion=True, duration="PT1M")
        self.assertFalse(self._is_completed(slide))
        self._say(launch, PASSED, success=True, duration="PT2M")
        self.assertTrue(self._is_completed(slide))
        self.assertEqual(
            self._say(launch, TERMINATED, duration="PT2M").status_code, 200
        )
        self.assertEqual(launch.attempt_id.total_seconds, 120)
        said = self._verbs(launch.registration_id)
        self.assertEqual(said.count(SATISFIED), 2)  # the block and the course
        self.assertEqual(self._say(launch, COMPLETED, completion=True).status_code, 403)

    def test_a_registration_hears_completed_once(self):
        slide = self._make_slide("cmi5")
        launch = self._open(slide)
        self._say(launch, INITIALIZED)
        self.assertEqual(self._say(launch, COMPLETED, completion=True).status_code, 200)
        again = self._open(slide)
        self._say(again, INITIALIZED)
        refused = self._say(again, COMPLETED, completion=True)
        self.assertEqual(refused.status_code, 403)
        self.assertIn("already", refused.json()["error"])

    def test_the_lms_says_when_a_session_was_abandoned(self):
        slide = self._make_slide("cmi5")
        launch = self._open(slide)
        self._open(slide)  # never initialized: nothing was abandoned
        self.assertNotIn(ABANDONED, self._verbs(launch.registration_id))
        second = self._open(slide)
        self._say(second, INITIALIZED)
        self._open(slide)
        self.assertIn(ABANDONED, self._verbs(launch.registration_id))
        self.assertEqual(self._say(second, TERMINATED).status_code, 401)

    def test_what_needs_nothing_is_done_when_it_is_opened(self):
        unit = ("https://courses.example.org/1", "au.html", "NotApplicable", "")
        slide = self._make_slide("cmi5", units=[unit])
        self._open(slide)
        self.assertTrue(self._is_completed(slide))
