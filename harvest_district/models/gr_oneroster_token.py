from hashlib import sha256

from odoo import api, fields, models


class GrOnerosterToken(models.Model):
    """A short-lived access token of a client, kept only as a hash.

    The token is 256 random bits, so one round of SHA-256 is enough: there is nothing to
    guess, as there is with a password.
    """

    _name = "gr.oneroster.token"
    _description = "OneRoster Access Token"
    _rec_name = "client_id"

    client_id = fields.Many2one(
        "gr.oneroster.client", required=True, index=True, ondelete="cascade"
    )
    token_hash = fields.Char(required=True, groups=fields.NO_ACCESS)
    scopes = fields.Char(required=True, help="URIs, separated by spaces")
    expires_at = fields.Datetime(required=True, index=True)

    _token_uniq = models.Constraint("UNIQUE (token_hash)", "This token exists already.")

    @api.model
    def _hash(self, token):
        return sha256(token.encode()).hexdigest()

    @api.model
    def _find(self, token):
        """Return the living token record (sudoed), or none.

        The search is by hash: how long it takes tells nothing about the token.
        """
        # sudo: the bearer has no user; the token is the proof
        found = self.sudo().search_fetch(
            [
                ("token_hash", "=", self._hash(token)),
                ("expires_at", ">", fields.Datetime.now()),
            ],
            ["client_id", "scopes"],
            limit=1,
        )
        return found if found.client_id._is_open() else self.sudo()

    @api.autovacuum
    def _gc_expired(self):
        self.search([("expires_at", "<", "now")]).unlink()
