from hashlib import sha256

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL, mute_logger

from ..exceptions import IdentityRefused


class GrIdentityReplay(models.Model):
    """Messages that were accepted once, so that none counts twice on any node."""

    _name = "gr.identity.replay"
    _description = "Used Message"
    _log_access = False

    key = fields.Char(required=True)
    expires = fields.Datetime(required=True, index=True)

    _key_uniq = models.Constraint("UNIQUE(key)", "It was used before.")

    @api.model
    def _claim(self, key, expires):
        """Note a message as used, at once, in its own committed transaction.

        :param str key: what names the message, with the issuer in it
        :param datetime expires: from when on it would be refused for its age; naive UTC
        :raise IdentityRefused: ``replayed``
        """
        digest = sha256(key.encode()).hexdigest()
        insert = SQL(
            "INSERT INTO gr_identity_replay (key, expires) VALUES (%s, %s)",
            digest,
            expires,
        )
        try:
            # An own cursor: a rollback of the request must not forget it.
            with mute_logger("odoo.sql_db"), self.env.registry.cursor() as cr:
                cr.execute(insert)
        except psycopg2.errors.UniqueViolation as error:
            raise IdentityRefused("replayed") from error

    @api.autovacuum
    def _gc_expired(self):
        self.search([("expires", "<", "now")]).unlink()
