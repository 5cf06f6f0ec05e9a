import hmac
import secrets
import time
from datetime import datetime, timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.base.models.res_users import INDEX_SIZE, KEY_CRYPT_CONTEXT

from ..policy.networks import is_inside

TTL = 60  # seconds that a checked key is believed, if nothing else ends it
_SECRET = secrets.token_bytes(
    32
)  # of this process: a digest is worth nothing elsewhere


class _WrongKey(Exception):
    """Not kept in the cache, which strangers could fill."""


class ResUsersApikeys(models.Model):
    """Keys are checked once a minute, not hashed at every request; and have limits.

    A hash costs 4.5 ms, which bound ``/json/2`` to a hundred requests a second and
    core. The cache is Odoo's: taking a key away, archiving its owner or changing its
    limits clears it in all processes.
    """

    _inherit = "res.users.apikeys"

    def _check_credentials(self, *, scope, key):
        if self._name != "res.users.apikeys" or scope != "rpc":
            return super()._check_credentials(scope=scope, key=key)
        found = self._gr_find(key)
        return found and self._gr_admit(*found)

    @api.model
    def _gr_find(self, key):
        """Return (user id, id of the key, when it expires) or None."""
        digest = hmac.digest(_SECRET, key.encode(), "sha256")
        try:
            return self._gr_verified(digest, int(time.time() // TTL), key)
        except _WrongKey:
            return None

    @api.model
    @tools.ormcache("digest", "slot")
    def _gr_verified(self, digest, slot, key):
        self.env.cr.execute(
            """SELECT k.id, k.user_id, k.key, k.expiration_date
                 FROM res_users_apikeys k JOIN res_users u ON u.id = k.user_id
                WHERE u.active AND k.index = %s AND (k.scope IS NULL OR k.scope = 'rpc')
            """,
            [key[:INDEX_SIZE]],
        )
        for key_id, user_id, hashed, expires in self.env.cr.fetchall():
            if KEY_CRYPT_CONTEXT.verify(key, hashed):
                # sudo: written about whoever the key is of
                self.env["gr.api.key"].sudo()._note_use(key_id)
                return user_id, key_id, expires
        raise _WrongKey

    @api.model
    def _gr_admit(self, user_id, key_id, expires):
        """Return the user's id if the key counts now, here and for this."""
        # sudo: asked for whoever the key is of
        limits = self.env["gr.api.key"].sudo()._get_limits(key_id)
        if limits.is_revoked or (expires and expires < datetime.utcnow()):
            return None
        is_bearer = request and getattr(request, "gr_is_bearer", False)
        if limits.is_narrow and not is_bearer:
            return None  # XML-RPC and JSON-RPC know no limits
        if limits.networks and not is_inside(
            request.httprequest.remote_addr, limits.networks
        ):
            return None
        if is_bearer:
            request.gr_key_limits = limits
        return user_id

    def _check_expiration_date(self, date):
        super()._check_expiration_date(date)
        if not request or self._name != "res.users.apikeys":
            return  # the operator's own shell
        days = self.env["gr.rule"].sign_in_rule("auth.api.key_days_max")
        if not date or date > datetime.now() + timedelta(days=days + 1):
            raise ValidationError(
                self.env._(
                    "A key lasts %(days)s days at most. Choose an earlier end; a new"
                    " key can be made before it.",
                    days=days,
                )
            )

    def _generate(self, scope, name, expiration_date):
        key = super()._generate(scope, name, expiration_date)
        if self._name == "res.users.apikeys" and scope in (None, "rpc"):
            self._gr_note_key(key, name, expiration_date)
        return key

    @api.model
    def _gr_note_key(self, key, name, expiration_date):
        self.env.cr.execute(
            """SELECT id FROM res_users_apikeys WHERE user_id = %s AND index = %s
                ORDER BY id DESC LIMIT 1""",
            [self.env.user.id, key[:INDEX_SIZE]],
        )
        [ref] = self.env.cr.fetchone()
        user = self.env.user
        # sudo: the row about a key is written by the product only
        self.env["gr.api.key"].sudo().create(
            {
                **self.env.context.get("gr_key_limits", {}),
                "name": name,
                "apikey_ref": ref,
                "prefix": key[:INDEX_SIZE],
                "user_id": user.id,
                "company_id": user.company_id.id,
                "expiration_date": expiration_date or False,
            }
        )
        user._gr_audit("key_created", user, {"key": key[:INDEX_SIZE]})

    def unlink(self):
        refs = self.ids
        result = super().unlink()
        if self._name == "res.users.apikeys":
            # sudo: the row about a key goes with the key
            rows = (
                self.env["gr.api.key"]
                .sudo()
                .search([("apikey_ref", "in", refs), ("revoked_at", "=", False)])
            )
            rows.revoked_at = fields.Datetime.now()
            self.env.registry.clear_cache()  # signaled to all processes
        return result
