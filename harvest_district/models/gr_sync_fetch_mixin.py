import base64
import logging
import traceback

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import mute_logger
from odoo.tools.gc import disabling_gc

from odoo.addons.queue_job.exception import RetryableJobError

from ..sis import RosterError, pack, unpack
from ..sis.errors import NothingNew

_logger = logging.getLogger(__name__)


class GrSyncFetchMixin(models.AbstractModel):
    """Ask a district system, and keep what it sent before anything is made of it.

    Fetching and reading are two transactions: after a crash the system is not asked
    again, and what it sent can be read a second time when a person has decided
    something about it (``_job_read``).
    """

    _name = "gr.sync.fetch.mixin"
    _description = "Fetch a Roster"

    def _delay_read(self, eta=None):
        """Queue the next step of getting to a preview."""
        for run in self:
            what = run.file_name or run.connection_id.name
            run.with_delay(
                description=run.env._("Read %(file)s", file=what),
                identity_key=f"gr.sync.run-read-{run.id}-{run.state}",
                eta=eta,
            )._job_read()

    def _job_read(self):
        """Fetch, or read what was fetched; each in its own transaction."""
        self.ensure_one()
        if self._try_next_step():
            self._delay_read()

    def _try_next_step(self):
        """Do the next step; what nobody has thought of refuses the run, and is told.

        Else the run would be at work for ever: nothing of its system is read any more,
        and nobody knows why. An error's own words may be a child's name.
        """
        try:
            # A refused row would be logged with its values.
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self._next_step()
        except (RetryableJobError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            raise  # tried again
        except Exception as error:  # noqa: BLE001  whatever a system sends
            kind = type(error).__name__
            places = "".join(traceback.format_tb(error.__traceback__))
            _logger.error("Run %s could not be read: %s\n%s", self.id, kind, places)  # noqa: TRY400
            self.env.invalidate_all(flush=False)
            self._refuse(RosterError.of("unexpected", error=kind))
        return False

    def _next_step(self):
        """Do the next step of a run; return whether another one follows."""
        self.ensure_one()
        if self._has_to_fetch():
            self._fetch()
            return self.state == "reading"
        if self.state in ("new", "reading"):
            self._read()
        if self.state == "review" and self.apply_directly:
            self.action_apply()
        return False

    def _has_to_fetch(self):
        return self.state in ("new", "fetching") and not self._is_handed_in()

    def _is_handed_in(self):
        """Whether a person gave us the file."""
        # sudo: only whether there is one
        return bool(self.sudo().with_context(bin_size=True).file)

    def _fetch(self):
        """Pull everything, or what changed, from the system; keep it as one roster."""
        self.ensure_one()
        connection = self.connection_id
        connection._claim()
        self.state = "fetching"
        # sudo: cursor and roster are nobody's to read but this method's
        connection_sudo, run_sudo = connection.sudo(), self.sudo()
        is_full = connection._is_full_due(fields.Datetime.now()) or self.is_full
        cursor = None if is_full else connection_sudo.cursor
        with self.env["gr.sync.stage"]._measure(self, "fetch") as stage:
            try:
                with disabling_gc():
                    pull = self._make_source().pull(cursor)
            except NothingNew as error:
                self._store_problems(error.problems)
                self.state = "done"
                return
            except RosterError as error:
                self._refuse(error)
                return
            run_sudo.fetched = base64.b64encode(pack(pull.roster))
            run_sudo.cursor = pull.cursor
            self.is_full = not pull.is_delta
            self.request_count = pull.requests
            stage.count = pull.roster.count()
        self.state = "reading"

    def _make_source(self):
        """:raise RosterError: ``secret_locked``, for whom nobody sees at night"""
        try:
            return self.connection_id._make_source(self.as_of)
        except UserError as error:
            raise RosterError.of("secret_locked") from error

    def _load_fetched(self):
        """Return the roster that was fetched."""
        # sudo: nobody's to read but this method's
        stored = self.sudo().with_context(bin_size=False).fetched
        return unpack(base64.b64decode(stored))
