from unittest.mock import patch

from odoo.modules import module
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestThirdParties(TransactionCase):
    def test_a_typed_name_is_asked_of_nobody(self):
        # a real account outside of Odoo's test mode: nothing else holds it back
        account = self.env["iap.account"].get("partner_autocomplete")
        account.sudo().account_token = "token"
        with (
            patch.object(module, "current_test", False),
            patch("odoo.addons.iap.tools.iap_tools.iap_jsonrpc") as called,
        ):
            found = self.env["res.partner"].autocomplete_by_name(
                "Ana Prueba", self.env.ref("base.us").id
            )
        self.assertFalse(found)
        called.assert_not_called()

    def test_odoo_is_not_told_of_the_district(self):
        cron = self.env.ref("mail.ir_cron_module_update_notification")
        self.assertFalse(cron.active)

    def test_a_pasted_address_is_not_opened(self):
        self.assertFalse(self.env["mail.link.preview"]._is_link_preview_enabled())
