from datetime import date

from odoo.tests import tagged

from .common import ClearanceCommon


@tagged("post_install", "-at_install")
class TestGate(ClearanceCommon):
    def test_a_card_holds_through_the_day_printed_on_it(self):
        requirement = self._make_requirement()
        self._only(requirement)
        employee = self._make_employee()
        self._make_credential(
            employee, requirement, date(2025, 1, 1), card_expires=date(2026, 6, 15)
        )

        self.assertTrue(self.gate.is_cleared(employee, None, date(2026, 6, 15)))
        answer = self.gate.is_cleared(employee, None, date(2026, 6, 16))
        self.assertFalse(answer.cleared)
        self.assertEqual(answer.codes, ("ONLY",))
        self.assertIn("06/16/2026", answer.reasons[0])
