from odoo.tests import Form, tagged

from .common import HarvestCommon


@tagged("post_install", "-at_install", "security")
class TestAccessExplain(HarvestCommon):
    def _explain(self, student, user):
        form = Form(self.env["gr.access.explain"].with_user(self.users["B"]))
        form.student_id = student
        form.user_id = user
        return form.save()

    def test_why_yes(self):
        answer = self._explain(self.student, self.user_aide)
        self.assertTrue(answer.can_see)
        self.assertIn("D: Direct service staff", answer.chain)
        self.assertIn("Enrolled at Test Elementary", answer.chain)

    def test_why_not(self):
        aide = self._make_user("D", sites=self.other_site, login="elsewhere")
        answer = self._explain(self.student, aide)
        self.assertFalse(answer.can_see)
        self.assertIn(
            "✗ Rule: Student: staff see who is at the own sites", answer.chain
        )
        self.assertNotIn("Enrolled at", answer.chain)

    def test_no_role(self):
        answer = self._explain(self.student, self.user_internal)
        self.assertFalse(answer.can_see)
        self.assertIn("No role of this user", answer.chain)

    def test_family_and_court(self):
        self.assertTrue(self._explain(self.student, self.user_parent).can_see)
        self.guardian.court_limit = "no_contact"
        answer = self._explain(self.student, self.user_parent)
        self.assertFalse(answer.can_see)
        self.assertIn("No contact", answer.chain)

    def test_district_wide(self):
        self.users["C"].gr_scope = "district"
        answer = self._explain(self.student, self.users["C"])
        self.assertIn("whole district", answer.chain)

    def test_it_never_contradicts_the_orm(self):
        for user in self.users.values():
            answer = self._explain(self.student, user)
            with self.subTest(user=user.login):
                self.assertEqual(
                    answer.can_see, self.student.with_user(user).has_access("read")
                )

    def test_a_dialog_is_read_by_who_opened_it(self):
        """It names the student, whom others may not see; a critic read it over RPC."""
        answer = self._explain(self.student, self.user_aide)
        self.assertTrue(answer.with_user(self.users["B"]).has_access("read"))
        stranger = self._make_user("C", sites=self.other_site, login="elsewhere")
        Dialog = self.env["gr.access.explain"].with_user(stranger)
        self.assertFalse(Dialog.search([]))
        for operation in ("read", "write", "unlink"):
            self.assertFalse(Dialog.browse(answer.id).has_access(operation))
