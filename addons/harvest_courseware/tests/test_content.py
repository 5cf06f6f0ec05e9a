import base64
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..hosting import inject
from .builder import PAGE, make_scorm12
from .common import CoursewareHttpCase

VIDEO = bytes(range(256)) * 400


@tagged("post_install", "-at_install")
class TestContent(CoursewareHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files = {"media/a b.mp4": VIDEO, "code.mjs": "1", "pic.svg": "<svg/>"}
        cls.slide = cls._make_slide(files=cls.files)

    def _get(self, launch, path, **options):
        return self.url_open(launch._get_content_root("") + path, **options)

    def test_pages_have_no_origin_and_get_the_run_time(self):
        launch = self._open(self.slide)
        response = self._get(launch, "index.html")
        policy = response.headers["Content-Security-Policy"]

        self.assertEqual(response.status_code, 200)
        self.assertIn("sandbox allow-scripts", policy)
        self.assertNotIn("allow-same-origin", policy)
        self.assertNotIn("allow-top-navigation", policy)
        self.assertIn("scorm12.min.js", response.text)
        self.assertNotIn("session_id", response.headers.get("Set-Cookie", ""))

    def test_a_page_reaches_its_own_files_and_records_only(self):
        launch = self._open(self.slide)
        policy = self._get(launch, "index.html").headers["Content-Security-Policy"]
        host = self.base_url()
        root = launch._get_content_root(host)
        self.assertIn(f"default-src {root} data: blob:", policy)
        self.assertIn(
            f"connect-src {root} data: blob: {host}/harvest/courseware/scorm12", policy
        )
        self.assertNotIn("'self'", policy)

    def test_every_kind_of_file_is_in_the_sandbox(self):
        launch = self._open(self.slide)
        for path, kind in {
            "media/a%20b.mp4": "video/mp4",
            "code.mjs": "text/javascript",
            "pic.svg": "image/svg+xml",
            "imsmanifest.xml": "application/xml",
        }.items():
            response = self._get(launch, path)
            self.assertEqual(response.status_code, 200, path)
            self.assertIn("sandbox", response.headers["Content-Security-Policy"])
            self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
            self.assertIn(kind.split("/")[1], response.headers["Content-Type"])

    def test_a_video_is_sent_in_parts_and_once(self):
        launch = self._open(self.slide)
        path = "media/a%20b.mp4"
        part = self._get(launch, path, headers={"Range": "bytes=1000-1999"})
        self.assertEqual((part.status_code, part.content), (206, VIDEO[1000:2000]))
        self.assertEqual(part.headers["Content-Range"], f"bytes 1000-1999/{len(VIDEO)}")

        whole = self._get(launch, path)
        self.assertEqual(whole.content, VIDEO)
        self.assertIn("max-age", whole.headers["Cache-Control"])
        again = self._get(
            launch, path, headers={"If-None-Match": whole.headers["ETag"]}
        )
        self.assertEqual(again.status_code, 304)

    def test_the_address_stays_so_that_a_browser_keeps_the_files(self):
        with freeze_time(datetime(2026, 11, 23, 8)):
            monday = self._open(self.slide)._get_content_root("")
        with freeze_time(datetime(2026, 11, 24, 15)):
            self.assertEqual(self._open(self.slide)._get_content_root(""), monday)
        with freeze_time(datetime(2026, 12, 8, 15)):
            self.assertNotEqual(self._open(self.slide)._get_content_root(""), monday)

    def test_a_new_version_has_another_address(self):
        before = self._open(self.slide)._get_content_root("")
        self.slide.gr_package_id._install(
            self.slide.gr_package_id._read_upload(base64.b64encode(make_scorm12()))
        )
        self.assertNotEqual(self._open(self.slide)._get_content_root(""), before)

    def test_files_are_there_while_the_lesson_is_open(self):
        launch = self._open(self.slide)
        self.assertEqual(self._get(launch, "index.html").status_code, 200)
        launch.date_end = fields.Datetime.now() - timedelta(minutes=1)
        closed = self._get(launch, "index.html")
        self.assertEqual(closed.status_code, 403)
        self.assertIn("open it again", closed.text)

    @mute_logger("odoo.http")
    def test_nothing_else_is_served(self):
        launch = self._open(self.slide)
        for path in (
            "none.html",
            "..%2f..%2fetc/passwd",
            "%2e%2e/index.html",
            "index.html/",
        ):
            self.assertIn(self._get(launch, path).status_code, (403, 404), path)
        for token in ("x", "AQ", launch._get_api_key()):
            url = f"/harvest/courseware/c/{token}/index.html"
            self.assertEqual(self.url_open(url).status_code, 403)

    def test_the_run_time_starts_with_the_learners_own_record(self):
        mine = self._open(self.slide)
        mine.attempt_id.location = "page-3"
        theirs = self._open(self.slide, self.other)
        self.assertIn("page-3", self._get(mine, "~harvest.js").text)
        text = self._get(theirs, "~harvest.js")
        self.assertNotIn("page-3", text.text)
        self.assertEqual(text.headers["Cache-Control"], "no-store")

    def test_a_content_host_gives_pages_an_origin_of_their_own(self):
        launch = self._open(self.slide)
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("harvest_courseware.content_host", self.base_url())
        parameters.set_param("web.base.url", "https://learn.example.org")
        policy = self._get(launch, "index.html").headers["Content-Security-Policy"]
        self.assertIn("allow-same-origin", policy)

        # never on the host where sessions are, whatever somebody configured
        parameters.set_param("web.base.url", self.base_url())
        policy = self._get(launch, "index.html").headers["Content-Security-Policy"]
        self.assertNotIn("allow-same-origin", policy)

    def test_the_administrator_allows_other_sources(self):
        self.env["ir.config_parameter"].set_param(
            "harvest_courseware.content_sources",
            "https://fonts.example.org javascript:x; https://media.example.org/a",
        )
        launch = self._open(self.slide)
        policy = self._get(launch, "index.html").headers["Content-Security-Policy"]
        self.assertIn("https://fonts.example.org https://media.example.org", policy)
        self.assertNotIn("javascript", policy)

    def test_the_player_opens_for_members_only(self):
        stranger = self._make_learner("stranger")
        params = {"params": {"slide_id": self.slide.id}}
        for user, wanted in ((self.learner, "url"), (stranger, "error")):
            self.authenticate(user.login, user.login)
            answer = self.url_open("/harvest/courseware/launch", json=params).json()
            self.assertIn(wanted, answer["result"])
        self.assertIn("error", answer["result"])
        self.assertFalse(
            self.env["gr.courseware.registration"].search(
                [("partner_id", "=", stranger.partner_id.id)]
            )
        )

    def test_a_preview_is_for_staff(self):
        package = self.slide.gr_package_id
        params = {"params": {"package_id": package.id}}
        for user, wanted in ((self.trainer, "url"), (self.learner, "error")):
            self.authenticate(user.login, user.login)
            answer = self.url_open("/harvest/courseware/launch", json=params).json()
            self.assertIn(wanted, answer["result"], user.login)

    def test_the_run_time_comes_first_in_any_page(self):
        tag = b'<script src="x.js"></script>'
        for page, wanted in {
            b"<html><head a='1'><title>": b"<html><head a='1'>" + tag + b"<title>",
            b"<HTML>\n<HEAD>": b"<HTML>\n<HEAD>" + tag,
            b"<html lang='en'><body>": b"<html lang='en'>" + tag + b"<body>",
            b"<!DOCTYPE html>\n<p>": b"<!DOCTYPE html>" + tag + b"\n<p>",
            b"<header>": tag + b"<header>",
            b"": tag,
            "<p>".encode("utf-16"): "<p>".encode("utf-16"),
        }.items():
            self.assertEqual(inject(page, ["x.js"]), wanted)
        self.assertIn(b"x.js", inject((PAGE % "y").encode(), ["x.js"]))
