from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install", "security")
class TestPublicCourses(HttpCase):
    """Who is not logged in sees published courses for everybody, and no other."""

    def test_visitor_sees_published_public_courses_only(self):
        Course = self.env["slide.channel"]
        cases = (
            ("Open Course", "public", True),
            ("Draft Course", "public", False),
            ("Course for Users", "connected", True),
            ("Course for Learners", "members", True),
        )
        courses = Course.create(
            [
                {
                    "name": name,
                    "visibility": visibility,
                    "is_published": published,
                    "enroll": "invite" if visibility == "members" else "public",
                }
                for name, visibility, published in cases
            ]
        )

        pages = [self.url_open(path).text for path in ("/slides", "/slides/all")]

        for page in pages:
            self.assertIn("Open Course", page)
            for name, _visibility, _published in cases[1:]:
                with self.subTest(name):
                    self.assertNotIn(name, page)
        for course in courses[1:]:
            with self.subTest(course.name):
                answer = self.url_open(f"/slides/{course.id}")
                self.assertNotIn(course.name, answer.text)
