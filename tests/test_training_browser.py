"""The learner's pages in Chromium: by telephone, by keyboard, no stranger asked."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from accessibility import faults, overflow

from odoo.tests import tagged

from odoo.addons.harvest_training.tests.test_learner_pages import LearnerCase

SMALLEST = {"width": 320, "height": 640}  # CSS pixels, WCAG 1.4.10
WIDE = {"width": 1280, "height": 800}
MOST_TABS = 60


@tagged("post_install", "-at_install")
class TestTrainingBrowser(LearnerCase):
    @pytest.fixture(autouse=True)
    def _take_chromium(self, chromium):
        self.chromium = chromium

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first.sessions_required = 1
        cls._make_session(capacity=3, room="Room 4")
        cls.booked = cls._make_session(days=9, name="Behavior", topic="other")
        cls.booked._book(cls.tracker)
        cls.homework = cls._make_homework(due="days", due_days=7)
        attempt = cls.homework._submit(cls.tracker, "Too short")
        attempt.feedback = "<p>Please say more.</p>"
        attempt.with_user(cls.agent).action_return()
        cls.document = cls.env["gr.document.request"].create(
            {
                "student_id": cls.staff.id,
                "enrollment_id": cls.enrollment.id,
                "name": "Diploma",
            }
        )
        offer = cls._make_training_program(courses=1, name="Academy")
        offer.course_integrations.auto_enroll_eligible = False

    def _get_paths(self):
        return (
            "/my/training",
            self.path(),
            self.path("homework", self.homework.id),
            f"/my/training/document/{self.document.id}",
            "/my/training/programs",
            "/my/training/history",
            "/my/training/settings",
            "/my/training/0",
        )

    def _open(self, login="page_lía", size=SMALLEST, **options):
        self.authenticate(login, login)
        context = self.chromium.new_context(
            base_url=self.base_url(), viewport=size, **options
        )
        self.addCleanup(context.close)
        context.add_cookies(
            [
                {
                    "name": "session_id",
                    "value": self.session.sid,
                    "url": self.base_url(),
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
        return context.new_page()

    def _visit(self, tab, path):
        tab.goto(path)
        tab.wait_for_load_state("networkidle")

    def test_pages_are_accessible_and_fit_every_screen(self):
        with self.allow_requests(all_requests=True):
            for size in (SMALLEST, WIDE):
                tab = self._open(size=size)
                for path in self._get_paths():
                    with self.subTest(path, width=size["width"]):
                        self._visit(tab, path)
                        self.assertEqual(faults(tab), [])
                        self.assertLessEqual(overflow(tab), 0)
                tab.goto("about:blank")

    def test_no_page_asks_another_host(self):
        """Neither ours nor Odoo's pages of courses, with ``website`` and its fonts."""
        channel = self.first.elearning_course_id
        lesson = channel.slide_ids.filtered(lambda slide: not slide.is_category)[0]
        asked = set()
        with self.allow_requests(all_requests=True):
            tab = self._open()
            tab.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
            for path in (
                "/my",
                *self._get_paths(),
                "/slides",
                channel.website_url,
                lesson.website_url,
            ):
                self._visit(tab, path)
                links = tab.eval_on_selector_all(
                    "link[rel=preconnect], link[rel=dns-prefetch]",
                    "found => found.map(link => link.href)",
                )
                self.assertEqual(links, [], path)
            tab.goto("about:blank")
        self.assertEqual(asked - {""}, {urlsplit(self.base_url()).netloc})

    def test_course_page_leads_back_to_the_training(self):
        with self.allow_requests(all_requests=True):
            tab = self._open()
            self._visit(tab, self.first.elearning_course_id.website_url)
            self.assertLessEqual(overflow(tab), 0)
            tab.get_by_role("link", name="Back to my training").click()
            tab.wait_for_url("**/my/training")
            tab.goto("about:blank")

    def test_session_is_booked_by_keyboard_alone_and_without_scripts(self):
        """Forms are forms: a browser whose scripts did not arrive books as well."""
        with self.allow_requests(all_requests=True):
            tab = self._open(java_script_enabled=False)
            self._visit(tab, self.path())
            button = tab.get_by_role("button", name="Book First aid")
            self._tab_to(tab, button)
            tab.keyboard.press("Enter")
            tab.wait_for_url("**?done=booked*")
            self.assertTrue(tab.get_by_text("Your place is booked.").is_visible())
            tab.goto("about:blank")
        self.assertEqual(len(self.tracker._get_bookings_ahead()), 2)

    def _tab_to(self, tab, target):
        wanted = target.element_handle()
        for _ in range(MOST_TABS):
            tab.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                return
        self.fail(f"{target} is not reached by {MOST_TABS} tabs")
