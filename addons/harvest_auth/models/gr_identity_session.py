import json
import secrets
from hashlib import sha256

from odoo import api, fields, models

from odoo.addons.harvest_crypto.fields import SealedText


class GrIdentitySession(models.Model):
    """A session here that a sign-in there began, so that their log-out ends it.

    Odoo's session holds the key; each request asks whether it has ended. The answer is
    in the database, so it is the same on every node.
    """

    _name = "gr.identity.session"
    _description = "Session of a Sign-in"
    _log_access = False
    _order = "id desc"

    key_hash = fields.Char(required=True, readonly=True)
    identity_id = fields.Many2one(
        "gr.identity", required=True, index=True, ondelete="cascade", readonly=True
    )
    index_hash = fields.Char(index="btree_not_null", readonly=True)
    name_hash = fields.Char(index="btree_not_null", readonly=True)
    kept_sealed = SealedText(groups=fields.NO_ACCESS, readonly=True, place="kept")
    created = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    expires = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(readonly=True)

    _key_hash_uniq = models.Constraint("UNIQUE(key_hash)", "Sign in again.")

    @api.model
    def _begin(self, identity, index=None, expires=None, name=None, kept=None):
        """Note a session; called by sudo.

        :param str index: the provider's name for it (SessionIndex, ``sid``)
        :param datetime expires: until when the provider lets it last; naive UTC
        :param str name: what the provider calls the account in a log-out (NameID)
        :param dict kept: what a log-out from here needs; sealed
        :return: key to be kept in Odoo's session
        """
        key = secrets.token_urlsafe(24)
        row = self.create(
            {
                "key_hash": _digest(key),
                "identity_id": identity.id,
                "index_hash": index and _digest(index),
                "name_hash": name and _digest(name),
                "expires": expires,
            }
        )
        if kept:
            row.kept_sealed = json.dumps(kept)
        return key

    def _get_kept(self):
        """Return what was sealed at the beginning."""
        self.ensure_one()
        return json.loads(self.kept_sealed or "{}")

    @api.model
    def _find(self, key):
        return self.search([("key_hash", "=", _digest(key))])

    def _is_open(self):
        now = fields.Datetime.now()
        return bool(self) and not (
            self.ended_at or (self.expires and self.expires <= now)
        )

    @api.model
    def _end(self, identities, indexes=(), name=None):
        """End the sessions of accounts: the ones named, or all if none is named.

        :param indexes: the provider's names of the sessions
        :param str name: what the provider calls the account in a log-out
        :return: the sessions that were open
        """
        domain = [("identity_id", "in", identities.ids), ("ended_at", "=", False)]
        if indexes:
            domain.append(("index_hash", "in", [_digest(index) for index in indexes]))
        if name:
            domain.append(("name_hash", "=", _digest(name)))
        sessions = self.search(domain)
        sessions.ended_at = fields.Datetime.now()
        return sessions

    @api.autovacuum
    def _gc_old(self):
        """Forget what no session file can point to any more (Odoo keeps them 7 days
        after the last request, so the ended ones can go after that)."""
        self.search([("ended_at", "<", "now -30d")]).unlink()


def _digest(text):
    return sha256(text.encode()).hexdigest()
