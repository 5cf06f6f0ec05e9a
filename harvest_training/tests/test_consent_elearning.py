from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.harvest_base.tests.common import HarvestCommon
from odoo.addons.harvest_privacy.tests.matrix import make_consent, make_text


@tagged("post_install", "-at_install")
class TestConsentToElearning(HarvestCommon):
    """A family's no closes the courses of a pupil; silence does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purpose = cls.env.ref("harvest_privacy.gr_consent_purpose_elearning")
        make_text(cls.env, cls.purpose, cls.own)
        cls.channel = cls.env["slide.channel"].create({"name": "Kitchen Safety"})
        cls.partner = cls.student._get_partner()

    def _decide(self, **values):
        return make_consent(self.env, self.own, self.purpose, **values)

    def _members(self):
        return self.env["slide.channel.partner"].search(
            [("partner_id", "=", self.partner.id)]
        )

    def test_a_withdrawal_closes_the_courses_and_says_so(self):
        self._decide()
        self.channel._action_add_members(self.partner)
        self.assertTrue(self._members())
        gone = self._decide(decision="withdrawn", method="oral")
        self.assertFalse(self._members())
        self.assertIn("1 courses closed", gone.effect_ids.summary)
        with self.assertRaisesRegex(UserError, "no consent to online learning"):
            self.channel._action_add_members(self.partner)

    def test_who_was_not_asked_learns_on(self):
        self.channel._action_add_members(self.partner)
        self.assertTrue(self._members())
