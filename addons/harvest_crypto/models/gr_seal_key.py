import logging
from collections import Counter
from functools import partial

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, ormcache

from .. import keyring, resealing
from ..exceptions import KeyMissingError

_logger = logging.getLogger(__name__)

STATUSES = [
    ("active", "Encrypts"),
    ("older", "Opens older values"),
    ("missing", "Not on this server"),
    ("lost", "Lost"),
    ("retired", "Retired"),
]
LOCK_SECONDS = 10  # how long to wait for those who are writing
ATTEMPTS = 5  # of a batch that others were faster with


class GrSealKey(models.Model):
    """A key that has sealed values of this database: its id and no more.

    The key itself is in the key file (``keyring.py``). From the ids the system knows
    a server that was given another key file from one that is new.
    """

    _name = "gr.seal.key"
    _description = "Encryption Key"
    _order = "id desc"

    name = fields.Char("Key", required=True, readonly=True)
    state = fields.Selection(
        [("used", "Used"), ("lost", "Lost"), ("retired", "Retired")],
        required=True,
        readonly=True,
        default="used",
    )
    status = fields.Selection(STATUSES, compute="_compute_status")
    value_count = fields.Integer("Values and Files", compute="_compute_value_count")
    progress = fields.Float(
        "Share (%)", compute="_compute_value_count", help="Of all that is encrypted"
    )

    _name_uniq = models.UniqueIndex("(name)", "This key is known already.")

    @api.depends("state", "name")
    def _compute_status(self):
        ring = keyring.load()
        for key in self:
            if key.state != "used":
                key.status = key.state
            elif not ring or key.name not in ring.keys:
                key.status = "missing"
            else:
                key.status = "active" if key.name == ring.active else "older"

    @api.depends("name")
    def _compute_value_count(self):
        counts = self._count_values()
        total = sum(counts.values())
        for key in self:
            key.value_count = counts.get(key.name, 0)
            key.progress = 100 * key.value_count / total if total else 0

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("Keys are changed by their buttons only."))
        return super().write(vals)

    # THE RING OF THIS DATABASE

    @api.model
    @ormcache()
    def _get_known(self):
        """Return the keys that this database was sealed with, without the lost."""
        keys = self.sudo().search([("state", "=", "used")])  # sudo: ids, no secret
        return frozenset(keys.mapped("name"))

    @api.model
    def _check_ring(self):
        """Refuse to seal with keys that are not this database's.

        Else a server without its key file would make a new one, and values of two
        rings would be mixed before anybody notices.

        :raise KeyMissingError: the key file is missing or another one
        """
        known = self._get_known()
        ring = keyring.load()
        if ring and ring.active in known:
            return
        if known and not (ring and known & ring.keys.keys()):
            raise KeyMissingError(
                message=self.env._(
                    "Nothing was saved: the key file of this database is not on this"
                    " server. Put the key file of the backup back, then try again. If"
                    " it is lost for good, an administrator declares its keys lost"
                    " under Configuration / Encryption."
                )
            )
        self._learn((ring or keyring.ensure()).active)

    @api.model
    def _learn(self, key_id):
        """Keep the id of a key; many may be the first to use it."""
        self.env.execute_query(
            SQL(
                "INSERT INTO gr_seal_key (name, state, create_uid, create_date)"
                " VALUES (%s, 'used', %s, now() AT TIME ZONE 'UTC')"
                " ON CONFLICT (name) DO NOTHING RETURNING id",
                key_id,
                self.env.uid,
            )
        )
        self.env.registry.clear_cache()

    # COUNTING

    @api.model
    def _count_values(self):
        """Return how many values and files each key has sealed, by key id."""
        self.env.flush_all()
        counts = Counter()
        for store in self._get_stores():
            counts.update(store.count())
        return dict(counts)

    @api.model
    def _get_stores(self):
        """Return every place where sealed values are, files among them.

        A sealed field is found by itself. An addon that seals by ``keyring`` alone adds
        its own: else its values stay under the old key, which then cannot be retired.

        :rtype: list[resealing.Store]
        """
        files = self.env["ir.attachment"]
        return [
            *resealing.column_stores(self.env),
            resealing.Store(
                "public.ir_attachment", files._gr_count_by_key, files._gr_reseal
            ),
        ]

    # SEALING WHAT IS STORED

    @api.model
    def _seal_existing(self, model_name, field_name):
        """Seal a column that was in clear; part of the upgrade that seals it.

        The old values stay in dead rows and in backups until these are gone:
        docs/operations.md says what to do then.
        """
        model = self.env[model_name]
        field = model._fields[field_name]
        last_id = changed = 0
        while True:
            batch = resealing.seal_clear(self.env, model, field, last_id)
            changed += batch.changed
            if not batch.last_id:
                break
            last_id = batch.last_id
        if changed:
            _logger.info("sealed %s values of %s", changed, field)

    @api.model
    def _cron_reseal(self):
        """Bring everything under the active key, and go on where it was left."""
        ring = keyring.load()
        if not ring:
            return
        counts = self._count_values()
        remaining = sum(counts.values()) - counts.get(ring.active, 0)
        if not self._commit(0, remaining):
            return
        for store in self._get_stores():
            if not self._run_step(partial(store.reseal, ring.active)):
                break

    def _run_step(self, step):
        """Run batches to the end; return whether there is time for more."""
        last_id = 0
        while True:
            batch = self._run_batch(step, last_id)
            if not self._commit(batch.changed):
                return False
            if not batch.last_id:
                return True
            last_id = batch.last_id

    def _run_batch(self, step, last_id):
        for attempt in range(ATTEMPTS):
            try:
                return step(last_id)
            except psycopg2.errors.SerializationFailure:
                self.env.cr.rollback()  # somebody wrote a row first: look again
                if attempt == ATTEMPTS - 1:
                    raise
        return None

    def _commit(self, done, remaining=None):
        return self.env["ir.cron"]._commit_progress(done, remaining=remaining)

    # WHAT ADMINISTRATORS DO

    @api.model
    def action_rotate(self):
        """Seal with a new key from now on, and re-seal the rest in the background."""
        self.check_access("write")
        self._rotate()
        return True

    @api.model
    def _rotate(self):
        self._check_ring()
        key_id = keyring.rotate()
        self._learn(key_id)
        self.env.ref("harvest_crypto.ir_cron_reseal")._trigger()
        return key_id

    def action_retire(self):
        """Take keys off the ring that nothing is sealed with any more."""
        self.check_access("write")
        for key in self:
            key._retire()
        return True

    def _retire(self):
        """Take this key off the ring.

        In a transaction of its own that waits for all who are writing: one that sealed
        with this key before the rotation may not be committed yet.

        :raise UserError: it is in use
        """
        self.ensure_one()
        self._check_unused()
        with self.env.registry.cursor() as cr:
            keys = self.with_env(self.env(cr=cr))
            keys._lock_sealed()
            count = keys._count_values().get(self.name, 0)
            ring = keyring.load()
            if count or (ring and ring.active == self.name):
                raise UserError(
                    self.env._(
                        "Key %(key)s is in use: %(count)s values or files are"
                        " encrypted with it. Make a new key, wait until everything is"
                        " re-encrypted, then retire this one.",
                        key=self.name,
                        count=count,
                    )
                )
            if ring and self.name in ring.keys:
                keyring.drop(self.name)
        # sudo: who may was checked by the caller; nobody edits keys by hand
        self.sudo().state = "retired"
        self.env.registry.clear_cache()

    def _check_unused(self):
        """Refuse when texts that are in no store are sealed with this key."""
        self.env.flush_all()
        known = {store.table for store in self._get_stores()}
        others = set(resealing.find_sealed_with(self.env, self.name)) - known
        if others:
            raise UserError(
                self.env._(
                    "Key %(key)s is in use: values of these tables are encrypted with"
                    " it and cannot be re-encrypted: %(tables)s. Keep the key.",
                    key=self.name,
                    tables=", ".join(sorted(others)),
                )
            )

    def _lock_sealed(self):
        """Wait until nobody writes sealed values; must be the transaction's first."""
        tables = {store.table for store in self._get_stores() if store.lockable}
        self.env.cr.execute(SQL("SET LOCAL lock_timeout = %s", f"{LOCK_SECONDS}s"))
        try:
            for table in sorted(tables):
                self.env.cr.execute(
                    SQL(
                        "LOCK TABLE %s IN SHARE MODE", SQL.identifier(*table.split("."))
                    ),
                    log_exceptions=False,
                )
        except psycopg2.errors.LockNotAvailable:
            raise UserError(
                self.env._(
                    "Somebody is writing encrypted values. Try again in a moment."
                )
            ) from None

    def action_declare_lost(self):
        """Give up what these keys sealed, so that people can enter it again."""
        self.check_access("write")
        for key in self:
            if key.status != "missing":
                raise UserError(
                    self.env._(
                        "Key %(key)s is on this server: it is not lost.", key=key.name
                    )
                )
            # sudo: nobody edits keys by hand; checked above
            key.sudo().state = "lost"
            _logger.warning(
                "key %s was declared lost by user %s", key.name, self.env.uid
            )
        self.env.registry.clear_cache()
        return True
