"""Who sees what: sites, districts, switches; filters, sorting, pages."""

from odoo.tests import tagged

from ..provider import BASES, DEMOGRAPHICS, V11, V12, Request, scope_uris, serve
from ..provider.routes import ROUTES
from .oneroster_common import OneRosterCommon


@tagged("post_install", "-at_install", "security")
class TestOneRosterRead(OneRosterCommon):
    # Sites and districts

    def _paths(self, client):
        """All endpoints, with the ids that the first client can see."""
        ids = {
            "orgSourcedId": self.site_sid(),
            "classSourcedId": self.sid(f"class|group|{self.group.id}"),
            "courseSourcedId": self.sid(f"course|group|{self.group.id}"),
            "academicSessionSourcedId": self.sid(f"session|program|{self.program.id}"),
            "userSourcedId": self.student_sid(),
            "enrollmentSourcedId": self.sid(f"enrollment|member|{self.member.id}"),
            "demographicsSourcedId": self.student_sid(),
        }
        for route in ROUTES:
            values = dict(ids)
            if "teachers" in route.names[:1]:
                values["userSourcedId"] = self.adult_sid(self.teacher)
            yield route, route.template.format(**values)

    def test_a_client_of_another_site_sees_none_of_this_one(self):
        client = self._make_client(
            site_ids=self.other_site.ids, share_demographics=True
        )
        for route, path in self._paths(client):
            for version in (V11, V12):
                with self.subTest(path=path, version=version):
                    answer = self.get(path, client, version, limit="1000")
                    text = str(answer.body)
                    if route.parameters:
                        self.assertEqual(answer.status, 404)
                    self.assertNotIn("Ana", text)
                    self.assertNotIn(self.student_sid(), text)
                    self.assertNotIn(self.site_sid(), text)
                    self.assertNotIn("Tomás", text)
                    self.assertNotIn("Garden", text)

    def test_the_same_paths_are_full_for_whom_may_see_them(self):
        for route, path in self._paths(self.client):
            if route.subset == "gradingPeriod" or "gradingPeriods" in route.names:
                continue  # the district keeps none
            with self.subTest(path=path):
                answer = self.get(path)
                self.assertEqual(answer.status, 200)
                self.assertTrue(answer.body[route.wrapper])

    def test_counts_are_of_the_own_sites(self):
        for kind, everywhere, here in (
            ("students", 2, 1), ("schools", 2, 1), ("orgs", 3, 2), ("classes", 2, 2),
            ("users", 5, 3), ("enrollments", 3, 3),
        ):  # fmt: skip
            with self.subTest(kind=kind):
                for client, count in (
                    (self.client, everywhere), (self.site_client, here)
                ):  # fmt: skip
                    answer = self.get(f"/{kind}", client, limit="1")
                    self.assertEqual(answer.headers["X-Total-Count"], str(count))

    def test_another_district_is_never_seen(self):
        foreign = self._make_client(self.foreign_district, share_demographics=True)
        self.publish(self.foreign_district)
        self.assertEqual(self.names(self.rows("/students", foreign)), ["Caro Ajena"])
        for _route, path in self._paths(foreign):
            answer = self.get(path, foreign)
            self.assertNotIn("Ana", str(answer.body))
            self.assertNotIn(self.site_sid(), str(answer.body))
        path = f"/users/{self.student_sid()}"
        self.assertEqual(self.get(path, foreign).status, 404)
        text = str([self.get(p).body for _r, p in self._paths(self.client)])
        self.assertNotIn("Caro", text)

    def test_references_of_other_sites_are_left_out(self):
        self._make_enrollment(self.student, self.other_site, primary=False)
        sister = self._make_student(self.other_site, "Bea Prueba")
        self._make_guardian(sister, partner=self.guardian.partner_id)
        self.publish()
        user = self.one(f"/users/{self.student_sid()}", self.site_client)
        self.assertEqual(
            [role["org"]["sourcedId"] for role in user["roles"]], [self.site_sid()]
        )
        mother = f"/users/{self.adult_sid(self.guardian.partner_id)}"
        self.assertEqual(len(self.one(mother)["agents"]), 2)
        self.assertEqual(
            [a["sourcedId"] for a in self.one(mother, self.site_client)["agents"]],
            [self.student_sid()],
        )
        hidden = self.site_sid(self.other_site)
        for path in (f"/users/{self.student_sid()}", mother):
            self.assertNotIn(hidden, str(self.one(path, self.site_client)))
            self.assertNotIn(hidden, str(self.one(path, self.site_client, V11)))

    def test_a_filter_does_not_find_what_is_not_shown(self):
        self._make_enrollment(self.student, self.other_site, primary=False)
        self.publish()
        hidden = self.site_sid(self.other_site)
        for text, found in (
            (f"roles.org.sourcedId='{hidden}'", 0),
            (f"roles.org.sourcedId='{self.site_sid()}'", 3),
            ("userIds.identifier='1234567890'", 0),
            ("userIds.type='stateID'", 0),
            ("email='ma@example.org'", 0),
            ("phone~'555'", 0),
        ):
            with self.subTest(filter=text):
                self.assertEqual(
                    len(self.rows("/users", self.site_client, filter=text)), found
                )
        self.assertEqual(
            self.rows("/users", self.site_client, V11, filter=f"orgs='{hidden}'"), []
        )

    def test_switches(self):
        client = self._make_client(share_state_id=True, share_contacts=True)
        [user] = self.rows("/users", client, filter="userIds.identifier='1234567890'")
        self.assertIn({"type": "stateID", "identifier": "1234567890"}, user["userIds"])
        [mother] = self.rows("/users", client, filter="email='MA@example.org'")
        self.assertEqual(mother["phone"], "555 0100")
        text = str(self.rows("/users") + self.rows("/users", version=V11))
        for secret in ("1234567890", "ma@example.org", "555 0100"):
            self.assertNotIn(secret, text)
        self.assertIn("tomas@example.org", text)  # an employee's is for work

    def test_demographics_need_their_scope(self):
        self.assertNotIn(DEMOGRAPHICS, self.site_client._get_scopes())
        self.assertEqual(self.get("/demographics", self.site_client).status, 403)
        [row] = self.rows("/demographics")
        self.assertEqual(row["birthDate"], "2016-01-02")
        self.assertNotIn("2016-01-02", str(self.rows("/users")))

    # Leaving a client's sight

    def _statuses(self, client, path="/students"):
        return {row["sourcedId"]: row["status"] for row in self.rows(path, client)}

    def test_who_moves_to_another_site_is_gone_for_this_ones_client(self):
        sid = self.student_sid()
        self.member.active = self.place.active = False
        self.student.enrollment_ids.date_end = self.yesterday
        self._make_enrollment(self.student, self.other_site, date_start=self.today)
        self.student.first_name = "Renamed"
        self.publish()
        other = self._make_client(site_ids=self.other_site.ids)
        both = self._make_client(site_ids=(self.site | self.other_site).ids)
        self.assertEqual(self._statuses(self.site_client)[sid], "tobedeleted")
        for client in (other, both, self.client):
            self.assertEqual(self._statuses(client)[sid], "active")
        gone = self.one(f"/users/{sid}", self.site_client)
        # What it saw last, and nothing of what came after.
        self.assertEqual((gone["givenName"], gone["status"]), ("Ana", "tobedeleted"))
        self.assertNotIn(self.site_sid(self.other_site), str(gone))
        self.assertEqual(
            self._statuses(self.site_client, "/enrollments")[
                self.sid(f"enrollment|member|{self.member.id}")
            ],
            "tobedeleted",
        )

    def test_who_comes_back_is_active_again_and_may_leave_again(self):
        sid = self.student_sid()
        self.member.active = self.place.active = False
        enrollment = self.student.enrollment_ids
        for active, status in (
            (False, "tobedeleted"), (True, "active"), (False, "tobedeleted")
        ):  # fmt: skip
            enrollment.active = active
            if not self.student.enrollment_ids.filtered(
                lambda line: line.site_id == self.other_site
            ):
                self._make_enrollment(self.student, self.other_site)
            self.publish()
            self.assertEqual(self._statuses(self.site_client)[sid], status)
            self.assertEqual(self._statuses(self.client)[sid], "active")

    def test_a_client_that_loses_a_site_is_told_that_all_there_is_gone(self):
        client = self._make_client(share_contacts=True)
        sid = self.student_sid()
        self.assertEqual(self._statuses(client)[sid], "active")
        client.site_ids = self.other_site
        self.assertEqual(self._statuses(client)[sid], "tobedeleted")
        gone = self.one(f"/users/{sid}", client)
        self.assertNotIn("Ana", str(gone))  # it may not read this any more
        self.assertEqual(self.rows("/students", client, filter="givenName='Ana'"), [])
        self.assertEqual(
            self._statuses(client)[self.student_sid(self.elsewhere.student)], "active"
        )
        new = self._make_student(self.site, "Nueva Prueba")
        self.publish()
        # Rights are dated by whole seconds; the new student came a while later.
        self.env.cr.execute(
            "UPDATE gr_oneroster_object SET date_published = date_published"
            " + interval '1 minute' WHERE sourced_id = %s",
            [self.student_sid(new)],
        )
        self.assertNotIn(self.student_sid(new), self._statuses(client))

    def test_a_change_of_rights_is_a_change_of_all_that_is_seen(self):
        last = max(row["dateLastModified"] for row in self.rows("/users"))
        delta = {"filter": f"dateLastModified>'{last}'"}
        self.assertEqual(self.rows("/users", **delta), [])
        self.client.share_contacts = True
        self.assertEqual(len(self.rows("/users", **delta)), 5)

    # Filters, sorting, pages

    def test_filters(self):
        cases = (
            ("/users", "givenName='ana'", 1),
            ("/users", "givenName!='ana'", 4),
            ("/users", "familyName~'PRUEB'", 4),
            ("/users", "familyName~'%'", 0),
            ("/users", "givenName>'b' AND givenName<'c'", 1),
            ("/users", "roles.role='student' OR roles.role='teacher'", 3),
            ("/users", "roles.role~'student,teacher'", 3),
            ("/users", "grades='03'", 2),
            ("/users", "grades!='03'", 3),
            ("/users", "status='active' AND enabledUser='true' AND grades~'03'", 2),
            ("/users", f"agents.sourcedId='{self.student_sid()}'", 1),
            ("/users", f"primaryOrg.sourcedId='{self.site_sid()}'", 3),
            ("/users", f"sourcedId='{self.student_sid()}'", 1),
            ("/users", "email='tomas@example.org'", 1),
            ("/classes", "grades='03,04'", 1),
            ("/classes", "grades='04,03'", 1),
            ("/classes", "grades='03'", 0),
            ("/classes", "grades~'03'", 2),
            ("/classes", "subjects='Math'", 1),
            ("/classes", f"school.sourcedId='{self.site_sid()}'", 2),
            ("/enrollments", "role='teacher' AND primary='true'", 1),
            ("/enrollments", "beginDate>='2026-09-01'", 1),
            ("/enrollments", "beginDate>'2026-09-01'", 0),
            ("/academicSessions", "type='term'", 1),
            ("/orgs", "type='school' AND identifier='101'", 1),
            ("/demographics", "birthDate<'2016-06-01'", 1),
            ("/users", "dateLastModified>'2020-01-01T00:00:00.000Z'", 5),
            ("/users", "dateLastModified>='2099-01-01'", 0),
        )  # fmt: skip
        for path, text, count in cases:
            with self.subTest(path=path, filter=text):
                self.assertEqual(len(self.rows(path, filter=text)), count)
        for text, count in (("role='student'", 2), ("role='parent'", 2)):
            self.assertEqual(len(self.rows("/users", version=V11, filter=text)), count)

    def test_sql_never_comes_from_a_client(self):
        evil = (
            "x' OR '1'='1",
            "x'; DELETE FROM gr_oneroster_object; --",
            "'||(SELECT secret_hash FROM gr_oneroster_client LIMIT 1)||'",
            "%s %(x)s %% \\",
            "x\0y",
            "{}[]()?|&",
        )
        before = len(self.rows("/users"))
        for value in evil:
            for name in ("familyName", "roles.role", "userIds.identifier", "sourcedId"):
                for predicate in "=~":
                    answer = self.get("/users", filter=f"{name}{predicate}'{value}'")
                    self.assertIn(answer.status, (200, 400))
                    self.assertFalse(answer.body.get("users"))
            for name in ("sort", "orderBy"):
                self.assertEqual(len(self.rows("/users", **{name: value})), before)
            answer = self.get("/users", filter=f"{value}='x'")
            self.assertEqual(answer.status, 400)
            self.assertEqual(self.get(f"/users/{value}").status, 404)
        self.assertEqual(len(self.rows("/users")), before)

    def test_a_filter_on_an_unknown_field_brings_no_data(self):
        answer = self.get("/users", filter="nothing='x'")
        self.assertEqual(answer.status, 400)
        self.assertNotIn("users", answer.body)

    def test_sorting(self):
        ids = [row["sourcedId"] for row in self.rows("/users")]
        self.assertEqual(ids, sorted(ids))
        self.assertEqual(
            [row["sourcedId"] for row in self.rows("/users", sort="nothing")], ids
        )
        for order, reverse in (("asc", False), ("desc", True)):
            rows = self.rows("/users", sort="givenName", orderBy=order)
            names = [row["givenName"] for row in rows]
            self.assertEqual(names, sorted(names, reverse=reverse))
        for name in ("dateLastModified", "role", "email", "username"):
            self.assertEqual(len(self.rows("/users", version=V11, sort=name)), 5)
        self.assertEqual(len(self.rows("/classes", sort="school.sourcedId")), 2)

    def test_pages_make_the_list(self):
        for client in (self.client, self.site_client):
            whole = [row["sourcedId"] for row in self.rows("/users", client)]
            for size in (1, 2, 3):
                pages = [
                    row["sourcedId"]
                    for start in range(0, len(whole), size)
                    for row in self.get(
                        "/users", client, limit=str(size), offset=str(start)
                    ).body["users"]
                ]
                self.assertEqual(pages, whole)
            for order in ({"sort": "email"}, {"sort": "email", "orderBy": "desc"}):
                whole = [r["sourcedId"] for r in self.rows("/users", client, **order)]
                pages = [
                    self.get(
                        "/users", client, limit="1", offset=str(place), **order
                    ).body["users"][0]["sourcedId"]
                    for place in range(len(whole))
                ]
                self.assertEqual(pages, whole)
        answer = self.get("/users", offset="99999999999999999999")
        self.assertEqual((answer.status, answer.body["users"]), (200, []))

    def test_relations(self):
        klass = self.sid(f"class|group|{self.group.id}")
        self.assertEqual(
            self.names(self.rows(f"/classes/{klass}/students")), ["Ana Prueba"]
        )
        self.assertEqual(
            self.names(self.rows(f"/classes/{klass}/teachers")), ["Tomás Vega Ruiz"]
        )
        for path, titles in (
            (f"/students/{self.student_sid()}/classes", ["Garden Club", "Math 3"]),
            (f"/teachers/{self.adult_sid(self.teacher)}/classes", ["Math 3"]),
            (f"/schools/{self.site_sid()}/classes", ["Garden Club", "Math 3"]),
            (f"/schools/{self.site_sid(self.other_site)}/classes", []),
        ):
            self.assertEqual(sorted(r["title"] for r in self.rows(path)), titles)
        school = f"/schools/{self.site_sid(self.other_site)}"
        self.assertEqual(self.rows(f"{school}/classes/{klass}/students"), [])
        self.assertEqual(self.rows(f"{school}/classes/{klass}/enrollments"), [])
        self.assertEqual(self.names(self.rows(f"{school}/students")), ["Beto Prueba"])
        self.assertEqual(self.get(f"/schools/{self.student_sid()}").status, 404)
        self.assertEqual(
            self.get(f"/teachers/{self.student_sid()}/classes").status, 404
        )

    def test_queries_of_a_list_and_of_one(self):
        reader = self.client._get_reader()
        self.env.flush_all()
        school = self.site_sid()
        sid = self.student_sid()
        for path, queries in (
            ("/users", 2),
            (f"/users/{sid}", 1),
            (f"/schools/{school}/students", 3),
            ("/users?offset=1000", 1),
        ):
            with self.subTest(path=path), self.assertQueryCount(queries):
                path, _mark, offset = path.partition("?offset=")
                params = {"offset": offset or "0"}
                request = Request(V12, BASES[V12], path, params)
                answer = serve(request, scope_uris(["roster.readonly"]), reader)
                self.assertEqual(answer.status, 200)
