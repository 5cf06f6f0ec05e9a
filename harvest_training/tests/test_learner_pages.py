from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.harvest_base.const import QUIET_LOAD

from .common import TrainingKit


class LearnerCase(TrainingKit, HttpCase):
    """A program of two courses, three learners in it, and people who are none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **QUIET_LOAD})
        cls._make_places()
        cls.agent = cls._make_user(
            "B", district=cls.district, login="page_agent", gr_scope="district"
        )
        cls.program = cls._make_training_program(
            courses=2, coordinator_id=cls.agent.id, name="Induction"
        )
        cls.first, cls.second = cls.program.course_integrations
        cls.second.prerequisite_ids = cls.first
        cls.staff = cls._make_page_learner("Lía Aprendiz", "staff")
        cls.volunteer = cls._make_page_learner("Vito Voluntario", "volunteer")
        cls.stranger = cls._make_page_learner(
            "Caro Ajena", "staff", district=cls.foreign_district
        )
        cls._make_portal_user(
            cls.guardian.partner_id, cls.district, login="page_parent"
        )
        cls.enrollment = cls._enroll(cls.staff)
        cls.other_enrollment = cls._enroll(cls.volunteer)
        cls.tracker = cls._get_tracker(cls.enrollment)

    @classmethod
    def _make_page_learner(cls, name, kind, district=None):
        """A learner with a login: staff inside, others on the portal."""
        district = district or cls.district
        learner = cls._make_learner(name, district=district, learner_type=kind)
        cls._make_user(
            "D" if kind == "staff" else "F",
            district=district,
            login=f"page_{learner.first_name.lower()}",
            partner_id=learner.partner_id.id,
            name=name,
        )
        return learner

    @classmethod
    def _enroll(cls, learner, program=None):
        Enrollment = cls.env["gr.training.enrollment"]
        return Enrollment._request(program or cls.program, learner, "agent")

    @classmethod
    def _get_tracker(cls, enrollment):
        return enrollment.tracker_ids.filtered(
            lambda line: line.course_integration_id == cls.first
        )

    @classmethod
    def _make_session(cls, days=5, **values):
        start = fields.Datetime.now() + timedelta(days=days)
        session = cls.env["gr.course.session"].create(
            {
                "name": "First aid",
                "course_integration_id": cls.first.id,
                "date_start": start,
                "date_end": start + timedelta(hours=2),
                **values,
            }
        )
        session.action_open()
        return session

    @classmethod
    def _make_homework(cls, **values):
        return cls.env["gr.homework.assignment"].create(
            {
                "name": "Evacuation plan",
                "course_integration_id": cls.first.id,
                "instructions": "<p>Draw it.</p>",
                **values,
            }
        )

    def open_as(self, login, path, **kwargs):
        self.authenticate(login or None, login or None)
        return self.url_open(path, **kwargs)

    def read(self, answer):
        return " ".join(
            html.fromstring(answer.text).find(".//main").text_content().split()
        )

    def read_page(self, login, path="/my/training"):
        answer = self.open_as(login, path)
        self.assertEqual(answer.status_code, 200, path)
        return self.read(answer)

    def post(self, login, path, data=None, files=None, follow=True):
        """Send a form as the page would: with its own token."""
        self.authenticate(login or None, login or None)
        data = {"csrf_token": Request.csrf_token(self), **(data or {})}
        return self.url_open(path, data=data, files=files, allow_redirects=follow)

    def path(self, *parts, enrollment=None):
        line = enrollment or self.enrollment
        return "/".join(map(str, ["/my/training", line.id, *parts]))


@tagged("post_install", "-at_install")
class TestLearnerPages(LearnerCase):
    def test_learner_sees_the_program_and_the_next_step(self):
        page = self.read_page("page_lía")
        self.assertIn("Induction", page)
        self.assertIn("Continue with the lesson “Lesson 1”.", page)
        self.assertIn("0% done", page)

    def test_volunteer_on_the_portal_sees_the_same(self):
        self.assertIn("Induction", self.read_page("page_vito"))

    def test_home_leads_a_learner_and_nobody_else_to_the_training(self):
        link = 'href="/my/training"'
        self.assertIn(link, self.open_as("page_vito", "/my").text)
        self.assertNotIn(link, self.open_as("page_parent", "/my").text)

    def test_who_is_no_learner_reads_what_to_do(self):
        self.assertIn("You have no training here.", self.read_page("page_parent"))

    def test_empty_state_leads_to_the_open_programs(self):
        self.enrollment._withdraw("Left")
        page = self.read_page("page_lía")
        self.assertIn("You have no training yet.", page)
        self.assertIn("Earlier training", page)
        self.assertIn("Induction", self.read_page("page_lía", "/my/training/history"))

    def test_visitor_is_sent_to_the_login(self):
        for path in ("/my/training", self.path(), "/my/training/settings"):
            answer = self.open_as("", path)
            self.assertIn("/web/login", answer.url)

    def test_locked_course_says_what_opens_it(self):
        page = self.read_page("page_lía", self.path())
        self.assertIn("Locked. It opens when you have completed: Course 1", page)

    def test_pages_are_not_kept_by_the_browser(self):
        answer = self.open_as("page_lía", self.path())
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    # Sessions

    def test_session_is_booked_put_in_the_calendar_and_cancelled(self):
        self.first.sessions_required = 1
        session = self._make_session(capacity=1)
        page = self.read_page("page_lía", self.path())
        self.assertIn("Places left: 1", page)

        path = self.path("session", session.id)
        page = self.read(self.post("page_lía", f"{path}/book"))
        self.assertIn("Your place is booked.", page)
        self.assertIn("You have a place.", page)

        calendar = self.open_as("page_lía", f"{path}/session.ics")
        self.assertIn("text/calendar", calendar.headers["Content-Type"])
        self.assertIn("SUMMARY:First aid", calendar.text)
        self.assertNotIn("ATTENDEE", calendar.text)

        page = self.read(self.post("page_lía", f"{path}/cancel"))
        self.assertIn("Your booking is cancelled.", page)
        self.assertFalse(self.tracker._get_bookings_ahead())
        # The second press of the same button is no error.
        self.assertEqual(self.post("page_lía", f"{path}/cancel").status_code, 200)

    def test_full_session_has_a_waiting_list(self):
        session = self._make_session(capacity=1)
        session._book(self._get_tracker(self.other_enrollment))
        self.assertIn("Full.", self.read_page("page_lía", self.path()))

        path = self.path("session", session.id, "book")
        page = self.read(self.post("page_lía", path))
        self.assertIn("you are on the waiting list", page)
        self.assertIn("You are number 1 on the waiting list.", page)
        calendar = self.path("session", session.id, "session.ics")
        self.assertEqual(self.open_as("page_lía", calendar).status_code, 200)

    def test_booking_that_is_refused_says_why(self):
        session = self._make_session()
        clash = self._make_session(name="At the same time")
        session._book(self.tracker)
        answer = self.post("page_lía", self.path("session", clash.id, "book"))
        self.assertEqual(answer.status_code, 400)
        self.assertIn("at the same time", self.read(answer))
        self.assertEqual(clash.taken_count, 0)

    # Homework

    def test_homework_is_handed_in_with_a_file(self):
        assignment = self._make_homework()
        path = self.path("homework", assignment.id)
        self.assertIn("Draw it.", self.read_page("page_lía", path))

        answer = self.post(
            "page_lía", path, {"text": "My plan"}, [("files", ("plan.txt", b"A way"))]
        )
        page = self.read(answer)
        self.assertIn("We have your homework.", page)
        self.assertIn("My plan", page)
        self.assertIn("waits for its review", page)

        attempt = assignment.attempt_ids
        self.assertEqual((attempt.state, attempt.student_id), ("submitted", self.staff))
        file = self.open_as(
            "page_lía", f"/my/training/file/{attempt.attachment_ids.id}"
        )
        self.assertEqual(file.content, b"A way")
        self.assertIn("attachment", file.headers["Content-Disposition"])

    def test_returned_homework_shows_the_feedback_and_comes_first(self):
        assignment = self._make_homework()
        attempt = assignment._submit(self.tracker, "Too short")
        attempt.feedback = "<p>Please say more.</p>"
        attempt.with_user(self.agent).action_return()

        self.assertIn("hand it in again", self.read_page("page_lía"))
        path = self.path("homework", assignment.id)
        self.assertIn("Please say more.", self.read_page("page_lía", path))
        self.post("page_lía", path, {"text": "Much longer"})
        self.assertEqual(len(assignment.attempt_ids), 2)

    def test_what_is_wrong_is_said_and_the_text_is_kept(self):
        assignment = self._make_homework(needs_file=True)
        answer = self.post(
            "page_lía", self.path("homework", assignment.id), {"text": "Only words"}
        )
        self.assertEqual(answer.status_code, 400)
        self.assertIn("this homework needs one", self.read(answer))
        self.assertIn("Only words", answer.text)
        self.assertFalse(assignment.attempt_ids)

    def test_too_large_a_file_is_refused_in_words(self):
        assignment = self._make_homework()
        limit = self.env["gr.rule"]._find_rule(
            "training.upload.max_megabytes", self.district, fields.Date.today()
        )
        limit.value = "1"
        answer = self.post(
            "page_lía",
            self.path("homework", assignment.id),
            files=[("files", ("big.txt", b"x" * (2 * 1024 * 1024)))],
        )
        self.assertEqual(answer.status_code, 400)
        self.assertIn("larger than 1 MB", self.read(answer))

    def test_late_homework_is_warned_of(self):
        assignment = self._make_homework(due="date", due_date="2020-01-31")
        page = self.read_page("page_lía", self.path("homework", assignment.id))
        self.assertIn("it is marked as late", page)

    # Documents

    def test_document_is_sent(self):
        document = self.env["gr.document.request"].create(
            {
                "student_id": self.staff.id,
                "enrollment_id": self.enrollment.id,
                "name": "Diploma",
            }
        )
        path = f"/my/training/document/{document.id}"
        self.assertIn("Diploma", self.read_page("page_lía"))
        answer = self.post("page_lía", path)
        self.assertEqual(answer.status_code, 400)
        self.assertIn("Choose a file first.", self.read(answer))

        page = self.read(
            self.post("page_lía", path, files=[("files", ("d.txt", b"Diploma"))])
        )
        self.assertIn("We have your document.", page)
        self.assertEqual(document.state, "received")

    # Programs and settings

    def test_open_program_is_asked_for_and_decided_by_a_person(self):
        program = self._make_training_program(
            courses=1, name="Academy", coordinator_id=self.agent.id
        )
        program.course_integrations.auto_enroll_eligible = False
        path = "/my/training/programs"
        self.assertIn("a person decides", self.read_page("page_vito", path))

        page = self.read(
            self.post("page_vito", f"{path}/{program.id}", {"reason": "I want to lead"})
        )
        self.assertIn("We have your request.", page)
        self.assertIn("we are looking at your request", page)
        asked = program.enrollment_ids
        self.assertEqual((asked.status, asked.source), ("review", "self"))
        self.assertIn("I want to lead", asked.review_reason)

    def test_program_that_enrolls_itself_starts_at_once(self):
        program = self._make_training_program(courses=1, name="Academy")
        self.post("page_vito", f"/my/training/programs/{program.id}")
        self.assertEqual(program.enrollment_ids.status, "not_started")

    def test_program_of_other_sites_or_of_nobody_is_not_offered(self):
        elsewhere = self._make_training_program(
            courses=1, name="Elsewhere", site_ids=self.other_site.ids
        )
        draft = self._make_training_program(courses=1, name="Draft", status="draft")
        foreign = self._make_training_program(self.foreign_district, name="Foreign")
        page = self.read_page("page_vito", "/my/training/programs")
        for program in (elsewhere, draft, foreign, self.program):
            with self.subTest(program.name):
                self.assertNotIn(program.name, page)
                answer = self.post("page_vito", f"/my/training/programs/{program.id}")
                self.assertEqual(answer.status_code, 404)

    def test_mail_settings_are_saved(self):
        path = "/my/training/settings"
        page = self.read(self.post("page_vito", path, {"mode": "weekly"}))
        self.assertIn("Saved.", page)
        self.assertEqual(self.volunteer.training_notice_mode, "weekly")
        self.assertEqual(
            self.post("page_vito", path, {"mode": "hourly"}).status_code, 404
        )
        self.post("page_vito", path, {"mode": ""})
        self.assertFalse(self.volunteer.training_notice_mode)

    # Language, robustness

    def test_dates_and_words_are_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("es_419")
        self.env["website"].search([]).language_ids += self.env["res.lang"]._lang_get(
            "es_419"
        )
        session = self._make_session(days=5)
        spanish = session.with_context(lang="es_419")._get_when()
        self.assertNotEqual(spanish, session.with_context(lang="en_US")._get_when())

    def test_form_without_its_token_is_refused(self):
        self.authenticate("page_lía", "page_lía")
        with mute_logger("odoo.http"):
            answer = self.url_open("/my/training/settings", data={"mode": "weekly"})
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.staff.training_notice_mode)


NO_SUCH_ID = 2**31 - 7


@tagged("post_install", "-at_install", "security")
class TestLearnerIsolation(LearnerCase):
    """An id in an address shows what is one's own; everything else is not there."""

    def assert_missing(self, login, path, method="get"):
        ask = self.post if method == "post" else self.open_as
        answer = ask(login, path)
        self.assertEqual(answer.status_code, 404, path)
        self.assertIn("We cannot show this page", answer.text)

    def test_others_enrollments_are_not_there(self):
        for login in ("page_vito", "page_caro", "page_parent", "page_agent"):
            with self.subTest(login):
                self.assert_missing(login, self.path())
        self.assert_missing("page_lía", f"/my/training/{NO_SUCH_ID}")

    def test_answer_tells_nothing_of_existence(self):
        real = self.open_as("page_vito", self.path()).text.partition("<main")[2]
        fake = self.url_open(f"/my/training/{NO_SUCH_ID}").text.partition("<main")[2]
        self.assertEqual(
            real.replace(self.path(), "PATH"),
            fake.replace(f"/my/training/{NO_SUCH_ID}", "PATH"),
        )

    def test_others_homework_and_files_are_not_there(self):
        assignment = self._make_homework()
        attempt = assignment._submit(self.tracker, "Mine", [("a.txt", b"Mine")])
        file = f"/my/training/file/{attempt.attachment_ids.id}"
        for login in ("page_vito", "page_caro", "page_parent"):
            with self.subTest(login):
                path = self.path("homework", assignment.id)
                self.assert_missing(login, path)
                self.assert_missing(login, path, "post")
                self.assert_missing(login, file)
        self.assertEqual(len(assignment.attempt_ids), 1)
        # Any other attachment is not a file of the learner, whoever may read it.
        public = self.env["ir.attachment"].create(
            {"name": "x", "raw": b"x", "public": True}
        )
        self.assert_missing("page_lía", f"/my/training/file/{public.id}")

    def test_own_enrollment_is_no_key_to_another_course(self):
        program = self._make_training_program(courses=1, name="Other")
        course = program.course_integrations
        assignment = self._make_homework(course_integration_id=course.id)
        session = self._make_session(course_integration_id=course.id)
        self.assert_missing("page_lía", self.path("homework", assignment.id))
        place = self.path("session", session.id)
        self.assert_missing("page_lía", f"{place}/book", "post")
        self.assert_missing("page_lía", f"{place}/session.ics")

    def test_others_places_are_not_given_back(self):
        session = self._make_session()
        session._book(self.tracker)
        path = self.path("session", session.id, "cancel")
        for login in ("page_vito", "page_caro", "page_parent"):
            self.assert_missing(login, path, "post")
        own = self.path(
            "session", session.id, "cancel", enrollment=self.other_enrollment
        )
        self.post("page_vito", own)
        self.assertEqual(session.taken_count, 1)

    def test_others_documents_are_not_there(self):
        document = self.env["gr.document.request"].create(
            {"student_id": self.staff.id, "name": "Diploma"}
        )
        path = f"/my/training/document/{document.id}"
        for login in ("page_vito", "page_caro", "page_parent"):
            with self.subTest(login):
                self.assert_missing(login, path)
                self.assert_missing(login, path, "post")
        self.assertEqual(document.state, "requested")

    def test_page_of_a_session_names_no_other_learner(self):
        session = self._make_session(capacity=5)
        session._book(self._get_tracker(self.other_enrollment))
        page = self.open_as("page_lía", self.path()).text
        self.assertNotIn("Vito", page)

    def test_employee_is_found_by_the_user(self):
        learner = self._make_learner("Eva Empleada")
        user = self._make_user("D", district=self.district, login="page_eva")
        employee = self.env["hr.employee"].create(
            {"name": "Eva", "user_id": user.id, "company_id": self.district.id}
        )
        learner.sudo().employee_id = employee
        self._enroll(learner)
        self.assertIn("Induction", self.read_page("page_eva"))

    def test_portal_user_has_no_right_beside_the_pages(self):
        user = self.env["res.users"].search([("login", "=", "page_vito")])
        for model in (
            "gr.training.enrollment",
            "gr.progress.tracker",
            "gr.homework.attempt",
            "gr.document.request",
            "gr.course.session",
            "gr.training.notice",
        ):
            with self.subTest(model):
                self.assertFalse(self.env[model].with_user(user).has_access("read"))
