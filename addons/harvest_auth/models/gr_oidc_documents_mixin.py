import threading
import time

from odoo import api, models

from odoo.addons.harvest_base.guarded_http import parse_hosts

from ..const import TRUSTED_HOSTS_PARAM
from ..oidc import client
from ..oidc.keys import KeySource

METADATA_SECONDS = 3600  # a discovery document is read again after that
# Public documents of providers, by database, provider and address; per process.
_documents: dict = {}
_lock = threading.Lock()


class GrOidcDocumentsMixin(models.AbstractModel):
    """What a provider publishes: its description and its keys."""

    _name = "gr.oidc.documents.mixin"
    _description = "OpenID Connect: Published Documents"

    @api.model
    def _get_trusted_hosts(self):
        # sudo: a setting of the server's administrator
        params = self.env["ir.config_parameter"].sudo()
        return parse_hosts(params.get_param(TRUSTED_HOSTS_PARAM, ""))

    def _ask(self):
        return client.make_transport(self._get_trusted_hosts())

    def _get_metadata(self):
        """Return the discovery document, at most an hour old.

        :raise IdentityRefused: it cannot be had, or does not fit
        """
        self.ensure_one()
        trusted = self._get_trusted_hosts()
        return self._remember(
            ("metadata", self.issuer, trusted),
            lambda: client.fetch_metadata(self._ask(), self.issuer, trusted),
            METADATA_SECONDS,
        )

    def _get_keys(self, metadata):
        """Return the source of their keys; it remembers them itself."""
        url, ask = metadata.jwks_uri, self._ask()
        return self._remember(
            ("keys", url, self._get_trusted_hosts()),
            lambda: KeySource(lambda: client.fetch_json(ask, url)),
        )

    def _remember(self, what, make, seconds=None):
        key = (self.env.cr.dbname, self.id, *what)
        now = time.monotonic()
        with _lock:
            made, value = _documents.get(key, (None, None))
        if made is None or (seconds and now - made > seconds):
            value = make()  # not under the lock: it may wait for the network
            with _lock:
                _documents[key] = (now, value)
        return value
