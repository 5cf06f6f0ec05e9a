from odoo import models


class AuthTotpDevice(models.Model):
    """ "Don't ask again on this device", where the policy of the groups allows it."""

    _inherit = "auth_totp.device"

    def _check_credentials_for_uid(self, *, scope, key, uid):
        if not self.env["res.users"].browse(uid)._gr_policy().may_trust_device:
            return False
        return super()._check_credentials_for_uid(scope=scope, key=key, uid=uid)
