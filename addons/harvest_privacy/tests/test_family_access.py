from odoo.tests import tagged

from odoo.addons.harvest_audit.tests.test_access_history import append
from odoo.addons.harvest_base.tests.common import HarvestCommon


@tagged("post_install", "-at_install")
class TestFamilyAccess(HarvestCommon):
    """What a family is told of who saw the record."""

    def _saw(self, user, **values):
        append(
            self.env,
            uid=user.id,
            subjects=self.student.ids,
            company_id=self.district.id,
            **values,
        )

    def _readers(self):
        self.district.gr_family_access = "role"
        days = self.student.with_user(self.user_parent)._gr_family_access()
        return {line["who"] for lines in days.values() for line in lines}

    def test_a_system_outside_is_told_and_other_relatives_are_not(self):
        relative = self.env["res.users"].create(
            {
                "name": "Other Adult",
                "login": "other-adult",
                "group_ids": self.env.ref("base.group_portal").ids,
            }
        )
        self._saw(relative, purpose="portal")
        self.assertEqual(self._readers(), set())
        self._saw(self.env.ref("base.public_user"), purpose="oneroster")
        self.assertEqual(self._readers(), {"Another system, by OneRoster"})
