import hmac
import json
import secrets
from hashlib import sha256

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.harvest_crypto.fields import SealedText

from ..const import SIGN_IN_MINUTES
from ..exceptions import IdentityRefused


class GrIdentityRequest(models.Model):
    """A sign-in that was begun: by which browser, for which page; counts once."""

    _name = "gr.identity.request"
    _description = "Sign-in on its Way"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True, readonly=True)
    provider = fields.Char(required=True, readonly=True)
    browser_hash = fields.Char(required=True, readonly=True)
    secrets_sealed = SealedText(groups=fields.NO_ACCESS, readonly=True, place="secrets")
    target = fields.Char(readonly=True)
    tester_id = fields.Many2one("res.users", readonly=True, ondelete="cascade")
    created = fields.Datetime(
        required=True, readonly=True, index=True, default=fields.Datetime.now
    )
    used_at = fields.Datetime(readonly=True)

    _key_uniq = models.Constraint("UNIQUE(key)", "Begin the sign-in again.")

    @api.model
    def _open(self, provider, browser, target=None, kept=None, tester=None, key=None):
        """Begin a sign-in. Called by sudo: nobody reads or writes these rows.

        :param provider: the provider's record
        :param str browser: random value that the browser keeps in a cookie
        :param str target: local path to go to afterwards
        :param dict kept: what the answer is checked with (nonce, verifier); sealed
        :param tester: administrator who tests; nobody is signed in then
        :param str key: the opaque id, when the protocol wants a form of its own
        :return: the row; its ``key`` is the ``RelayState`` or ``state``
        """
        row = self.create(
            {
                "key": key or secrets.token_urlsafe(24),
                "provider": f"{provider._name},{provider.id}",
                "browser_hash": _digest(browser),
                "target": _local_path(target),
                "tester_id": tester and tester.id,
            }
        )
        if kept:
            row._keep(kept)
        return row

    def _keep(self, kept):
        """Seal what the answer is checked with."""
        self.secrets_sealed = json.dumps(kept)

    @api.model
    def _consume(self, provider, key, browser):
        """Use a sign-in up, at once and for good, and return its row.

        Committed in an own transaction, so that neither a rollback nor a second
        worker gives it back. A wrong browser does not use it up: else a stranger
        could end a sign-in by guessing its key.

        :raise IdentityRefused: ``request_unknown`` | ``request_browser`` |
            ``request_used`` | ``request_expired``
        """
        row = self.search([("key", "=", key or "")])
        if not row or row.provider != f"{provider._name},{provider.id}":
            raise IdentityRefused("request_unknown")
        if not hmac.compare_digest(row.browser_hash, _digest(browser or "")):
            raise IdentityRefused("request_browser")
        query = SQL(
            """UPDATE gr_identity_request SET used_at = now() AT TIME ZONE 'UTC'
                WHERE id = %s AND used_at IS NULL
                  AND created > now() AT TIME ZONE 'UTC' - %s * interval '1 minute'
            RETURNING id""",
            row.id,
            SIGN_IN_MINUTES,
        )
        with self.env.registry.cursor() as cr:
            cr.execute(query)
            taken = cr.fetchone()
        row.invalidate_recordset(["used_at"])
        if not taken:
            raise IdentityRefused("request_used" if row.used_at else "request_expired")
        return row

    def _get_kept(self):
        """Return what was sealed at the beginning."""
        self.ensure_one()
        return json.loads(self.secrets_sealed or "{}")

    @api.autovacuum
    def _gc_old(self):
        self.search([("created", "<", "now -1d")]).unlink()


def _digest(text):
    return sha256(text.encode()).hexdigest()


def _local_path(target):
    """Keep a path of this server; anything else leads to the start page.

    Browsers read ``/\\host`` and ``//host`` as another server, and drop control
    characters before they read.
    """
    text = target or ""
    is_local = text.startswith("/") and not text.startswith(("//", "/\\"))
    plain = text.isprintable() and "\\" not in text
    return text if is_local and plain and len(text) <= 2000 else None
