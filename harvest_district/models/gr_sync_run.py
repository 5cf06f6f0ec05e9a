from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import CLOSED_RUN_STATES, KEEP_DAYS_RULE, RUN_STATES, TRIGGERS

# Before anything is applied, and what waits afterwards. One at work notices it: both
# write the run's row.
DROPPABLE_RUN_STATES = ("new", "fetching", "reading", "review", "held")


class GrSyncRun(models.Model):
    """One reading of a district system: fetch, read, compare, preview, apply, prove.

    Each stage is stored, so a run can be looked at for as long as one likes before it
    is applied, and goes on where it stopped when the server was restarted.
    """

    _name = "gr.sync.run"
    _description = "Roster Import"
    _inherit = [
        "gr.guarded.mixin",
        "gr.sync.fetch.mixin",
        "gr.sync.read.mixin",
        "gr.sync.apply.mixin",
        "gr.sync.proof.mixin",
        "gr.sync.undo.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _guarded = frozenset(
        {"state", "baseline", "fetched", "cursor", "done_count", "error_count"}
        | {"proof_id", "is_forgotten", "undone_count", "kept_count"}
    )

    name = fields.Char(compute="_compute_name", store=True)
    connection_id = fields.Many2one(
        "gr.sync.connection", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", string="District", store=True, index=True
    )
    state = fields.Selection(
        RUN_STATES, required=True, default="new", readonly=True, tracking=True
    )
    file = fields.Binary(attachment=True, groups=fields.NO_ACCESS, copy=False)
    file_name = fields.Char()
    fetched = fields.Binary(
        attachment=True,
        groups=fields.NO_ACCESS,
        copy=False,
        help="What the system sent, as a packed roster: the fetch is done only once",
    )
    baseline = fields.Binary(attachment=True, groups=fields.NO_ACCESS, copy=False)
    cursor = fields.Json(groups=fields.NO_ACCESS, copy=False)
    trigger = fields.Selection(TRIGGERS, required=True, default="upload", readonly=True)
    is_full = fields.Boolean(
        "Whole Roster", default=True, help="Off: only what changed was asked for"
    )
    is_pull = fields.Boolean(compute="_compute_is_pull")
    request_count = fields.Integer("Requests", readonly=True)
    stage_ids = fields.One2many("gr.sync.stage", "run_id", string="Stages")
    as_of = fields.Date(required=True, default=fields.Date.context_today)
    site_line_ids = fields.One2many("gr.sync.site", "run_id", string="Sites")
    change_ids = fields.One2many("gr.sync.change", "run_id", string="Changes")
    problem_ids = fields.One2many("gr.sync.problem", "run_id", string="Problems")
    problem_count = fields.Integer(readonly=True)
    error = fields.Text("Why It Was Refused", compute="_compute_error")
    count_create = fields.Integer("New", readonly=True)
    count_update = fields.Integer("Changed", readonly=True)
    count_restore = fields.Integer("Back Again", readonly=True)
    count_archive = fields.Integer("Leaving", readonly=True)
    count_unchanged = fields.Integer("Unchanged", readonly=True)
    change_count = fields.Integer(
        "All Changes", compute="_compute_change_count", store=True
    )
    done_count = fields.Integer("Applied", readonly=True)
    error_count = fields.Integer("Errors", readonly=True)
    held_count = fields.Integer("Sites Held", compute="_compute_held_count")
    identity_ids = fields.One2many("gr.sync.identity", "run_id", string="Persons")
    identity_count = fields.Integer(
        "Persons to Decide", compute="_compute_identity_count"
    )
    progress = fields.Float(compute="_compute_progress")
    apply_directly = fields.Boolean(
        help="Apply without waiting for a person what is not held"
    )

    @api.depends("connection_id", "file_name", "as_of")
    def _compute_name(self):
        for run in self:
            what = run.file_name or run.as_of or ""
            run.name = f"{run.connection_id.name}: {what}".rstrip(": ")

    @api.depends("trigger")
    def _compute_is_pull(self):
        """Whether the system is asked, rather than a person handing in a file."""
        for run in self:
            run.is_pull = run.trigger in ("manual", "schedule")

    @api.depends("count_create", "count_update", "count_restore", "count_archive")
    def _compute_change_count(self):
        for run in self:
            run.change_count = (
                run.count_create
                + run.count_update
                + run.count_restore
                + run.count_archive
            )

    @api.depends("site_line_ids.is_held")
    def _compute_held_count(self):
        for run in self:
            run.held_count = len(run.site_line_ids.filtered("is_held"))

    @api.depends("identity_ids.state")
    def _compute_identity_count(self):
        for run in self.sudo():  # sudo: how many, not who
            waiting = run.identity_ids.filtered(lambda doubt: doubt.state == "open")
            run.identity_count = len(waiting)

    @api.depends(
        *("state", "done_count", "error_count", "change_count"),
        *("undone_count", "kept_count"),
    )
    def _compute_progress(self):
        for run in self:
            finished, total = run.done_count + run.error_count, run.change_count
            if run.state == "undoing":
                finished, total = run.undone_count + run.kept_count, run.done_count
            run.progress = 100 * finished / total if total else 0

    @api.depends("state", "problem_ids")
    @api.depends_context("lang")
    def _compute_error(self):
        """Say it in the reader's language: place, what is wrong, what to do."""
        self.error = False
        # sudo: codes and places, no values; for everyone who sees that it was refused
        for run in self.sudo().filtered(lambda run: run.state == "refused"):
            fatal = run.problem_ids.search(
                [("run_id", "=", run.id), ("severity", "=", "fatal")], limit=1
            )
            place = fatal._get_place()
            words = [f"{place}:" if place else "", fatal.message, fatal.remedy]
            run.error = " ".join(word for word in words if word)

    def _check_operator(self):
        """Let only operators go on; what a run does, it does as the system.

        Runs, changes and decisions are written by these methods alone, so that nobody
        can alter what was staged or what was decided.
        """
        self.check_access("create")
        return self.sudo()

    def action_drop(self):
        """Forget a preview; the next run shows the same changes again."""
        self._check_operator().filtered(
            lambda run: run.state in DROPPABLE_RUN_STATES
        )._drop()

    def _drop(self):
        """Let go of what was not applied; there may be tens of thousands of changes."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE gr_sync_change SET state = 'dropped'"
                " WHERE run_id = ANY(%s) AND state IN ('staged', 'held')",
                self.ids,
            )
        )
        self.env["gr.sync.change"].invalidate_model(["state"])
        self.site_line_ids.write({"is_held": False})
        self.write({"state": "dropped"})

    @api.autovacuum
    def _gc_payloads(self):
        """Forget files and payloads of runs that ended long ago; counts stay."""
        today = fields.Date.context_today(self)
        for district in self.env["res.company"].search([("gr_site_ids", "!=", False)]):
            days = self.env["gr.rule"].rule(KEEP_DAYS_RULE, district, today)
            old = self.search(
                [
                    ("company_id", "=", district.id),
                    ("state", "in", CLOSED_RUN_STATES),
                    ("create_date", "<", today - timedelta(days=days)),
                ]
            )
            old.write({"file": False, "fetched": False, "baseline": False})
            old._forget_former()
            self.env.cr.execute(
                SQL(
                    "UPDATE gr_sync_change SET payload = '{}', undo = NULL"
                    " WHERE run_id = ANY(%s) AND (payload <> '{}' OR undo IS NOT NULL)",
                    old.ids,
                )
            )
        self.env["gr.sync.change"].invalidate_model(["payload", "undo"])

    def action_view_changes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_district.gr_sync_change_action"
        )
        return action | {"domain": [("run_id", "=", self.id)]}

    def action_view_identities(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_district.gr_sync_identity_action"
        )
        return action | {"domain": [("run_id", "=", self.id)]}

    def action_view_problems(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_district.gr_sync_problem_action"
        )
        return action | {"domain": [("run_id", "=", self.id)]}
