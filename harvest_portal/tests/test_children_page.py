import base64
from datetime import date, datetime

from lxml import html

from odoo import fields
from odoo.tests import tagged

from .common import FamilyCase

PIXEL = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
)


@tagged("post_install", "-at_install")
class TestChildrenPage(FamilyCase):
    def read_child(self, student=None):
        return self.read_page("family_mother", self.child_path(student or self.student))

    def test_list_shows_each_child_with_school_and_grade(self):
        page = self.read_page("family_mother")

        self.assertIn("Ana Prueba", page)
        self.assertIn("Test Elementary", page)
        self.assertIn("Leo Prueba", page)
        self.assertIn("Grade 5", page)

    def test_mother_with_children_in_two_districts_sees_both(self):
        self._make_guardian(self.foreign.student, partner=self.mother)
        self.mother.user_ids.company_ids += self.foreign_district
        if "website" in self.env:  # shows a reader of its district that district
            self.env["website"].search([]).company_id = self.district

        page = self.read_page("family_mother")

        self.assertIn("Ana Prueba", page)
        self.assertIn("Caro Ajena", page)

    def test_home_counts_own_children(self):
        self.authenticate("family_mother", "family_mother")

        answer = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["gr_child_count"]}
        )

        self.assertEqual(answer, {"gr_child_count": 2})
        self.assertIn('href="/my/children"', self.url_open("/my").text)

    def test_child_without_program_gets_an_answer(self):
        self.assertIn("Your child is not in a program.", self.read_child())

    def test_waiting_list_number_counts_the_families_before(self):
        self._make_place(
            self.neighbor,
            self.program,
            state="waitlisted",
            date_request=datetime(2026, 8, 1),
        )
        self._make_place(
            self.student,
            self.program,
            state="waitlisted",
            date_request=datetime(2026, 8, 2),
        )

        page = self.read_child()

        self.assertIn("On the waiting list, number 2", page)
        self.assertNotIn("Zoe", page)

    def test_registration_names_the_days_and_the_day_of_signature_at_the_site(self):
        place = self._make_place(
            self.student, self.program, state="enrolled", friday=False, monday=False
        )
        self.assertIn("Not signed yet", self.read_child())
        place._sign(self.mother, "paper", signed_at=datetime(2026, 8, 11, 2, 0))

        page = self.read_child()

        self.assertIn("Tuesday, Wednesday, and Thursday", page)
        self.assertIn("Signed on August 10, 2026", page)  # evening in California

    def test_place_in_a_program_that_is_not_public_stays_hidden(self):
        draft = self._make_program(self.site, name="Secret Plan", state="draft")
        self._make_place(self.student, draft)

        self.assertNotIn("Secret Plan", self.read_child())

    def test_each_state_of_a_place_is_said_in_words(self):
        place = self._make_place(self.student, self.program)
        said = {
            "requested": "Request received, not answered yet",
            "enrolled": "Has a place",
            "declined": "The family said no to this place",
            "withdrawn": "Taken out of the program",
            "ended": "Ended",
        }
        for state, words in said.items():
            with self.subTest(state):
                place.state = state
                self.assertIn(words, self.read_child())

    def test_today_is_the_day_of_the_own_school(self):
        today = fields.Date.context_today(self.site.with_context(tz=self.site.tz))
        Day = self.env["gr.day"]
        self.assertNotIn("Today", self.read_child(), "no calendar, no claim")
        day = {"school_year_id": self.year.id, "date": today}
        district = Day.create({**day, "day_type": "instructional"})
        self.assertIn("Today School day", self.read_child())
        Day.create({**day, "day_type": "closure", "site_id": self.site.id})
        self.assertIn("Today The school is closed.", self.read_child())
        self.assertIn("Today School day", self.read_child(self.brother))
        district.date = date(2021, 1, 4)
        self.assertIn("Today No school.", self.read_child(self.brother))

    def test_people_to_call_are_those_of_the_child_s_sites(self):
        def works(name, role, site, **values):
            partner = self.env["res.partner"].create(
                {"name": name, "phone": "555-0100"}
            )
            values |= {"role": role, "site_id": site.id, "partner_id": partner.id}
            self.env["gr.site.role"].create({**values, "company_id": self.district.id})

        works("Cora Coordinator", "coordinator", self.site)
        works("Pia Principal", "principal", self.site)
        works("Ada Aide", "aide", self.site)
        works("Former Principal", "principal", self.site, date_end=date(2021, 1, 1))
        works("Otto Elsewhere", "principal", self.other_site)

        page = self.read_child()

        self.assertLess(page.index("Cora Coordinator"), page.index("Pia Principal"))
        self.assertIn("555-0100", page)
        for name in ("Ada Aide", "Former Principal", "Otto Elsewhere"):
            self.assertNotIn(name, page)

    def test_adult_reads_the_own_permission_to_pick_up(self):
        self.assertIn("You may pick up your child today.", self.read_child())
        self.guardian.may_pickup = False

        page = self.read_child()

        self.assertNotIn("You may pick up", page)
        self.assertIn("You are not on the list of adults who may pick up", page)

    def test_preferred_name_and_photo_are_shown(self):
        self.student.write({"preferred_name": "Anita", "image_1920": PIXEL})

        answer = self.open_as("family_mother", self.child_path(self.student))

        self.assertIn("Anita", answer.text)
        self.assertIn('src="data:image/', answer.text)
        title = " ".join(html.fromstring(answer.text).findtext(".//title").split())
        self.assertEqual(title, "Ana Prueba | Test Unified School District")

    def test_pages_are_not_kept_by_the_browser(self):
        for path in ("/my/children", self.child_path(self.student)):
            answer = self.open_as("family_mother", path)
            self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_cost_of_the_list_does_not_grow_with_the_children(self):
        def count():
            before = self.cr.sql_log_count
            self.url_open("/my/children")
            return self.cr.sql_log_count - before

        self._make_place(self.student, self.program)
        self.authenticate("family_mother", "family_mother")
        count()  # fills the caches
        few = count()
        for number in range(5):
            child = self._make_student(self.site, f"Uno{number} Prueba")
            self._make_guardian(child, partner=self.mother)
            self._make_place(child, self.program)
        self.env.cr.flush()

        self.assertLessEqual(count(), few)
