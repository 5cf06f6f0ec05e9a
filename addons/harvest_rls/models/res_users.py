from odoo import models


class ResUsers(models.Model):
    """XML-RPC and JSON-RPC sign in within the call, on the cursor that works."""

    _inherit = "res.users"

    def _check_uid_passwd(self, uid, passwd):
        wall = self.env["gr.rls"]
        if not wall._is_on():
            return super()._check_uid_passwd(uid, passwd)
        wall._open_all("a password or a key is checked")
        result = super()._check_uid_passwd(uid, passwd)
        wall._open_for(uid)
        return result
