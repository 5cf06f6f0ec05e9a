import base64
import io
import json
from datetime import date
from functools import cache
from itertools import cycle
from unittest.mock import patch

import pypdf
from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.harvest_training.badges import (
    baking,
    credential,
    keys,
    signing,
    status,
)
from odoo.addons.harvest_training.certificate_text import is_serial, read_code
from odoo.addons.harvest_training.exceptions import (
    CertificateDesignError,
    MissingRequirementsError,
)

from .common import TrainingCommon

NO_REQUIREMENT = (
    "odoo.addons.harvest_training.models.gr_training_completion_mixin"
    ".GrTrainingCompletionMixin._get_missing_requirements"
)


@cache
def spare_keys():
    """Two keys for all tests: to make one takes a second."""
    return keys.generate(), keys.generate()


class CertificateCommon(TrainingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            patch.object(keys, "generate", cycle(spare_keys()).__next__)
        )
        cls.Certificate = cls.env["gr.certificate"]
        cls.template = cls.env["gr.certificate.template"].create(
            {"name": "Design", "company_id": cls.district.id}
        )
        cls.program = cls._make_training_program(
            name="Seguridad en el patio",
            hours=12,
            certificate_template_id=cls.template.id,
            renewal="months",
            renewal_months=12,
        )
        cls.learner = cls._make_learner("Lía Ñandú Aprendiz")
        cls.enrollment = cls._complete(cls.learner)

    @classmethod
    def _complete(cls, learner, program=None):
        """A completed enrollment that lacks nothing."""
        program = program or cls.program
        enrollment = cls.env["gr.training.enrollment"].create(
            {"student_id": learner.id, "program_id": program.id}
        )
        enrollment.sudo().write(
            {"status": "completed", "date_completed": fields.Datetime.now()}
        )
        return enrollment

    @classmethod
    def _issue(cls, enrollment=None):
        return cls.Certificate._issue(enrollment or cls.enrollment)

    @classmethod
    def _count(cls):
        mine = [("enrollment_id", "=", cls.enrollment.id)]
        return cls.Certificate.search_count(mine)

    @classmethod
    def _read_pdf(cls, certificate):
        data = base64.b64decode(certificate.with_context(bin_size=False).pdf)
        return pypdf.PdfReader(io.BytesIO(data))

    @classmethod
    def _read_badge(cls, certificate):
        return base64.b64decode(certificate.with_context(bin_size=False).badge)


