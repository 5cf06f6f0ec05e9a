"""What a person hears who chooses a password."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import SignInCommon, mock_request


@tagged("post_install", "-at_install", "security")
class TestPasswordPolicy(SignInCommon):
    def choose(self, password, user=None):
        with mock_request(self.env):
            (user or self.teacher)._check_password_policy([password])

    def refused(self, password, hint, user=None):
        with self.assertRaisesRegex(UserError, hint):
            self.choose(password, user)

    def test_long_and_unrelated_words_are_taken(self):
        self.choose("tulip wagon sunny 42")
        self.choose("el perro azul duerme")

    def test_short_common_and_known_words_are_not(self):
        self.refused("short one", "at least 12 characters; this one has 9")
        self.refused("passwordpassword", "lists of common")
        self.refused("aaaaaaaaaaaaaaaa", "lists of common")
        self.refused("testelementary2026", "elementary|test")
        self.refused("harvestandthrive", "known to everybody")
        self.teacher.name = "Maricela Ocotillo"
        self.refused("maricela ocotillo 1", "maricela|ocotillo")

    def test_level_one_takes_longer_ones(self):
        self.choose("tulip sunny 42")
        self.refused("tulip sunny 42", "at least 15", self.user_program)

    def test_it_really_guards_the_change(self):
        with mock_request(self.env), self.assertRaises(UserError):
            self.teacher.with_user(self.teacher)._change_password("passwordpassword")

    def test_the_meter_knows_it(self):
        policy = self.env["res.users"].with_user(self.user_program)
        self.assertEqual(policy.get_password_policy()["minlength"], 15)

    def _ask_for_the_districts_account(self, **policy):
        self.env["gr.identity.policy"].create(
            {
                "name": "District's account",
                "group_id": self.env.ref(
                    "harvest_base.group_harvest_direct_service"
                ).id,
                "authority": "policy of the district",
                "district_only": True,
                **policy,
            }
        )

    def test_who_signs_in_by_the_district_has_no_password_here(self):
        self.users["B"].sudo().gr_break_glass = True
        self.assertEqual(self.sign_in(self.teacher.login), self.teacher.id)
        self._ask_for_the_districts_account()
        self.assertIsInstance(self.sign_in(self.teacher.login), str)
        self.assertEqual(self.sign_in(self.neighbor.login), self.neighbor.id)

    def test_none_is_mailed_to_them_and_nobody_is_told(self):
        self.users["B"].sudo().gr_break_glass = True
        self.teacher.email = "teacher@example.org"
        self._ask_for_the_districts_account()
        before = self.env["mail.mail"].search_count([])
        self.assertIsNone(self.env["res.users"].reset_password(self.teacher.login))
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_an_emergency_account_keeps_its_password(self):
        self.teacher.sudo().gr_break_glass = True
        self._ask_for_the_districts_account()
        self.assertEqual(self.sign_in(self.teacher.login), self.teacher.id)

    def test_somebody_can_come_in_on_the_day_it_fails(self):
        with self.assertRaisesRegex(ValidationError, "break-glass"):
            self._ask_for_the_districts_account()

    def test_no_password_expires(self):
        self.assertNotIn("password_expiration", self.env["res.users"]._fields)
