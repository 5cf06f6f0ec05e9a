from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import BATCH, KEEP_RULE, RETRY_RULE
from ..sending import next_wait


class GrWebhookRetryMixin(models.AbstractModel):
    """A row that is worked on until it is done: attempts, waits, an end, a clearing.

    Each row has its own lock and its own transaction, so one that fails or a crash
    costs no other.
    """

    _name = "gr.webhook.retry.mixin"
    _description = "Webhook Attempts"

    attempts = fields.Integer(readonly=True, copy=False)
    next_attempt = fields.Datetime(readonly=True, copy=False)

    def _get_cron(self):
        """Return the cron that works on the rows (sudoed)."""
        raise NotImplementedError

    @api.model
    def _get_due_domain(self):
        """Return which rows are open, whenever they are due."""
        raise NotImplementedError

    def _attempt(self):
        """Work on one row; it is locked."""
        raise NotImplementedError

    def _get_bottleneck(self):
        """Return what must not make others wait when it fails, or none."""
        return self.browse()

    def _is_well(self):
        """Whether the last attempt says that the bottleneck serves."""
        return True

    @api.model
    def _cron_attempt(self):
        """Work on what is due, a transaction for each row."""
        cron = self.env["ir.cron"]
        domain = self._get_due_domain() & Domain("next_attempt", "<=", "now")
        due = self.search(domain, limit=BATCH, order="next_attempt, id")
        cron._commit_progress(remaining=len(due))
        unwell = set()
        for row in due:
            if row._get_bottleneck() not in unwell:
                row._attempt_locked(domain, unwell)
            if not cron._commit_progress(1):
                return
        if len(due) == BATCH and not unwell:
            cron._commit_progress(remaining=self.search_count(domain))

    def _attempt_locked(self, domain, unwell):
        """Work on this row, unless another worker does or it is done."""
        row = self.try_lock_for_update(allow_referencing=True)
        row.invalidate_recordset()
        if not row.filtered_domain(domain):
            return
        row._attempt()
        if not row._is_well():
            unwell.add(row._get_bottleneck())

    def _get_next_attempt(self, retry_after=0):
        """Return when to try again after ``attempts`` failures, False: never again."""
        self.ensure_one()
        delays = self._get_rule(RETRY_RULE, self.company_id)
        wait = next_wait(self.attempts, delays, retry_after)
        if wait is None:
            return False
        moment = fields.Datetime.now() + timedelta(seconds=wait)
        self._get_cron()._trigger(moment)
        return moment

    @api.model
    def _get_rule(self, key, company):
        today = fields.Date.context_today(self)
        return self.env["gr.rule"].rule(key, company, today)

    @api.autovacuum
    def _gc_log(self):
        """Forget what is done and older than the district's rule asks to keep."""
        if self._abstract:
            return
        for (company,) in self._read_group([], ["company_id"]):
            days = self._get_rule(KEEP_RULE, company)
            self.search(
                ~self._get_due_domain()
                & Domain("company_id", "=", company.id)
                & Domain("create_date", "<", fields.Datetime.now() - timedelta(days))
            ).unlink()
