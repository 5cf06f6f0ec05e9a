from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PrivacyCommon
from .matrix import make_annual_notice, make_notice


@tagged("post_install", "-at_install")
class TestGrAnnualNotice(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spanish = cls.env.ref("harvest_base.gr_language_es")
        cls.mother.partner_id.email = "mother@example.org"
        cls.mother.language_id = cls.spanish
        cls.notice = make_annual_notice(cls.env, cls.own)
        cls.env["gr.annual.notice.text"].create(
            {
                "notice_id": cls.notice.id,
                "language_id": cls.spanish.id,
                "title": "Sus derechos",
                "body": "<p>Puede ver el expediente.</p>",
            }
        )
        cls.directory = make_notice(cls.env, cls.own)
        cls.notice = cls.notice.with_user(cls.manager)

    def _publish(self):
        self.notice.directory_notice_id = self.directory
        self.notice.action_publish()

    def _of(self, adult):
        return self.notice.delivery_ids.filtered(
            lambda one: one.partner_id == adult.partner_id
        )

    def test_it_is_published_when_nothing_is_missing(self):
        topic = self.notice.topic_ids[:1]
        self.notice.topic_ids -= topic
        with self.assertRaisesRegex(UserError, topic.name):
            self.notice.action_publish()
        self.notice.topic_ids += topic
        with self.assertRaisesRegex(UserError, "99.37"):
            self.notice.action_publish()
        self._publish()
        self.assertEqual(self.notice.published_by_id, self.manager)
        self.assertEqual(str(self.notice.optout_until), "2020-07-31")

    def test_a_coordinator_reads_the_notice_and_not_who_got_it(self):
        self._publish()
        self.notice.action_send()
        served = self.notice.served_count
        self.env.invalidate_all()
        notice = self.notice.with_user(self.users["C"])
        self.assertEqual(notice.served_count, served)
        self.assertTrue(served or notice.letter_count)
        with self.assertRaises(AccessError):
            notice.delivery_ids.mapped("state")
        arch = notice.get_view(view_type="form")["arch"]
        self.assertNotIn("action_send", arch)
        self.assertNotIn("Adults Served", arch)

    def test_counting_adults_is_no_look_at_their_records(self):
        """The figure stands in every list; it is not "who saw my child's record"."""
        adults = self.notice._get_adults().partner_id
        self.env.invalidate_all()
        links = type(self.env["gr.guardianship"])
        with patch.object(links, "_gr_audit_saw") as saw:
            self.assertEqual(self.notice.adult_count, len(adults))
        saw.assert_not_called()

    def test_what_families_got_never_changes(self):
        self._publish()
        text = self.notice.text_ids[:1]
        other = self.env["gr.language"].search([("code", "not in", ("en", "es"))])[:1]
        for change in (
            lambda: text.sudo().write({"body": "x"}),
            lambda: text.sudo().unlink(),
            lambda: text.sudo().copy({"language_id": other.id}),
        ):
            with self.assertRaisesRegex(UserError, "exactly this"):
                change()
        with self.assertRaises(AccessError):
            self.notice.write({"state": "draft"})

    def test_each_adult_gets_it_once_in_the_own_language_or_a_letter(self):
        with self.assertRaisesRegex(UserError, "Publish"):
            self.notice.action_send()
        self._publish()
        self.notice.action_send()
        mother, father = self._of(self.mother), self._of(self.father)
        self.assertEqual((mother.channel, mother.state), ("mail", "sent"))
        self.assertEqual(mother.language_id, self.spanish)
        self.assertTrue(mother.sent_at)
        self.assertEqual((father.state, father.language_id.code), ("letter", "en"))
        mails = self.env["mail.mail"].search([("email_to", "ilike", "mother@example")])
        self.assertIn("expediente", mails.body_html)
        before = len(self.notice.delivery_ids)
        self.notice.action_send()
        self.assertEqual(len(self.notice.delivery_ids), before)
        father.with_user(self.manager).action_handed_over()
        self.assertEqual(father.state, "handed")

    def test_a_barred_adult_and_other_districts_get_nothing(self):
        self.father.court_limit = "no_records"
        self._publish()
        self.notice.action_send()
        self.assertFalse(self._of(self.father))
        self.assertFalse(self._of(self.foreign.guardian))
        self.assertTrue(self._of(self.elsewhere.guardian))

    def test_who_comes_later_gets_it_by_night(self):
        self._publish()
        self.notice.action_send()
        child = self._make_student(self.site, "Nueva Alumna")
        adult = self._make_guardian(child, "Adulta Nueva")
        with self.enter_registry_test_mode():
            cron = self.env.ref("harvest_privacy.ir_cron_deliver_annual_notice")
            cron.method_direct_trigger()
        self.notice.invalidate_recordset()
        self.assertTrue(self._of(adult))

    def test_nothing_goes_out_by_itself_before_somebody_sent_it(self):
        self._publish()
        with self.enter_registry_test_mode():
            cron = self.env.ref("harvest_privacy.ir_cron_deliver_annual_notice")
            cron.method_direct_trigger()
        self.notice.invalidate_recordset()
        self.assertFalse(self.notice.delivery_ids)

    def test_a_family_opens_it_and_that_is_written_down(self):
        parent = self.mother.partner_id.user_ids
        self._publish()
        notices = self.env["gr.annual.notice"].with_user(parent)
        [mine] = notices._get_for_family()
        mine = mine.with_user(parent)
        self.assertTrue(mine.sudo()._is_new_for_family())
        self.assertTrue(mine.sudo()._show_to_family())
        own = self._of(self.mother)
        self.assertEqual((own.channel, own.state), ("portal", "seen"))
        self.assertFalse(mine.sudo()._is_new_for_family())
        other = self._make_portal_user(
            self.foreign.guardian.partner_id, self.foreign_district, login="far"
        )
        notices = self.env["gr.annual.notice"].with_user(other)
        self.assertFalse(notices._get_for_family())

    def test_who_got_it_is_seen_with_the_whole_district_only(self):
        self._publish()
        self.notice.action_send()
        deliveries = self.env["gr.annual.notice.delivery"]
        mine = [("notice_id", "=", self.notice.id)]
        self.assertTrue(deliveries.with_user(self.manager).search(mine))
        self.manager.gr_scope = "site"
        self.assertFalse(deliveries.with_user(self.manager).search(mine))
        for role in ("A", "C", "D", "E", "F"):
            with self.subTest(role), self.assertRaises(AccessError):
                deliveries.with_user(self.users[role]).search(mine)
        with self.assertRaises(AccessError):
            self.notice.with_user(self.users["C"]).action_send()
