import logging

from psycopg2 import Error as PgError
from psycopg2 import OperationalError

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger
from odoo.tools.gc import disabling_gc

from odoo.addons.harvest_audit import recording
from odoo.addons.harvest_base.const import QUIET_LOAD

from ..const import ANALYZE_FROM, APPLY_BATCH, APPLY_JOB, BUSY_SECONDS, PURPOSE, SPLIT
from ..exceptions import UnresolvedReference
from ..writers import MODELS, Links, Staged, get_writer

_logger = logging.getLogger(__name__)

LINK_MODEL = "gr.external.ref"


class GrSyncApplyMixin(models.AbstractModel):
    """Apply staged changes in batches; stop anywhere, go on from there.

    A change and the mark that it was applied are in one transaction, so nothing is
    applied twice and nothing is forgotten. A row that fails is set aside with its
    reason; the rest of its batch goes on.
    """

    _name = "gr.sync.apply.mixin"
    _description = "Apply a Roster Import"

    def action_apply(self):
        """Apply in the background what is not held."""
        for run in self._check_operator():
            if run.state not in ("review", "applying", "held"):
                raise UserError(
                    self.env._("“%s” has nothing to apply.", run.display_name)
                )
            run.state = "applying"
            run._delay_apply()

    def _delay_apply(self, eta=None):
        self.with_delay(
            description=self.env._("Apply %(run)s", run=self.display_name), eta=eta
        )._job_apply()

    def _job_apply(self):
        """Apply a good number, then queue the rest, so that progress can be seen."""
        self.ensure_one()
        if self.state != "applying":
            return
        before = self.done_count + self.error_count
        if self._apply_some(APPLY_JOB):
            is_busy = self.done_count + self.error_count == before
            self._delay_apply(eta=BUSY_SECONDS if is_busy else None)

    def _apply_all(self, on_progress=None):
        """Apply everything now, one transaction after the other (command line, cron).

        :param on_progress: function of (done, total), called after each transaction
        """
        self.ensure_one()
        self.state = "applying"
        while self._apply_some(APPLY_JOB):
            self.env["ir.cron"]._commit_progress()
            if on_progress:
                on_progress(self.done_count + self.error_count, self.change_count)
        self.env["ir.cron"]._commit_progress()

    def _apply_some(self, limit):
        """Apply up to ``limit`` changes; return whether any are left."""
        self.ensure_one()
        if not self.connection_id._lock():
            return True
        # thousands of rows, no cycles: collecting finds nothing
        with (
            recording.collector_of(self.env).acting(purpose=PURPOSE),
            self.env["gr.sync.stage"]._measure(self, "apply") as stage,
            disabling_gc(),
        ):
            is_left = self._apply_batches(limit)
            stage.count = self.done_count
        if not is_left:
            self._finish()
        return is_left

    def _apply_batches(self, limit):
        tried, links = [], Links(self._with_quiet_load())
        while len(tried) < limit:
            batch = self._next_batch()
            if not batch:
                self._count_states()
                return False
            self._apply_batch(batch, links)
            tried += [change.id for change in batch]
        self._count_states(tried)
        return True

    def _next_batch(self):
        """Return ``Staged`` changes of one kind and action, by position."""
        columns = SQL(", ").join(map(SQL.identifier, Staged._fields))
        self.env["gr.sync.change"].flush_model()
        return [
            Staged(*row)
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT %s FROM gr_sync_change
                     WHERE run_id = %s AND state = 'staged'
                       AND (position, action) = (
                           SELECT position, action FROM gr_sync_change
                            WHERE run_id = %s AND state = 'staged'
                            ORDER BY position, action LIMIT 1)
                     ORDER BY id LIMIT %s
                    """,
                    columns,
                    self.id,
                    self.id,
                    APPLY_BATCH,
                )
            )
        ]

    def _with_quiet_load(self):
        # sudo: the district's system writes, not the person who let it; who may import
        # is decided by the rules of the run itself.
        return self.sudo().with_context(**QUIET_LOAD).with_company(self.company_id)

    def _apply_batch(self, batch, links):
        """Apply a batch; a row that fails is set aside."""
        run = self._with_quiet_load()
        batch = self._set_erased_aside(batch)
        if not batch:
            return
        self._in_parts(
            batch,
            links,
            lambda part: get_writer(run, part[0].kind, links).apply(part),
            lambda change, error: self._mark(
                [change], *self._describe_failure(change, error)
            ),
        )

    def _set_erased_aside(self, batch):
        """Return a batch without who was erased on request, who must not come back.

        The row tells a person, who can lift the suppression or have the child taken off
        the roster in the district's system.
        """
        source, tenant = self._get_key()
        suppressed = self.env["gr.external.suppression"]._find_suppressed(
            self.company_id,
            source,
            tenant,
            batch[0].kind,
            [change.external_id for change in batch],
        )
        if not suppressed:
            return batch
        for change in batch:
            if case := suppressed.get(change.external_id):
                reason = self.env._(
                    "Erased on %(date)s (%(case)s). Take this object off the roster in"
                    " the district's system, or delete its line under Configuration /"
                    " Erased, Not to Return to let it come back.",
                    date=case.create_date.date(),
                    case=case.reason,
                )
                self._mark([change], "error", reason)
        return [change for change in batch if change.external_id not in suppressed]

    def _in_parts(self, batch, links, work, fail):
        """Work on a batch; one that fails is split until the failing rows stand alone.

        :param work: function of some changes
        :param fail: function of a change that fails alone and of its error
        """
        error = self._try(batch, links, work)
        if error and len(batch) == 1:
            fail(batch[0], error)
        elif error:
            size = max(1, len(batch) // SPLIT)
            for start in range(0, len(batch), size):
                self._in_parts(batch[start : start + size], links, work, fail)

    def _try(self, changes, links, work):
        """Work in a savepoint; return the error, or None when it worked."""
        run = self._with_quiet_load()
        try:
            # A refused row would be logged with its values, a child's; it is told in
            # the change instead.
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                work(changes)
                run.env.flush_all()
        except OperationalError:
            raise  # the connection or a conflict: the whole transaction is tried again
        except Exception as error:  # noqa: BLE001  one record must not stop the others
            self.env.invalidate_all(flush=False)
            links.clear()
            return error
        return None

    def _mark(self, changes, state, reason):
        self.env.cr.execute(
            SQL(
                "UPDATE gr_sync_change SET state = %s, error = %s, held_by = %s"
                " WHERE id = ANY(%s)",
                state,
                reason,
                "reference" if state == "held" else None,
                [change.id for change in changes],
            )
        )

    def _describe_failure(self, change, error):
        """Return (state, reason) for a person; without values, they are children's."""
        if isinstance(error, UnresolvedReference):
            return "held", str(error)
        if isinstance(error, UserError):
            return "error", str(error)
        if isinstance(error, PgError):
            return "error", self.env[MODELS[change.kind]]._sql_error_to_message(error)
        _logger.error(
            "Change %s of run %s: %s", change.id, self.id, type(error).__name__
        )
        return "error", self.env._(
            "Unexpected: %s. Ask for help.", type(error).__name__
        )

    def _count_states(self, tried=None):
        """Say how far the run is.

        :param tried: ids of the changes just tried; None counts the whole run anew,
            which is for its end: a large run has a hundred jobs
        """
        changes = self.env["gr.sync.change"]
        changes.invalidate_model(["state", "error"], flush=False)
        domain = [("run_id", "=", self.id)]
        if tried is not None:
            domain.append(("id", "in", tried))
        counts = dict(changes._read_group(domain, ["state"], ["__count"]))
        done, errors = counts.get("applied", 0), counts.get("error", 0)
        if tried is not None:
            done, errors = self.done_count + done, self.error_count + errors
        self.write({"done_count": done, "error_count": errors})

    def _finish(self, snapshot=None):
        """Everything that may be applied is: say so, link sites, call for decisions.

        :param snapshot: of the roster, when it is in memory already
        """
        self._refresh_statistics()
        self._commit_to_connection()
        sites = self._get_sites()
        for line in self.site_line_ids.filtered(lambda line: not line.site_id):
            line.site_id = sites.get(line.site_key)
        waiting = self.held_count or self.identity_count
        self.state = "held" if waiting else "partial" if self.error_count else "done"
        if waiting:
            self.connection_id._tell("held", self)
        else:
            self.connection_id._all_is_well()
        self._try_after(lambda: self._prove(snapshot))
        published = self.env["gr.oneroster.object"]
        self._try_after(lambda: published._publish(self.company_id))

    def _try_after(self, work):
        """Do what follows a run; a failure there takes nothing back of what it applied.

        Both are done again by night or by the quarter of an hour.
        """
        try:
            with self.env.cr.savepoint():
                work()
        except OperationalError:
            raise  # the connection or a conflict: the whole transaction is tried again
        except Exception as error:  # noqa: BLE001  what was applied has to stay
            self.env.invalidate_all(flush=False)
            self._log_after(error)

    def _log_after(self, error):
        """Name the error; its text and its values are a child's, perhaps."""
        _logger.error("After run %s: %s", self.id, type(error).__name__)

    def _refresh_statistics(self):
        """Let PostgreSQL count what a large run has added.

        Until autovacuum does so it believes the tables to be as small as before, and
        the proof of a first load takes minutes for seconds.
        """
        if self.done_count < ANALYZE_FROM:
            return
        tables = {self.env[name]._table for name in (*MODELS.values(), LINK_MODEL)}
        for table in sorted(tables):
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def _commit_to_connection(self):
        """What was applied is known now: the next reading of changes begins there."""
        # sudo: baseline and cursor are nobody's to read
        run_sudo = self.sudo().with_context(bin_size=False)
        connection_sudo = run_sudo.connection_id
        if not run_sudo.baseline:
            return
        run_sudo._keep_former()
        connection_sudo.baseline = run_sudo.baseline
        run_sudo.baseline = False
        connection_sudo.last_success = fields.Datetime.now()
        if run_sudo.cursor:
            connection_sudo.cursor = run_sudo.cursor
        if self.is_full:
            connection_sudo.last_full = self.create_date

    def _release_sites(self, lines):
        """Let the changes of decided sites through, or drop them."""
        self.ensure_one()
        still_held = self.site_line_ids.filtered("is_held").mapped("site_key")
        state = "staged" if lines[:1].decision == "apply" else "dropped"
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE gr_sync_change SET state = %s
                 WHERE run_id = %s AND state = 'held'
                   AND held_by IS DISTINCT FROM 'identity'
                   AND (site_key = ANY(%s) OR old_site_key = ANY(%s)
                        OR error IS NOT NULL)
                   AND NOT COALESCE(site_key = ANY(%s), FALSE)
                   AND NOT COALESCE(old_site_key = ANY(%s), FALSE)
                """,
                state,
                self.id,
                lines.mapped("site_key"),
                lines.mapped("site_key"),
                still_held,
                still_held,
            )
        )
        self.env["gr.sync.change"].invalidate_model()
        self._go_on()

    def _go_on(self):
        """Apply what a decision has let through; a preview waits for its own button."""
        self.ensure_one()
        if self.state in ("held", "partial", "done", "applying"):
            self.state = "applying"
            self._delay_apply()
