from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import FamilyCase

NO_SUCH_ID = 2**31 - 7


@tagged("post_install", "-at_install", "security")
class TestIsolation(FamilyCase):
    """A guardian sees the own children and nothing else; an id tells nothing."""

    def assert_no_child(self, login, student_id):
        """The page is, word for word, that of a child who does not exist."""
        answer = self.open_as(login, f"/my/children/{student_id}")
        nobody = self.url_open(f"/my/children/{NO_SUCH_ID}")
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(nobody.status_code, 404)
        self.assertEqual(
            answer.text.replace(f"n/{student_id}", "ID").partition("<main")[2],
            nobody.text.replace(f"n/{NO_SUCH_ID}", "ID").partition("<main")[2],
        )

    def test_family_does_not_see_a_neighbor(self):
        page = self.read_page("family_mother")

        self.assertNotIn("Zoe", page)
        for student in (self.neighbor, self.elsewhere.student, self.foreign.student):
            with self.subTest(student.name):
                self.assert_no_child("family_mother", student.id)

    def test_barred_adult_finds_no_child(self):
        self.assertIn("No child is linked", self.read_page("family_barred"))
        self.assert_no_child("family_barred", self.student.id)

    def test_order_that_ended_opens_the_page_again(self):
        self.barred.court_date_end = "2021-01-01"

        self.assertIn("Ana Prueba", self.read_page("family_barred"))

    def test_guardianship_that_ended_closes_the_page(self):
        self.guardian.date_end = "2021-01-01"

        self.assert_no_child("family_mother", self.student.id)

    def test_page_tells_nothing_of_other_adults_or_of_facts_to_keep(self):
        self.student.write({"ssid": "1234567890", "local_id": "S-4711"})
        self.env["gr.student.flag"].create(
            {"student_id": self.student.id, "kind": "allergy", "note": "Peanuts"}
        )
        place = self._make_place(self.student, self.program, state="enrolled")
        grandmother = self._make_guardian(self.student, "Gloria Abuela")
        place._sign(grandmother.partner_id, "paper")

        text = self.open_as("family_mother", self.child_path(self.student)).text

        secrets = ("Bruno", "Gloria", "court", "Peanuts", "1234567890", "S-4711")
        for secret in secrets:
            with self.subTest(secret):
                self.assertNotIn(secret, text)

    def test_staff_find_their_own_children_only_not_their_pupils(self):
        coordinator = self._make_user("C", sites=self.site, login="family_coordinator")
        self.assertIn("No child is linked", self.read_page("family_coordinator"))
        self.assert_no_child("family_coordinator", self.student.id)
        self._make_guardian(self.neighbor, partner=coordinator.partner_id)

        page = self.read_page("family_coordinator")

        self.assertIn("Zoe", page)
        self.assertNotIn("Ana", page)

    def test_users_without_a_role_find_no_child(self):
        self._make_user("A", district=self.district, login="family_executive")
        self._make_user("", district=self.district, login="family_nobody")
        for login in ("family_executive", "family_nobody"):
            with self.subTest(login):
                self.assertIn("No child is linked", self.read_page(login))
                self.assert_no_child(login, self.student.id)

    def test_visitor_has_to_log_in(self):
        for path in ("/my/children", self.child_path(self.student)):
            answer = self.open_as("", path, allow_redirects=False)
            self.assertEqual(answer.status_code, 303)
            self.assertIn("/web/login", answer.headers["Location"])

    def test_photo_of_a_neighbor_is_that_of_nobody(self):
        self.authenticate("family_mother", "family_mother")
        path = "/web/image/gr.student/%s/image_128"

        neighbor = self.url_open(path % self.neighbor.id)
        nobody = self.url_open(path % NO_SUCH_ID)

        self.assertEqual(neighbor.status_code, nobody.status_code)
        self.assertEqual(neighbor.content, nobody.content)

    @mute_logger("odoo.http")
    def test_calls_to_the_server_show_no_more_than_the_pages(self):
        self.authenticate("family_mother", "family_mother")

        def call(model, method, *args, **kwargs):
            params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
            return self.make_jsonrpc_request("/web/dataset/call_kw", params)

        found = call("gr.student", "search_read", [], fields=["name"])
        self.assertEqual({row["name"] for row in found}, {"Ana Prueba", "Leo Prueba"})
        for model in ("gr.site.role", "gr.day", "gr.school.year", "gr.student.flag"):
            with self.subTest(model), self.assertRaises(JsonRpcException):
                call(model, "search_read", [])
        for method in ("_get_family_contacts", "_get_family_today"):
            with self.subTest(method), self.assertRaises(JsonRpcException):
                call("gr.site", method, self.site.ids)
