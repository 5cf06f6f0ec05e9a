from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import PrivacyCommon
from .matrix import make_consent, make_purpose, make_text


@tagged("post_install", "-at_install")
class TestGrConsentText(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purpose = make_purpose(cls.env, cls.own)
        cls.text = make_text(cls.env, cls.purpose, cls.own)

    def test_a_published_text_never_changes(self):
        for field in ("title", "body", "records", "recipients", "asks_anew"):
            with self.assertRaisesRegex(UserError, "signed exactly this"):
                self.text.sudo().write({field: "x"})
        with self.assertRaises(UserError):
            self.text.sudo().unlink()

    def test_nobody_publishes_by_writing_the_state(self):
        draft = make_text(self.env, self.purpose, self.own, publish=False)
        with self.assertRaises(AccessError):
            draft.with_user(self.manager).write({"state": "published"})

    def test_a_translation_is_the_same_version(self):
        spanish = self.env.ref("harvest_base.gr_language_es")
        draft = make_text(self.env, self.purpose, self.own, publish=False)
        self.assertEqual(draft.version, 2)
        other = make_text(
            self.env, self.purpose, self.own, publish=False, language_id=spanish.id
        )
        self.assertEqual(other.version, 2)

    def test_a_translation_may_come_after_the_text_is_published(self):
        spanish = self.env.ref("harvest_base.gr_language_es")
        late = make_text(
            self.env, self.purpose, self.own, publish=False, language_id=spanish.id
        )
        self.assertEqual(late.version, self.text.version)

    def test_the_family_is_shown_its_language(self):
        spanish = self.env.ref("harvest_base.gr_language_es")
        text = make_text(
            self.env, self.purpose, self.own, language_id=spanish.id, version=1
        )
        self.mother.language_id = spanish
        self.assertEqual(make_consent(self.env, self.own, self.purpose).text_id, text)

    def test_a_new_version_can_ask_everybody_anew(self):
        make_consent(self.env, self.own, self.purpose)
        self.assertTrue(self.student._gr_has_consent(self.purpose))
        make_text(self.env, self.purpose, self.own, asks_anew=True)
        self.assertEqual(self.text.state, "retired")
        line = self.env["gr.consent.standing"].search(
            [("purpose_id", "=", self.purpose.id)]
        )
        self.assertEqual(line.state, "outdated")
        self.assertFalse(self.student._gr_has_consent(self.purpose))

    def test_nobody_consents_to_a_draft(self):
        purpose = make_purpose(self.env, self.own, code="other")
        with self.assertRaisesRegex(ValidationError, "not published"):
            draft = make_text(self.env, purpose, self.own, publish=False)
            make_consent(self.env, self.own, purpose, text_id=draft.id)
