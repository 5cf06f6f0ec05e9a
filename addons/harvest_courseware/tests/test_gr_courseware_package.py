import base64

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, tagged

from .builder import MASTERY_80, make_cmi5, make_scorm12, make_zip, scorm12_manifest
from .common import CoursewareKit


@tagged("post_install", "-at_install")
class TestGrCoursewarePackage(CoursewareKit, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_course_ground()

    def test_an_upload_says_what_is_in_it(self):
        items = [("One", "index.html", MASTERY_80), ("Two", "index.html", "")]
        package = self._make_package(make_scorm12(items=items)).with_user(self.trainer)

        self.assertEqual(package.name, "Kitchen basics")
        self.assertEqual((package.standard, package.version), ("scorm12", 1))
        self.assertEqual(package.unit_ids.mapped("name"), ["One", "Two"])
        self.assertEqual(package.unit_ids[0]._get_mastery(), 80)
        self.assertIsNone(package.unit_ids[1]._get_mastery())

    def test_a_refusal_says_what_to_do(self):
        nested = make_zip({"course/imsmanifest.xml": scorm12_manifest()})
        with self.assertRaisesRegex(ValidationError, "what is in the folder"):
            self._make_package(nested)
        with self.assertRaisesRegex(ValidationError, "Choose the ZIP"):
            self.env["gr.courseware.package"].create({"name": "Empty"})
        with self.assertRaisesRegex(ValidationError, "broke off"):
            self.env["gr.courseware.package"].create({"file": b"%%%"})

    def test_the_administrator_sets_how_large_a_package_may_be(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("harvest_courseware.max_files", "1")
        with self.assertRaisesRegex(ValidationError, "max_files"):
            self._make_package(make_scorm12())

    def test_a_package_that_was_refused_changes_nothing(self):
        package = self._make_package(make_scorm12())
        before = package.attachment_id
        with self.assertRaises(ValidationError):
            package.file = base64.b64encode(b"no zip")
        self.assertEqual((package.version, package.attachment_id), (1, before))

    def test_a_new_version_keeps_what_learners_did(self):
        first = [("One", "index.html", ""), ("Two", "index.html", "")]
        slide = self._put_in_course(self._make_package(make_scorm12(items=first)))
        package = slide.gr_package_id
        two = package.unit_ids[1]
        attempt = self._open(slide, unit=two).attempt_id
        attempt.write({"status": "passed", "passed_date": "2026-11-02"})

        package.file = base64.b64encode(make_scorm12(items=[("Uno", "index.html", "")]))

        self.assertEqual(package.version, 2)
        self.assertEqual(package.unit_ids.mapped("name"), ["Uno"])
        self.assertFalse(two.active)
        self.assertTrue(attempt.exists().is_satisfied)

    def test_an_old_archive_stays_while_it_is_played(self):
        slide = self._make_slide()
        package = slide.gr_package_id
        old = package.attachment_id
        launch = self._open(slide)
        package.file = base64.b64encode(make_scorm12())

        package._gc_archives()
        self.assertTrue(old.exists())

        launch.is_open = False
        package._gc_archives()
        self.assertFalse(old.exists())
        self.assertTrue(package.attachment_id.exists())

    def test_only_the_product_says_what_is_in_a_package(self):
        package = self._make_package(make_scorm12()).with_user(self.trainer)
        with self.assertRaises(AccessError):
            package.standard = "cmi5"
        with self.assertRaises(AccessError):
            package.unit_ids[0].name = "Other"

    def test_a_package_that_was_used_is_not_deleted(self):
        package = self._make_slide().gr_package_id
        with self.assertRaisesRegex(ValidationError, "Archive it"):
            package.unlink()
        self._make_package(make_cmi5()).unlink()

    def test_a_copy_is_a_package_of_its_own(self):
        package = self._make_package(make_cmi5())
        copy = package.copy()
        self.assertEqual(copy.name, "First aid (copy)")
        self.assertEqual(
            copy.unit_ids.mapped("identifier"), package.unit_ids.mapped("identifier")
        )
        self.assertNotEqual(copy.attachment_id, package.attachment_id)

    def test_a_content_needs_its_package(self):
        slide = self._make_slide()
        with self.assertRaisesRegex(ValidationError, "Choose the course package"):
            slide.gr_package_id = False

    def test_a_package_asks_its_own_questions(self):
        slide = self._make_slide()
        with self.assertRaisesRegex(ValidationError, "content of its own"):
            slide.question_ids = [(0, 0, {"question": "Why?"})]

    def test_nobody_marks_a_package_by_hand(self):
        slide = self._make_slide().with_user(self.learner)
        self.assertFalse(slide.can_self_mark_completed)
        self.assertFalse(slide.can_self_mark_uncompleted)
        self.assertEqual(self.channel.nbr_package, 1)

    def test_a_learner_reads_no_records_of_the_player(self):
        launch = self._open(self._make_slide())
        for record in (launch, launch.attempt_id, launch.registration_id):
            with self.assertRaises(AccessError):
                record.with_user(self.learner).read(["create_date"])

    def test_packages_learn_an_opaque_id_and_no_name(self):
        launch = self._open(self._make_slide("cmi5"))
        actor = launch.registration_id._get_actor()
        self.assertEqual(set(actor), {"objectType", "account"})
        self.assertRegex(actor["account"]["name"], "^[0-9a-f]{32}$")
        self.assertNotIn("Lerna", launch._get_url("https://learn.example.org"))

    def test_a_waiver_is_the_coordinators(self):
        launch = self._open(self._make_slide("cmi5"))
        attempt = launch.attempt_id
        with self.assertRaises(AccessError):
            attempt.with_user(self.learner).action_waive()
        attempt.with_user(self.trainer).action_waive()
        self.assertTrue(attempt.is_satisfied)
        self.assertTrue(self._is_completed(launch.registration_id.slide_id))
        verbs = self.env["gr.xapi.statement"].search(
            [("registration_id", "=", attempt.registration_id.id)]
        )
        verbs = verbs.mapped("verb")
        self.assertIn("https://w3id.org/xapi/adl/verbs/waived", verbs)
        self.assertIn("https://w3id.org/xapi/adl/verbs/satisfied", verbs)

    def test_statements_are_forgotten_after_their_time(self):
        statements = self.env["gr.xapi.statement"]
        self._open(self._make_slide("cmi5"))
        statements.search([]).stored = "2020-01-01"
        statements._gc_statements()
        self.assertFalse(statements.search([]))
