from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.gc import disabling_gc

from odoo.addons.harvest_audit import recording

from ..const import (
    APPLIED_RUN_STATES,
    APPLY_BATCH,
    APPLY_JOB,
    BUSY_RUN_STATES,
    BUSY_SECONDS,
    PURPOSE,
)
from ..sis.diff import CREATE, RESTORE, Change
from ..writers import Applied, Links, get_writer, roll_back

# Runs that may have changed something; a held run that a newer one replaced is dropped.
UNDOABLE_RUN_STATES = (*APPLIED_RUN_STATES, "dropped")


class GrSyncUndoMixin(models.AbstractModel):
    """Roll back what a run applied: nothing is deleted, people's changes are kept.

    The last run first, in the order against that of applying, in batches that can be
    stopped anywhere. Afterwards the connection is as before the run, and paused: the
    next reading would show the same changes again.
    """

    _name = "gr.sync.undo.mixin"
    _description = "Roll Back a Roster Import"

    former_baseline = fields.Binary(
        attachment=True, groups=fields.NO_ACCESS, copy=False
    )
    former = fields.Json(
        groups=fields.NO_ACCESS,
        copy=False,
        help="Cursor and last whole roster of the connection before this run",
    )
    is_forgotten = fields.Boolean(
        "Too Old to Roll Back",
        readonly=True,
        copy=False,
        export_string_translation=False,
    )
    undo_reason = fields.Char("Why It Was Rolled Back", readonly=True, copy=False)
    undone_by_id = fields.Many2one(
        "res.users", string="Rolled Back by", readonly=True, copy=False
    )
    undone_count = fields.Integer("Changes Rolled Back", readonly=True, copy=False)
    kept_count = fields.Integer("Changes Kept", readonly=True, copy=False)
    can_undo = fields.Boolean(compute="_compute_can_undo")

    @api.depends("state", "done_count", "is_forgotten")
    def _compute_can_undo(self):
        for run in self:
            run.can_undo = not run._explain_no_undo()

    def _explain_no_undo(self):
        """Return why this run cannot be rolled back, empty when it can."""
        self.ensure_one()
        if self.state not in UNDOABLE_RUN_STATES or not self.done_count:
            return self.env._("This run has applied nothing that can be rolled back.")
        if self.is_forgotten:
            return self.env._(
                "This run is too old: what it changed has been forgotten, as it is"
                " children's data. Correct the district system and read it again."
            )
        others = Domain("connection_id", "=", self.connection_id.id)
        if self.search(others & Domain("state", "in", BUSY_RUN_STATES), limit=1):
            return self._get_busy_text()
        newer = self.search(
            others
            & Domain("id", ">", self.id)
            & Domain("done_count", ">", 0)
            & Domain("state", "in", UNDOABLE_RUN_STATES),
            limit=1,
        )
        if newer:
            return self.env._(
                "“%(run)s” was applied later. Roll that one back first.",
                run=newer.display_name,
            )
        return ""

    def _get_busy_text(self):
        return self.env._(
            "Another run of %(system)s is at work. Wait until it ends.",
            system=self.connection_id.name,
        )

    def _check_undo(self):
        """:raise UserError: why this run cannot be rolled back"""
        if reason := self._explain_no_undo():
            raise UserError(reason)

    def action_undo(self):
        """Show in figures what would be rolled back, and ask why."""
        self.ensure_one()
        self._check_operator()._check_undo()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Roll Back a Run"),
            "res_model": "gr.sync.undo",
            "view_mode": "form",
            "target": "new",
            "context": {"default_run_id": self.id},
        }

    def action_view_kept(self):
        self.ensure_one()
        return self.action_view_changes() | {
            "display_name": self.env._("Kept"),
            "context": {},
            "domain": [("run_id", "=", self.id), ("state", "=", "kept")],
        }

    # BEFORE

    def _keep_former(self):
        """Remember where the connection stood, just before this run moves it."""
        self.ensure_one()
        connection = self.connection_id
        self.former_baseline = connection.baseline
        self.former = {
            "cursor": connection.cursor,
            "last_full": fields.Datetime.to_string(connection.last_full),
        }

    def _forget_former(self):
        """What was overwritten is children's data; it goes with the payloads."""
        self.write({"former_baseline": False, "former": False, "is_forgotten": True})

    def _count_applied(self):
        """Return ``[(Change, how many)]`` of what a roll back would take back."""
        self.ensure_one()
        rows = self.env["gr.sync.change"]._read_group(
            [("run_id", "=", self.id), ("state", "=", "applied")],
            ["kind", "action", "old_site_key", "site_key"],
            ["__count"],
        )
        return [
            (
                Change(
                    kind,
                    "",
                    action,
                    old_site or None,
                    site or None,
                    action not in (CREATE, RESTORE),
                ),
                count,
            )
            for kind, action, old_site, site, count in rows
        ]

    # ROLL BACK

    def _start_undo(self, reason):
        """Stop the connection, let go of what waits, roll back in the background."""
        self.ensure_one()
        if not self.connection_id._lock():
            raise UserError(self._get_busy_text())
        self._check_undo()
        self._drop_waiting()
        self.write(
            {
                "state": "undoing",
                "undo_reason": reason,
                "undone_by_id": self.env.user.id,
                "undone_count": 0,
                "kept_count": 0,
            }
        )
        self.connection_id._pause(
            self.env._(
                "“%(run)s” was rolled back: %(reason)s",
                run=self.display_name,
                reason=reason,
            )
        )
        self._delay_undo()

    def _drop_waiting(self):
        """A preview compared with what is about to change; so did what is held."""
        self.connection_id.run_ids.filtered(lambda run: run.state == "review")._drop()
        self._drop()

    def _delay_undo(self, eta=None):
        self.with_delay(
            description=self.env._("Roll back %(run)s", run=self.display_name), eta=eta
        )._job_undo()

    def _job_undo(self):
        """Roll back a good number, then queue the rest: progress can be seen."""
        self.ensure_one()
        if self.state != "undoing":
            return
        before = self.undone_count + self.kept_count
        if self._undo_some(APPLY_JOB):
            is_busy = self.undone_count + self.kept_count == before
            self._delay_undo(eta=BUSY_SECONDS if is_busy else None)

    def _undo_some(self, limit):
        """Roll back up to ``limit`` changes; return whether any are left."""
        self.ensure_one()
        if not self.connection_id._lock():
            return True
        with (
            recording.collector_of(self.env).acting(purpose=PURPOSE),
            self.env["gr.sync.stage"]._measure(self, "undo") as stage,
            disabling_gc(),
        ):
            is_left = self._undo_batches(limit)
            stage.count = self.undone_count
        return is_left

    def _undo_batches(self, limit):
        count, links = 0, Links(self._with_quiet_load())
        while count < limit:
            batch = self._next_applied()
            if not batch:
                self._count_undone()
                self._finish_undo()
                return False
            self._undo_batch(batch, links)
            count += len(batch)
        self._count_undone()
        return True

    def _next_applied(self):
        """Return ``Applied`` changes of one kind and action, the last applied first."""
        columns = SQL(", ").join(map(SQL.identifier, Applied._fields))
        self.env["gr.sync.change"].flush_model()
        return [
            Applied(*row)
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT %s FROM gr_sync_change
                     WHERE run_id = %s AND state = 'applied'
                       AND (position, action) = (
                           SELECT position, action FROM gr_sync_change
                            WHERE run_id = %s AND state = 'applied'
                            ORDER BY position DESC, action DESC LIMIT 1)
                     ORDER BY id DESC LIMIT %s
                    """,
                    columns,
                    self.id,
                    self.id,
                    APPLY_BATCH,
                )
            )
        ]

    def _undo_batch(self, batch, links):
        """Roll back a batch; a row that fails is kept, with its reason."""
        run = self._with_quiet_load()

        def work(part):
            writer = get_writer(run, part[0].kind, links)
            run._mark_undone(part, roll_back(writer, part))

        def fail(change, error):
            _state, reason = self._describe_failure(change, error)
            self._mark_undone([change], {change.id: self.env._("Kept: %s", reason)})

        self._in_parts(batch, links, work, fail)

    def _mark_undone(self, changes, kept):
        """Mark changes as rolled back, or as kept with the reason.

        :param kept: ``{change id: reason}``
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE gr_sync_change c
                   SET error = m.reason,
                       state = CASE WHEN m.reason IS NULL THEN 'undone' ELSE 'kept' END
                  FROM unnest(%s, %s::varchar[]) AS m (id, reason)
                 WHERE c.id = m.id
                """,
                [change.id for change in changes],
                [kept.get(change.id) for change in changes],
            )
        )

    def _count_undone(self):
        Change = self.env["gr.sync.change"]
        Change.invalidate_model(["state", "error"], flush=False)
        counts = dict(
            Change._read_group([("run_id", "=", self.id)], ["state"], ["__count"])
        )
        self.write(
            {
                "undone_count": counts.get("undone", 0),
                "kept_count": counts.get("kept", 0),
            }
        )

    def _finish_undo(self):
        """The connection is where it was before the run; the next reading begins there.

        It stays paused: by itself it would do the same again.
        """
        # sudo: baseline and cursor are nobody's to read
        run_sudo = self.sudo().with_context(bin_size=False)
        connection_sudo = run_sudo.connection_id
        if former := run_sudo.former:  # else the run never moved it
            connection_sudo.baseline = run_sudo.former_baseline
            connection_sudo.cursor = former["cursor"]
            connection_sudo.last_full = former["last_full"]
        connection_sudo.alert = False
        run_sudo.write(
            {
                "state": "undone",
                "baseline": False,
                "former_baseline": False,
                "former": False,
            }
        )
        self.activity_ids.filtered("automated").action_feedback()
        self.message_post(
            body=self.env._(
                "Rolled back: %(undone)s changes. Kept, because people changed them:"
                " %(kept)s. Reason: %(reason)s",
                undone=self.undone_count,
                kept=self.kept_count,
                reason=self.undo_reason,
            ),
            author_id=self.undone_by_id.partner_id.id,
        )
        self._prove()