@tagged("post_install", "-at_install")
class TestCertificate(CertificateCommon):
    # Issuing

    @freeze_time("2026-11-03 20:00:00")
    def test_it_says_what_was_achieved(self):
        certificate = self._issue()

        self.assertRecordValues(
            certificate,
            [
                {
                    "holder_name": "Lía Ñandú Aprendiz",
                    "program_name": "Seguridad en el patio",
                    "district_name": self.district.name,
                    "issued_on": date(2026, 11, 3),
                    "expires_on": date(2027, 11, 2),
                    "state": "valid",
                }
            ],
        )
        self.assertTrue(is_serial(certificate.name))
        self.assertEqual(read_code(certificate.code), certificate.code)
        words = " ".join(self._read_pdf(certificate).pages[0].extract_text().split())
        for expected in (
            "Lía Ñandú Aprendiz",
            "has completed Seguridad en el patio",
            "12 hours of training",
            "Valid until November 2, 2027",
            certificate.name,
        ):
            self.assertIn(expected, words)

    def test_the_day_is_the_districts(self):
        self.district.partner_id.tz = "America/Los_Angeles"
        with freeze_time("2026-11-04 02:00:00"):  # still the 3rd in California
            certificate = self._issue()
            self.assertEqual(certificate.issued_on, date(2026, 11, 3))
            self.assertEqual(certificate._get_status(), "valid")

    def test_it_is_never_issued_twice(self):
        first = self._issue()

        self.assertEqual(self._issue(), first)
        self.assertEqual(self._count(), 1)

    def test_the_database_refuses_a_second_one(self):
        first = self._issue()
        values = self.Certificate._prepare(self.enrollment, self.template)

        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.Certificate.create(values)
        self.assertEqual(self.Certificate._get_standing(self.enrollment), first)

    def test_it_is_never_issued_without_its_requirements(self):
        with (
            patch(NO_REQUIREMENT, lambda _self: ["The exam is not passed."]),
            self.assertRaisesRegex(MissingRequirementsError, "exam is not passed"),
        ):
            self._issue()

        self.assertEqual(self._count(), 0)

    def test_who_is_still_learning_gets_none(self):
        self.enrollment.sudo().status = "in_progress"

        with self.assertRaises(MissingRequirementsError):
            self._issue()

    def test_a_program_without_design_issues_none(self):
        self.program.certificate_template_id = False

        with self.assertRaisesRegex(CertificateDesignError, "Choose one"):
            self._issue()

    def test_a_shared_design_needs_no_setup(self):
        self.program.certificate_template_id = self.env.ref(
            "harvest_training.gr_certificate_template_default"
        )

        self.assertTrue(self._issue().pdf)

    def test_serials_are_the_districts_own(self):
        one = self._issue()
        other = self._issue(self._complete(self._make_learner("Otro Aprendiz")))
        foreign_program = self._make_training_program(
            self.foreign_district,
            certificate_template_id=self.env.ref(
                "harvest_training.gr_certificate_template_default"
            ).id,
        )
        learner = self._make_learner("Ajena Aprendiz", self.foreign_district)
        foreign = self._issue(self._complete(learner, foreign_program))

        numbers = [int(line.name.split("-")[2]) for line in (one, other, foreign)]
        self.assertEqual(numbers, [1, 2, 1])
        self.assertNotEqual(one.issuer_id, foreign.issuer_id)

    def test_the_learners_language_is_printed(self):
        self.env["res.lang"]._activate_lang("es_419")
        self.template.with_context(lang="es_419").title = "Certificado"
        self.program.with_context(lang="es_419").name = "Seguridad"
        self.learner.partner_id.lang = "es_419"

        certificate = self._issue()

        reader = self._read_pdf(certificate)
        self.assertEqual(reader.trailer["/Root"]["/Lang"], "es-419")
        self.assertEqual(reader.metadata.title, "Certificado, Seguridad")
        achieved = signing.read(certificate.credential)["credentialSubject"]
        self.assertEqual(achieved["achievement"]["inLanguage"], "es-419")

    def test_the_design_may_fix_the_language(self):
        self.env["res.lang"]._activate_lang("es_419")
        self.learner.partner_id.lang = "es_419"
        self.template.lang = "en_US"

        self.assertEqual(self._issue().lang, "en_US")

    # What was issued stays

    def test_nothing_printed_is_changed(self):
        certificate = self._issue()
        pdf = certificate.pdf

        self.learner.last_name = "Casada"
        self.program.name = "Renamed"
        self.template.title = "Another"
        self.env.flush_all()
        self.env.invalidate_all()

        self.assertEqual(certificate.holder_name, "Lía Ñandú Aprendiz")
        self.assertEqual(certificate.program_name, "Seguridad en el patio")
        self.assertEqual(certificate.pdf, pdf)
        for values in ({"holder_name": "X"}, {"pdf": False}, {"expires_on": False}):
            with self.assertRaises(UserError):
                certificate.write(values)

    def test_nothing_is_deleted(self):
        with self.assertRaises(UserError):
            self._issue().unlink()

    def test_no_role_writes_one(self):
        certificate = self._issue()
        for role in ("A", "B", "C", "D", "E", "F", "Admin", "none"):
            mine = certificate.with_user(self.users[role])
            with self.subTest(role), self.assertRaises(AccessError):
                mine.write({"state": "valid"})
            with self.subTest(role), self.assertRaises(AccessError):
                mine.create({"enrollment_id": self.enrollment.id})

    # Ends

    def test_revoking_asks_who_and_why(self):
        certificate = self._issue()
        self.learner.site_ids = self.site

        with self.assertRaises(AccessError):
            certificate.with_user(self.user_program)._revoke("Forged exam")
        with self.assertRaises(UserError):
            certificate.with_user(self.user_operations)._revoke("  ")
        certificate.with_user(self.user_operations)._revoke("Forged exam")

        self.assertEqual(certificate.state, "revoked")
        self.assertEqual(certificate.revoked_by_id, self.user_operations)
        self.assertEqual(certificate.revoke_reason, "Forged exam")

    def test_the_wrong_district_revokes_nothing(self):
        certificate = self._issue()
        stranger = self._make_user("B", sites=self.foreign_site)

        with self.assertRaises(AccessError):
            certificate.with_user(stranger)._revoke("Mischief")

    def test_a_revoked_one_may_be_issued_again(self):
        self.learner.site_ids = self.site
        first = self._issue()
        wizard = (
            self.env["gr.certificate.revoke"]
            .with_user(self.user_operations)
            .create(
                {
                    "certificate_ids": [Command.set(first.ids)],
                    "reason": "The name was misspelled",
                    "issue_again": True,
                }
            )
        )
        self.learner.first_name = "Lía María"

        wizard.action_revoke()

        second = self.Certificate._get_standing(self.enrollment)
        self.assertEqual(first.state, "revoked")
        self.assertNotEqual(second, first)
        self.assertIn("Lía María", second.holder_name)
        self.assertNotEqual(second.code, first.code)

    def test_a_standing_one_is_not_issued_again(self):
        with self.assertRaises(UserError):
            self._issue().action_issue_again()

    def test_it_expires_after_its_last_day(self):
        self.district.partner_id.tz = "America/Los_Angeles"
        with freeze_time("2026-11-03 20:00:00"):
            certificate = self._issue()
        for moment, expected in (
            ("2027-11-03 06:00:00", "valid"),  # the evening of the 2nd in California
            ("2027-11-03 08:00:00", "expired"),
        ):
            with freeze_time(moment):
                self.assertEqual(certificate._get_status(), expected)
                self.Certificate._cron_expire()
                self.assertEqual(certificate.state, expected)

    # The badge

    def test_the_badge_proves_itself_without_a_network(self):
        certificate = self._issue()
        key_set = json.loads(json.dumps(certificate.issuer_id._get_key_set()))

        token = baking.extract(self._read_badge(certificate))
        proven = signing.verify(token, key_set)

        self.assertEqual(token, certificate.credential)
        self.assertEqual(
            proven["credentialSubject"]["achievement"]["name"], "Seguridad en el patio"
        )
        self.assertTrue(credential.is_for(proven, self.learner.partner_id.email))

    def test_the_badge_names_nobody(self):
        text = json.dumps(signing.read(self._issue().credential)).lower()

        for secret in ("aprendiz", "ñandú", "lía", self.learner.partner_id.email):
            self.assertNotIn(json.dumps(secret)[1:-1], text)

    def test_a_childs_badge_holds_no_hash_of_an_address(self):
        self.learner.learner_type = "pupil"

        subject = signing.read(self._issue().credential)["credentialSubject"]

        self.assertNotIn("identifier", subject)

    def test_the_status_list_tells_of_revocations(self):
        certificate = self._issue()
        other = self._issue(self._complete(self._make_learner("Otro Aprendiz")))
        self.learner.site_ids = self.site
        certificate.with_user(self.user_operations)._revoke("Forged exam")
        number, index = divmod(certificate.id, status.LIST_BITS)

        token = certificate.issuer_id._get_status_list(number)

        listed = signing.read(token)["credentialSubject"]["encodedList"]
        self.assertTrue(status.is_set(listed, index))
        self.assertFalse(status.is_set(listed, other.id % status.LIST_BITS))
        entry = signing.read(certificate.credential)["credentialStatus"]
        self.assertEqual(entry["statusListIndex"], str(index))

    def test_keys_may_change_and_old_badges_verify(self):
        old = self._issue()
        issuer = old.issuer_id.with_user(self.users["Admin"])

        issuer.action_rotate()

        new = self._issue(self._complete(self._make_learner("Otro Aprendiz")))
        key_set = issuer.sudo()._get_key_set()
        self.assertEqual(len(key_set["keys"]), 2)
        for certificate in (old, new):
            self.assertTrue(signing.verify(certificate.credential, key_set))

    def test_only_administrators_change_keys(self):
        issuer = self._issue().issuer_id

        with self.assertRaises(AccessError):
            issuer.with_user(self.user_operations).action_rotate()

    def test_private_keys_are_sealed_and_unread(self):
        key = self._issue().issuer_id.key_ids

        self.env.flush_all()
        self.env.cr.execute("SELECT private_sealed FROM gr_badge_key")
        self.assertNotIn("PRIVATE", str(self.env.cr.fetchall()))
        self.assertIn("PRIVATE", key.sudo().private_sealed)
        with self.assertRaises(AccessError):
            key.with_user(self.users["Admin"]).read(["private_sealed"])

    def test_a_lost_key_file_says_what_to_do(self):
        issuer = self._issue().issuer_id
        issuer.key_ids.private_sealed = False  # as in a neutralized copy

        with self.assertRaisesRegex(UserError, "new signing key"):
            self._issue(self._complete(self._make_learner("Otro Aprendiz")))

    def test_the_issuers_address_stays(self):
        issuer = self._issue().issuer_id

        with self.assertRaises(UserError):
            issuer.base_url = "https://elsewhere.example.org"

    # Mail

    def test_the_mail_brings_pdf_and_badge(self):
        certificate = self._issue()

        notice = self.env["gr.training.notice"]._queue(
            "certificate_issued", self.enrollment
        )
        notice._send()

        names = notice.mail_mail_id.attachment_ids.mapped("name")
        self.assertEqual(
            sorted(names), [f"{certificate.name}.pdf", f"{certificate.name}.png"]
        )
        badge = notice.mail_mail_id.attachment_ids.filtered(
            lambda file: file.name.endswith(".png")
        )
        self.assertEqual(baking.extract(badge.raw), certificate.credential)

    def test_other_mails_carry_nothing(self):
        self._issue()

        notice = self.env["gr.training.notice"]._queue("welcome", self.enrollment)
        notice._send()

        self.assertFalse(notice.mail_mail_id.attachment_ids)


