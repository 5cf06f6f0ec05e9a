"""What is published, and that every visible change is told."""

from datetime import date

from odoo.tests import tagged

from .oneroster_common import OneRosterCommon


@tagged("post_install", "-at_install")
class TestOneRosterPublish(OneRosterCommon):
    def _changed(self, act):
        """Return ``(keys told as changed, keys told as gone)`` after ``act``."""
        Object = self.env["gr.oneroster.object"]
        before = {row.id: row.date_last_modified for row in Object.search([])}
        # The field has whole seconds; make any newer moment differ.
        self.env.cr.execute(
            "UPDATE gr_oneroster_object"
            " SET date_last_modified = date_last_modified - interval '1 day'"
        )
        Object.invalidate_model()
        before = {row.id: row.date_last_modified for row in Object.search([])}
        act()
        self.publish()
        rows = Object.search([("company_id", "=", self.district.id)]).filtered(
            lambda row: before.get(row.id) != row.date_last_modified
        )
        gone = rows.filtered(lambda row: row.status == "tobedeleted")
        return set((rows - gone).mapped("key")), set(gone.mapped("key"))

    def _key(self, record, *more):
        kinds = {
            "gr.student": "user|student",
            "res.partner": f"user|adult|{self.district.id}",
            "gr.site": "org|site",
            "gr.group": "class|group",
            "gr.group.member": "enrollment|member",
            "gr.program.enrollment": "enrollment|place",
        }
        return "|".join([kinds[record._name], str(record.id), *map(str, more)])

    def test_without_a_change_nothing_is_written(self):
        self.assertEqual(self.publish(), {"left": 0, "changed": 0, "new": 0, "gone": 0})

    def test_it_can_be_built_again_and_is_equal(self):
        query = (
            "SELECT kind, key, sourced_id, type, sites, payload, status"
            " FROM gr_oneroster_object WHERE company_id = %s ORDER BY key"
        )
        self.env.cr.execute(query, [self.district.id])
        before = self.env.cr.fetchall()
        self.assertGreater(len(before), 12)
        self.env.cr.execute("DELETE FROM gr_oneroster_object")
        self.publish()
        self.env.cr.execute(query, [self.district.id])
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_a_district_without_clients_is_not_published(self):
        Object = self.env["gr.oneroster.object"]
        self.assertFalse(Object._publish(self.foreign_district))
        self.assertFalse(Object.search([("company_id", "=", self.foreign_district.id)]))

    def test_an_expanded_learning_program_is_a_course_with_a_class_a_site(self):
        [course] = self.rows("/courses", filter="title='garden club'")
        [klass] = self.rows(f"/courses/{course['sourcedId']}/classes")
        self.assertEqual(klass["classType"], "scheduled")
        self.assertEqual(klass["school"]["sourcedId"], self.site_sid())
        term = self.one(f"/terms/{klass['terms'][0]['sourcedId']}")
        self.assertEqual((term["startDate"], term["type"]), ("2020-08-01", "term"))
        [enrollment] = self.rows(
            f"/schools/{self.site_sid()}/classes/{klass['sourcedId']}/enrollments"
        )
        self.assertEqual(enrollment["beginDate"], "2026-09-01")
        self.assertEqual(enrollment["user"]["sourcedId"], self.student_sid())
        self.assertEqual(enrollment["role"], "student")

    def test_sites_are_schools_under_the_district(self):
        school = self.one(f"/schools/{self.site_sid()}")
        district = self.one(f"/orgs/{school['parent']['sourcedId']}")
        self.assertEqual((school["type"], district["type"]), ("school", "district"))
        self.assertEqual(school["identifier"], "101")
        self.assertEqual(len(district["children"]), 2)

    def test_ids_are_ours_and_the_district_systems_stand_beside(self):
        self.env["gr.external.ref"].create(
            {
                "source": "oneroster_csv",
                "tenant": "t",
                "kind": "student",
                "external_id": "SIS-9",
                "model": "gr.student",
                "res_id": self.student.id,
                "company_id": self.district.id,
            }
        )
        before = self.student_sid()
        self.publish()
        [user] = self.rows("/students", filter="userIds.identifier='sis-9'")
        self.assertEqual(user["sourcedId"], before)
        self.assertEqual(
            user["userIds"], [{"type": "sisSourcedId", "identifier": "SIS-9"}]
        )

    def test_there_is_one_primary_role_at_each_org(self):
        self.env["gr.site.role"].create(
            [
                {
                    "partner_id": self.teacher.id,
                    "site_id": site.id,
                    "company_id": self.district.id,
                    "role": role,
                }
                for site, role in (
                    (self.site, "principal"),
                    (self.site, "coordinator"),
                    (self.other_site, "aide"),
                )
            ]
        )
        self._make_guardian(self.elsewhere.student, partner=self.teacher)
        self.publish()
        user = self.one(f"/users/{self.adult_sid(self.teacher)}")
        primary = [r for r in user["roles"] if r["roleType"] == "primary"]
        orgs = {role["org"]["sourcedId"] for role in user["roles"]}
        self.assertEqual(len(primary), len(orgs))
        self.assertEqual({r["role"] for r in primary}, {"principal", "aide"})
        self.assertEqual(
            {r["role"] for r in user["roles"]},
            {"principal", "teacher", "aide", "parent"},
        )

    def test_guardians_and_children_name_each_other(self):
        mother = self.adult_sid(self.guardian.partner_id)
        child = self.one(f"/students/{self.student_sid()}")
        self.assertEqual([a["sourcedId"] for a in child["agents"]], [mother])
        user = self.one(f"/users/{mother}")
        self.assertEqual([a["sourcedId"] for a in user["agents"]], [self.student_sid()])
        self.assertEqual([r["role"] for r in user["roles"]], ["parent"])

    def test_an_adult_barred_by_a_court_is_not_published(self):
        mother = self.adult_sid(self.guardian.partner_id)
        self.guardian.court_limit = "no_contact"
        self.publish()
        child = self.one(f"/students/{self.student_sid()}")
        self.assertEqual(child["agents"], [])
        self.assertEqual(self.one(f"/users/{mother}")["status"], "tobedeleted")

    def test_nothing_tells_of_foster_care_health_or_custody(self):
        self.env["gr.student.flag"].create(
            [
                {"student_id": self.student.id, "kind": kind, "note": "Peanuts"}
                for kind in ("allergy", "foster", "frpm", "plan")
            ]
        )
        self.guardian.write({"relation": "foster_parent", "custody": "sole"})
        self.publish()
        self.env.cr.execute(
            "SELECT string_agg(payload::text, ' ') FROM gr_oneroster_object"
            " WHERE company_id = %s",
            [self.district.id],
        )
        [(text,)] = self.env.cr.fetchall()
        for word in ("foster", "Peanuts", "allergy", "sole", "frpm", "custody"):
            self.assertNotIn(word, text)
        user = self.one(f"/users/{self.adult_sid(self.guardian.partner_id)}")
        self.assertEqual(user["roles"][0]["role"], "guardian")

    def test_only_pupils_are_students(self):
        self._make_student(self.site, "Vera Voluntaria", learner_type="volunteer")
        self.publish()
        self.assertEqual(
            self.names(self.rows("/students")), ["Ana Prueba", "Beto Prueba"]
        )

    def test_every_change_is_told(self):
        mother = self.guardian.partner_id
        other = self.env["res.partner"].create({"name": "Luz Prueba"})
        cases = (
            ("name", lambda: self.student.write({"last_name": "Prueba Ruiz"}),
             {self._key(self.student)}, set()),
            ("grade", lambda: self.student.enrollment_ids.write({"grade": "04"}),
             {self._key(self.student)}, set()),
            ("guardian", lambda: self._make_guardian(self.student, partner=other),
             {self._key(self.student), self._key(other)}, set()),
            ("guardian's e-mail", lambda: mother.write({"email": "b@example.org"}),
             {self._key(mother)}, set()),
            ("role", lambda: self.env["gr.site.role"].create({
                "partner_id": self.teacher.id, "site_id": self.site.id,
                "company_id": self.district.id, "role": "principal"}),
             {self._key(self.teacher)}, set()),
            ("class", lambda: self.group.write({"location": "Room 5"}),
             {self._key(self.group)}, set()),
            ("member's role", lambda: self.lead.write({"role": "aide"}),
             {self._key(self.lead), self._key(self.teacher)}, set()),
            ("last day", lambda: self.place.write({"date_end": date(2099, 1, 1)}),
             {self._key(self.place)}, set()),
            ("school's name", lambda: self.site.write({"name": "New Name"}),
             {self._key(self.site), f"class|program|{self.program.id}|{self.site.id}"},
             set()),
            ("member leaves", lambda: self.member.write({"active": False}),
             set(), {self._key(self.member)}),
            ("place is given up", lambda: self.place.write({"state": "withdrawn"}),
             set(), {self._key(self.place)}),
        )  # fmt: skip
        for name, act, changed, gone in cases:
            with self.subTest(change=name):
                self.assertEqual(self._changed(act), (changed, gone))

    def test_what_ends_by_the_calendar_is_told(self):
        changed, gone = self._changed(
            lambda: self.member.write({"date_end": self.yesterday})
        )
        self.assertEqual((changed, gone), (set(), {self._key(self.member)}))

    def test_who_comes_back_has_the_same_id(self):
        sid = self.student_sid()
        self.student.active = False
        self.publish()
        self.assertEqual(self.one(f"/users/{sid}")["status"], "tobedeleted")
        self.assertEqual(self.one(f"/demographics/{sid}")["status"], "tobedeleted")
        self.student.active = True
        self.publish()
        self.assertEqual(self.one(f"/users/{sid}")["status"], "active")

    def test_no_row_is_ever_dropped(self):
        count = self.env["gr.oneroster.object"].search_count
        before = count([("company_id", "=", self.district.id)])
        (self.student | self.elsewhere.student).active = False
        self.group.active = False
        self.program.state = "closed"
        self.publish()
        self.assertEqual(count([("company_id", "=", self.district.id)]), before)

    def test_deletions_are_told_longer_than_a_year_and_then_no_more(self):
        self.student.active = False
        self.publish()
        for days, told in ((400, True), (429, True), (431, False)):
            self.env.cr.execute(
                "UPDATE gr_oneroster_object SET date_last_modified = now() AT TIME ZONE"
                " 'UTC' - make_interval(days => %s) WHERE sourced_id = %s",
                [days, self.student_sid()],
            )
            gone = self.rows("/students", filter="status='tobedeleted'")
            self.assertEqual(len(gone), told)

    def test_the_cron_publishes_districts_with_clients(self):
        self.student.first_name = "Anita"
        with self.enter_registry_test_mode():
            self.env.ref(
                "harvest_district.ir_cron_publish_roster"
            ).method_direct_trigger()
        self.assertIn("Anita Prueba", self.names(self.rows("/students")))

    def test_a_class_of_a_district_wide_course(self):
        course = self.env["gr.group"].create(
            {"name": "Mathematics", "kind": "course", "company_id": self.district.id}
        )
        self.group.parent_id = course
        self.publish()
        [found] = self.rows("/courses", filter="title='Mathematics'")
        self.assertEqual(
            found["org"]["sourcedId"], self.sid(f"org|company|{self.district.id}")
        )
        [klass] = self.rows(f"/courses/{found['sourcedId']}/classes")
        self.assertEqual(klass["title"], "Math 3")
