from datetime import date
from unittest import SkipTest
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from .. import demo_data

LETTERS = {"A", "B", "C", "D", "E", "F", "Admin"}


@tagged("post_install", "-at_install")
class TestDemoData(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.env["gr.student"].with_context(active_test=False).search_count([]):
            raise SkipTest("this database has students already")
        cls.extended = []
        with patch.object(demo_data, "_get_extensions", return_value=[cls.extend]):
            demo_data.load(cls.env, "small")
        cls.dataset = demo_data.get_dataset(cls.env)
        cls.home = cls.env.ref("base.main_company")

    @classmethod
    def extend(cls, env, loader):
        """Stand in for another addon's part of the demo."""
        cls.extended.append((env, loader))

    def user(self, login):
        return self.env["res.users"].search([("login", "=", login)])

    def seen_by(self, login):
        """Return the students that a demo user may read, in every own district."""
        user = self.user(login)
        env = self.env(user=user, su=False)
        companies = user.company_ids.ids
        return env["gr.student"].with_context(allowed_company_ids=companies).search([])

    def planted(self, name):
        return self.env.ref(f"__harvest_demo__.{name}")

    def test_every_row_is_loaded(self):
        data, home = self.dataset, [("company_id", "=", self.home.id)]
        for model, rows in (
            ("gr.site", data.sites),
            ("gr.day", data.days),
            ("gr.student", data.students),
            ("gr.student.enrollment", data.enrollments),
            ("gr.student.flag", data.flags),
            ("gr.guardianship", data.guardianships),
            ("gr.site.role", data.roles),
            ("gr.group", (*data.groups, *data.frame.courses)),
            ("gr.group.member", data.members),
            ("gr.program.enrollment", data.registrations),
        ):
            self.assertEqual(self.env[model].search_count(home), len(rows), model)
        self.assertEqual(self.home.name, data.frame.district.name)

    def test_second_call_changes_nothing(self):
        before = self.env["res.partner"].search_count([])
        demo_data.load(self.env, "small")
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_other_size_is_refused(self):
        with self.assertRaisesRegex(UserError, "“small” already"):
            demo_data.load(self.env, "pilot")

    def test_unknown_size_is_refused(self):
        with self.assertRaisesRegex(UserError, "small, pilot"):
            demo_data.load(self.env, "huge")

    def test_real_records_are_left_alone(self):
        self.env["ir.config_parameter"].set_param(demo_data.SIZE_KEY, False)
        with self.assertRaisesRegex(UserError, "students already"):
            demo_data.load(self.env, "small")

    def test_a_second_district_is_apart(self):
        other = self.user("neighbor").company_id
        self.assertNotEqual(other, self.home)
        self.assertEqual(self.seen_by("neighbor").company_id, other)
        self.assertEqual(len(self.seen_by("neighbor")), 12)

    def test_each_role_has_a_login_that_works(self):
        self.assertEqual({letter for _l, _p, letter, _s in demo_data.LOGINS}, LETTERS)
        for login, password, _letter, shows in demo_data.LOGINS:
            user = self.user(login)
            self.assertEqual(len(user), 1)
            self.assertTrue(shows)
            credential = {"type": "password", "login": login, "password": password}
            user.with_user(user)._check_credentials(credential, {"interactive": True})

    def test_site_staff_see_their_site(self):
        first, second = self.seen_by("coordinator"), self.seen_by("coordinator2")
        twins = self.planted("student_twins_1")
        self.assertIn(twins, first)
        self.assertNotIn(twins, second)
        self.assertGreater(len(second), 40)

    def test_families_see_what_a_court_leaves_them(self):
        children = [self.planted(f"student_guardian_of_four_{n}") for n in range(1, 5)]
        self.assertEqual(set(self.seen_by("mother")), set(children))
        self.assertEqual(self.seen_by("father"), self.planted("student_court_order_2"))

    def test_spanish_reaches_the_mother(self):
        language = self.user("mother").lang
        self.assertIn(language, demo_data.SPANISH)
        self.assertIn(language, dict(self.env["res.lang"].get_installed()))

    def test_need_to_know(self):
        child = self.planted("student_life_threatening_allergy_1")
        facts = [("student_id", "=", child.id)]
        for login, count in (("instructor", 2), ("aide", 0)):
            user = self.user(login)
            Flag = self.env(user=user, su=False)["gr.student.flag"]
            seen = Flag.search_count(facts) if Flag.has_access("read") else 0
            self.assertEqual(seen, count, login)

    def test_school_year_holds_today(self):
        for today, year in (
            (date(2026, 11, 21), 2027),
            (date(2027, 7, 4), 2027),
            (date(2027, 8, 20), 2028),
        ):
            self.assertEqual(demo_data.current_year(today), year)

    def test_other_addons_extend_the_demo(self):
        ((env, loader),) = self.extended
        self.assertEqual(loader.company, self.home)
        student = loader.dataset.cases["twins"].students[0]
        record = env["gr.student"].browse(loader.ids[student])
        self.assertEqual(record, self.planted("student_twins_1"))

    def test_extensions_of_installed_addons_are_callable(self):
        for extend in demo_data._get_extensions(self.env):
            self.assertTrue(callable(extend))
