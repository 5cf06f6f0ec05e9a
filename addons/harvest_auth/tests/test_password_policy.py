"""What a person hears who chooses a password."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.http_routing.tests.common import MockRequest

from .common import SignInCommon


@tagged("post_install", "-at_install", "security")
class TestPasswordPolicy(SignInCommon):
    def choose(self, password, user=None):
        with MockRequest(self.env):
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
        with MockRequest(self.env), self.assertRaises(UserError):
            self.teacher.with_user(self.teacher)._change_password("passwordpassword")

    def test_the_meter_knows_it(self):
        policy = self.env["res.users"].with_user(self.user_program)
        self.assertEqual(policy.get_password_policy()["minlength"], 15)

    def test_no_password_expires(self):
        self.assertNotIn("password_expiration", self.env["res.users"]._fields)
