from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestGrRetentionReview(PrivacyCommon):
    """A child left six years ago: what is over is listed, and a person decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.left = date.today().replace(day=1) - timedelta(days=6 * 365)
        cls.flag = cls.env["gr.student.flag"].create(
            {"student_id": cls.student.id, "kind": "allergy", "note": "Peanuts"}
        )
        cls.student.enrollment_ids.date_end = cls.left
        cls.reviews = cls.env["gr.retention.review"].with_user(cls.manager)

    def _look(self):
        self.reviews._look_at(self.student)
        return self.reviews.search([("student_id", "=", self.student.id)])

    def _line(self):
        return self._look().filtered(
            lambda line: line.class_id.model == self.flag._name
        )

    def _keep(self, lines, **values):
        dialogue = self.env["gr.retention.decide"].with_user(self.manager)
        dialogue.create({"review_ids": lines.ids, "reason": "Audit", **values})
        dialogue.search([], limit=1, order="id desc").action_decide()

    def test_what_is_over_is_listed_with_its_rule_and_nothing_is_touched(self):
        line = self._line()
        self.assertEqual(line.state, "due")
        self.assertIn("5 CCR", line.authority)
        self.assertEqual(line.count, 1)
        self.assertLess(line.due_date, date.today())
        self.assertTrue(self.flag.exists())
        models = self._look().class_id.mapped("model")
        self.assertNotIn("gr.student", models)  # for ever

    def test_a_child_who_is_here_has_no_lines(self):
        self.assertIn(
            self.student, self.student.search(self.reviews._get_left_domain())
        )
        self.student.enrollment_ids.date_end = False
        self.assertFalse(self._look())
        self.assertNotIn(
            self.student, self.student.search(self.reviews._get_left_domain())
        )

    def test_approving_makes_a_plan_and_a_person_erases(self):
        line = self._line()
        action = line.action_approve()
        erasure = line.erasure_id
        self.assertEqual(action["domain"], [("id", "in", erasure.ids)])
        self.assertEqual((line.state, erasure.state), ("approved", "planned"))
        self.assertEqual(erasure.item_ids.mapped("model"), [self.flag._name])
        self.assertTrue(self.flag.exists())
        erasure.action_execute()
        self.assertEqual(line.state, "done")
        self.assertFalse(self.flag.exists())
        self.assertTrue(self.guardian.exists())  # was not approved
        self.assertEqual(line.decided_by_id, self.manager)

    def test_a_cancelled_erasure_is_to_decide_again(self):
        line = self._line()
        line.action_approve()
        line.erasure_id.action_cancel()
        self.assertEqual(line.state, "due")

    def test_a_hold_keeps_everything_until_it_is_lifted(self):
        line = self._line()
        self._keep(line, decision="hold")
        self.assertEqual((line.state, line.reason), ("held", "Audit"))
        with self.assertRaisesRegex(UserError, "decided"):
            line.action_approve()
        line.hold_id.action_lift()
        self.assertEqual(self._line().state, "due")

    def test_a_postponed_line_comes_back(self):
        line = self._line()
        with self.assertRaisesRegex(UserError, "after today"):
            self._keep(line, until=date.today())
        self._keep(line, until=date.today() + timedelta(days=1))
        self.assertEqual(self._line().state, "postponed")
        line.sudo().postponed_until = date.today()
        self.assertEqual(line.state, "due")

    def test_what_is_not_over_any_more_goes_from_the_list(self):
        line = self._line()
        self.student.enrollment_ids.date_end = date.today()
        self.assertEqual(self._line(), line)
        self.assertEqual(line.state, "gone")

    def test_nobody_else_decides_and_nothing_is_set_by_hand(self):
        line = self._line()
        for role in ("A", "C", "D", "E", "F"):
            with self.subTest(role), self.assertRaises(AccessError):
                line.with_user(self.users[role]).action_approve()
        foreign = self._make_user("B", district=self.foreign_district, login="far")
        with self.assertRaises(AccessError):
            line.with_user(foreign).with_company(self.foreign_district).action_approve()
        with self.assertRaises(AccessError):
            line.write({"is_over": False})

    def test_the_weekly_look_finds_it(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "harvest_privacy.ir_cron_find_retention"
            ).method_direct_trigger()
        found = self.reviews.search([("student_id", "=", self.student.id)])
        self.assertIn(self.flag._name, found.class_id.mapped("model"))
