from collections import Counter
from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from ..fixtures import generate
from ..fixtures.places import TEACHES


@tagged("post_install", "-at_install")
class TestPlanted(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.small = generate("small")
        cls.pilot = generate("pilot")

    def case(self, name, dataset=None):
        """Return the (students, adults) of a planted case, as rows."""
        dataset = dataset or self.small
        students = {row.key: row for row in dataset.students}
        adults = {row.key: row for row in dataset.adults}
        case = dataset.cases[name]
        return (
            [students[key] for key in case.students],
            [adults[key] for key in case.adults],
        )

    def ties(self, student, dataset=None):
        rows = (dataset or self.small).guardianships
        return [row for row in rows if row.student_key == student.key]

    def schooling(self, student, dataset=None):
        rows = (dataset or self.small).enrollments
        return [row for row in rows if row.student_key == student.key]

    def places(self, student):
        rows = self.small.registrations
        return [row for row in rows if row.student_key == student.key]

    def flags(self, student):
        rows = self.small.flags
        return {row.kind for row in rows if row.student_key == student.key}

    def test_twins(self):
        (one, other), _adults = self.case("twins")
        self.assertEqual(one.birthdate, other.birthdate)
        self.assertEqual(one.last_name, other.last_name)
        self.assertEqual((one.first_name, other.first_name), ("Ximena", "Jimena"))
        self.assertEqual(
            {tie.adult_key for tie in self.ties(one)},
            {tie.adult_key for tie in self.ties(other)},
        )

    def test_same_name_and_birthdate_are_two_families(self):
        (one, other), _adults = self.case("same_name_same_birthdate")
        self.assertEqual((one.name, one.birthdate), (other.name, other.birthdate))
        adults = [{tie.adult_key for tie in self.ties(child)} for child in (one, other)]
        self.assertFalse(adults[0] & adults[1])
        self.assertNotEqual(one.local_id, other.local_id)

    def test_shared_custody_is_two_homes(self):
        (child,), adults = self.case("shared_custody")
        self.assertTrue(all(tie.lives_with for tie in self.ties(child)))
        self.assertNotEqual(adults[0].street, adults[1].street)

    def test_court_order_bars_a_father_from_one_child(self):
        (barred, raised), (father, mother) = self.case("court_order")
        limits = {tie.adult_key: tie for tie in self.ties(barred)}
        self.assertEqual(limits[father.key].court_limit, "no_contact")
        self.assertFalse(limits[father.key].may_pickup)
        self.assertTrue(limits[mother.key].may_pickup)
        own = next(t for t in self.ties(raised) if t.adult_key == father.key)
        self.assertEqual((own.court_limit, own.may_pickup), ("none", True))

    def test_foster_parent_has_no_educational_rights(self):
        (child,), (foster, holder) = self.case("foster_educational_rights")
        ties = {tie.adult_key: tie for tie in self.ties(child)}
        self.assertEqual(ties[foster.key].relation, "foster_parent")
        self.assertTrue(ties[foster.key].lives_with)
        self.assertFalse(ties[foster.key].educational_rights)
        self.assertTrue(ties[holder.key].educational_rights)
        self.assertIn("foster", self.flags(child))
        self.assertEqual(self.places(child)[0].priority, "1")

    def test_how_families_can_be_reached(self):
        _children, (father,) = self.case("missing_phone")
        self.assertFalse(father.phone)
        _children, parents = self.case("no_email")
        self.assertFalse(any(adult.email for adult in parents))
        _children, (one, other) = self.case("shared_phone")
        self.assertEqual(one.phone, other.phone)
        _children, (grandmother,) = self.case("grandparent_caregiver")
        self.assertEqual((grandmother.email, grandmother.language), ("", "es"))

    def test_mother_of_four_reads_spanish(self):
        children, (mother,) = self.case("guardian_of_four")
        self.assertEqual(len(children), 4)
        self.assertEqual(mother.language, "es")
        for child in children:
            self.assertEqual([t.adult_key for t in self.ties(child)], [mother.key])

    def test_need_to_know(self):
        for name, kinds in (
            ("life_threatening_allergy", {"allergy"}),
            ("dietary", {"dietary"}),
            ("medical", {"medical", "medication"}),
            ("homeless", {"homeless", "address"}),
            ("unaccompanied", {"homeless"}),
        ):
            (child,), _adults = self.case(name)
            self.assertEqual(self.flags(child), kinds)
        (child,), _adults = self.case("unaccompanied")
        self.assertFalse(self.ties(child))

    def test_names_that_break_forms(self):
        (child,), _adults = self.case("single_name")
        self.assertEqual((child.name, child.last_name), ("Thiha", ""))
        (child,), _adults = self.case("long_name")
        self.assertGreater(len(child.name), 70)
        (child,), _adults = self.case("marks_in_name")
        self.assertTrue(set("ë'-ú ") <= set(child.name))

    def test_where_children_move(self):
        for name, sites, open_ended in (
            ("transfer", ["s000", "s001"], [False, True]),
            ("returns", ["s000", "s000"], [False, True]),
            ("two_schools", ["s000", "s001"], [True, True]),
        ):
            (child,), _adults = self.case(name)
            rows = self.schooling(child)
            self.assertEqual([row.site_key for row in rows], sites, name)
            self.assertEqual([row.date_end is None for row in rows], open_ended, name)
        self.assertEqual([row.primary for row in rows], [True, False])
        (child,), _adults = self.case("late_arrival")
        (row,) = self.schooling(child)
        self.assertGreater(row.date_start, self.small.frame.year.first_day)
        (one, other), _adults = self.case("siblings_at_two_sites")
        self.assertEqual(self.schooling(one)[0].site_key, "s000")
        self.assertEqual(self.schooling(other)[0].site_key, "s001")

    def test_places(self):
        children, _adults = self.case("waiting_list")
        for child in children:
            self.assertEqual(self.places(child)[0].state, "waitlisted")
        (child,), _adults = self.case("unsigned")
        place = self.places(child)[0]
        self.assertEqual((place.state, place.signed_at), ("enrolled", None))
        (child,), _adults = self.case("asks_for_a_place")
        self.assertEqual(self.places(child)[0].state, "requested")
        (child,), _adults = self.case("missing_ssid")
        self.assertEqual((child.ssid, self.schooling(child)[0].grade), ("", "TK"))

    def test_sixth_grader_rides_to_a_program(self):
        (child,), _adults = self.case("grade_6_at_junior_high", self.pilot)
        (stay,) = self.schooling(child, self.pilot)
        rows = self.pilot.registrations
        place = next(row for row in rows if row.student_key == child.key)
        self.assertEqual((stay.site_key, stay.grade), ("s011", "06"))
        self.assertTrue(place.needs_transport)
        self.assertIn(place.site_key, ("s000", "s001", "s002", "s003"))

    def test_people_of_a_site(self):
        jobs = Counter(
            role.title for role in self.small.roles if role.site_key == "s000"
        )
        for title in ("Principal", "Site Coordinator", "Culinary Instructor"):
            self.assertEqual(jobs[title], 1)
        self.assertGreaterEqual(jobs["Enrichment Aide"], 4)
        self.assertGreaterEqual(jobs["Teacher"], len(TEACHES))
        district = [row.title for row in self.small.roles if not row.site_key]
        self.assertIn("Executive Director", district)
        _children, (aide,) = self.case("guardian_is_staff")
        self.assertEqual(aide.kind, "staff")

    def test_leap_day_in_every_year(self):
        for year in range(2025, 2036):
            (child,), _adults = self.case("leap_day", generate("small", year=year))
            self.assertEqual((child.birthdate.month, child.birthdate.day), (2, 29))

    def test_years_move_all_dates(self):
        data = generate("small", year=2031)
        start = data.frame.year.date_start
        self.assertEqual(start, date(2030, 7, 1))
        for row in data.enrollments:
            self.assertLess(row.date_start - start, timedelta(days=366))
            self.assertGreaterEqual(row.date_start, start)
