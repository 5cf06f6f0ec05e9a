import secrets

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.base.models.res_users import KEY_CRYPT_CONTEXT

from ..own_cursor import own_cursor

CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is read as something else
LENGTH = 12  # characters: 59 bits


class GrRecoveryCode(models.Model):
    """A code that replaces a lost phone, once. Only its hash is kept."""

    _name = "gr.recovery.code"
    _description = "Recovery Code"
    _log_access = False

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade", index=True
    )
    code_hash = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    used_at = fields.Datetime(readonly=True)

    @api.model
    def _make(self, user):
        """Replace a user's codes. Called by sudo.

        :return: the new codes, to be shown once
        """
        self._forget(user)
        codes = [
            "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
            for _code in range(CODES)
        ]
        self.create(
            [
                {"user_id": user.id, "code_hash": KEY_CRYPT_CONTEXT.hash(code)}
                for code in codes
            ]
        )
        user._gr_audit("mfa_reset", user, {"code": "recovery_codes_made"})
        return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]

    @api.model
    def _forget(self, user):
        self.search([("user_id", "=", user.id)]).unlink()

    @api.model
    def _use(self, user, text):
        """Use a code up, at once and for good. Called by sudo.

        :return: how many are left, or None when it was none of the user's
        """
        code = "".join(char for char in text.lower() if char in ALPHABET)
        unused = self.search([("user_id", "=", user.id), ("used_at", "=", False)])
        found = next(
            (row for row in unused if KEY_CRYPT_CONTEXT.verify(code, row.code_hash)),
            self.browse(),
        )
        if not found:
            return None
        query = SQL(
            """UPDATE gr_recovery_code SET used_at = now() AT TIME ZONE 'UTC'
                WHERE id = %s AND used_at IS NULL RETURNING id""",
            found.id,
        )
        with own_cursor(self.env) as cr:
            cr.execute(query)
            taken = cr.fetchone()
        found.invalidate_recordset(["used_at"])
        return len(unused) - 1 if taken else None
