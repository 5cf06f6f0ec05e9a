"""Who builds programs sees what they are built of."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TrainingCommon


@tagged("post_install", "-at_install")
class TestCourseAccess(TrainingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = cls._make_channel(visibility="members")
        cls.survey = cls.env["survey.survey"].create({"title": "Food Safety Exam"})

    def test_coordinators_find_courses_for_members_only(self):
        for user in (self.user_operations, self.user_program):
            found = self.channel.with_user(user).search([("id", "=", self.channel.id)])
            self.assertEqual(found.slide_ids, self.channel.slide_ids, user.login)
            with self.assertRaises(AccessError):
                found.name = "Changed"

    def test_coordinators_find_certifications_and_no_answers(self):
        for user in (self.user_operations, self.user_program):
            found = self.survey.with_user(user).search([("id", "=", self.survey.id)])
            self.assertEqual(found.display_name, "Food Safety Exam")
            with self.assertRaises(AccessError):
                self.env["survey.user_input"].with_user(user).search([])

    def test_others_find_courses_as_everybody_does(self):
        domain = [("id", "=", self.channel.id)]
        channels = self.channel.with_user(self.users["D"])
        self.assertFalse(channels.search(domain))
