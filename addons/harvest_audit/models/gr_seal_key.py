import logging
from functools import partial

from odoo import api, models

from odoo.addons.harvest_crypto.resealing import Batch, Store

from .. import hooks, subject_keys

_logger = logging.getLogger(__name__)


class GrSealKey(models.Model):
    _inherit = "gr.seal.key"

    @api.model
    def _get_stores(self):
        """The keys of subjects are in the log's schema, where no model is."""
        return [
            *super()._get_stores(),
            Store(
                subject_keys.TABLE,
                partial(subject_keys.count_by_key, self.env.cr),
                self._reseal_subject_keys,
                lockable=False,  # another role's; each is made in a moment of its own
            ),
        ]

    def _reseal_subject_keys(self, active, after=0):
        if hooks.is_current(self.env.cr):
            return subject_keys.reseal(self.env.cr, active, after)
        _logger.warning(
            "The keys of the event log stay under their old key: its functions are"
            " older than the addon. Run schema.sql and separate.sql as a superuser"
            " again; docs/operations.md tells how."
        )
        return Batch(0, 0)