@tagged("post_install", "-at_install")
class TestCertificateTemplate(CertificateCommon):
    def test_the_preview_shows_what_is_designed(self):
        self.template.signatory_ids = [Command.create({"name": "Dolores Firmante"})]
        self.template.title = "Certificado <b>"

        html = self.template.preview

        self.assertIn("Dolores Firmante", html)
        self.assertIn("Certificado &lt;b&gt;", html)
        self.assertIn("/harvest_base/static/fonts/NotoSerif-Regular.ttf", html)

    def test_unknown_placeholders_are_refused(self):
        for body in ("{{learner}} {{object.env}}", "{{ }}"):
            with self.assertRaisesRegex(ValidationError, "placeholder"):
                self.template.body = body

    def test_a_color_is_a_color(self):
        for accent in ("red", "#12345", "#1b5e3f; } body { display: none"):
            with self.assertRaises(ValidationError):
                self.template.accent = accent

    def test_what_fits_on_no_page_is_not_saved(self):
        with self.assertRaisesRegex(CertificateDesignError, "does not fit"):
            self.template.body = "\n".join(["A line"] * 120)

    def test_signatures_are_three_at_most(self):
        with self.assertRaises(ValidationError):
            self.template.signatory_ids = [
                Command.create({"name": f"Dean {number}"}) for number in range(4)
            ]

    def test_pictures_are_printed(self):
        red = base64.b64encode(self._read_badge(self._issue()))
        self.template.write({"logo": red, "background": red})

        reader = pypdf.PdfReader(io.BytesIO(self.template._print_sample()))

        self.assertEqual(len(reader.pages), 1)
        self.assertTrue(reader.pages[0].images)

    def test_an_own_badge_picture_is_baked(self):
        picture = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9"
            "HQAAAABJRU5ErkJggg=="
        )
        self.template.badge_image = picture

        self.assertTrue(baking.extract(self._read_badge(self._issue())))

    def test_a_shared_design_is_copied_to_be_changed(self):
        shared = self.env.ref("harvest_training.gr_certificate_template_default")
        mine = shared.with_user(self.user_operations)

        with self.assertRaises(AccessError):
            mine.title = "Ours"
        copied = mine.copy()

        self.assertEqual(copied.company_id, self.district)
        copied.title = "Ours"

    def test_aides_read_no_signatures(self):
        signatory = self.env["gr.certificate.signatory"].create(
            {"name": "Dean", "template_id": self.template.id}
        )

        with self.assertRaises(AccessError):
            signatory.with_user(self.user_aide).read(["signature"])
        with self.assertRaises(AccessError):
            self.template.with_user(self.user_aide).read(["preview"])
