import base64
import io
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.gc import disabling_gc

from .. import staging
from ..const import (
    ACTIONS,
    APPLIED_RUN_STATES,
    GATED_KINDS,
    KEEP_DAYS_RULE,
    OPEN_RUN_STATES,
    RUN_STATES,
)
from ..sis import (
    GatePolicy,
    RosterError,
    Threshold,
    build_snapshot,
    decide,
    kinds,
    merge,
    read_oneroster,
)
from ..sis.gate import tally_groups
from ..summary import count_sites

_logger = logging.getLogger(__name__)

# Creations run from schools to members, leavings the other way round.
POSITIONS = {
    (kind, action): 2 * len(kinds.RECORD_KINDS) - order
    if action == "archive"
    else order
    for order, kind in enumerate(kinds.RECORD_KINDS)
    for action, _label in ACTIONS
}


class GrSyncRun(models.Model):
    """One reading of a district system: read, compare, preview, apply.

    Each stage is stored, so a run can be looked at for as long as one likes before it
    is applied, and goes on where it stopped when the server was restarted.
    """

    _name = "gr.sync.run"
    _description = "Roster Import"
    _inherit = [
        "gr.guarded.mixin",
        "gr.sync.apply.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _guarded = frozenset({"state", "baseline", "done_count", "error_count"})

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
    baseline = fields.Binary(attachment=True, groups=fields.NO_ACCESS, copy=False)
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
    progress = fields.Float(compute="_compute_progress")
    apply_directly = fields.Boolean(
        help="Apply without waiting for a person what is not held"
    )

    @api.depends("connection_id", "file_name")
    def _compute_name(self):
        for run in self:
            run.name = f"{run.connection_id.name}: {run.file_name or ''}".rstrip(": ")

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

    @api.depends("done_count", "error_count", "change_count")
    def _compute_progress(self):
        for run in self:
            finished = run.done_count + run.error_count
            run.progress = 100 * finished / run.change_count if run.change_count else 0

    @api.depends("state", "problem_ids")
    @api.depends_context("lang")
    def _compute_error(self):
        """Say it in the reader's language: place, what is wrong, what to do."""
        self.error = False
        for run in self.filtered(lambda run: run.state == "refused"):
            fatal = run.problem_ids.search(
                [("run_id", "=", run.id), ("severity", "=", "fatal")], limit=1
            )
            place = fatal._get_place()
            words = [f"{place}:" if place else "", fatal.message, fatal.remedy]
            run.error = " ".join(word for word in words if word)

    # READ

    def _check_operator(self):
        """Let only operators go on; what a run does, it does as the system.

        Runs, changes and decisions are written by these methods alone, so that nobody
        can alter what was staged or what was decided.
        """
        self.check_access("create")
        return self.sudo()

    def action_read(self):
        """Read in the background; the form follows by itself."""
        for run in self._check_operator():
            run.with_delay(
                description=self.env._("Read %(file)s", file=run.file_name),
                identity_key=f"gr.sync.run-read-{run.id}",
            )._job_read()

    def _job_read(self):
        self.ensure_one()
        if self.state not in ("new", "reading"):
            return
        content = base64.b64decode(self.sudo().with_context(bin_size=False).file)
        self._read_source(io.BytesIO(content))
        if self.state == "review" and self.apply_directly:
            self.action_apply()

    def _read_source(self, source):
        """Read, stage, compare and decide; nothing but the run itself is written.

        :param source: path of a zip file or folder, or an open zip file
        """
        self.ensure_one()
        connection = self.connection_id
        if not connection._lock():
            raise UserError(
                self.env._(
                    "Another run of %(system)s is at work. Wait until it ends.",
                    system=connection.name,
                )
            )
        self._forget()
        try:
            with disabling_gc():  # rows by the thousand, no cycles
                roster = read_oneroster(source, connection._get_read_options())
            if any(mode == "delta" for mode in roster.modes.values()):
                roster = merge(connection._load_baseline(), roster)
            snapshot = build_snapshot(roster, as_of=self.as_of)
            self._check_source(roster)
        except RosterError as error:
            self._refuse(error)
            return
        self._store_problems(snapshot.problems)
        with disabling_gc():
            self._stage(snapshot)
        self._supersede_older()
        self.baseline = connection._pack_baseline(roster)
        self.state = "review"
        if not self.change_count:
            self._finish()

    def _forget(self):
        """Begin again, as after a crash."""
        self.site_line_ids.unlink()
        self.problem_ids.unlink()
        self.env.execute_query(
            SQL("DELETE FROM gr_sync_change WHERE run_id = %s RETURNING id", self.id)
        )
        self.change_ids.invalidate_recordset()
        self.write({"state": "reading", "done_count": 0})

    def _refuse(self, error):
        self._store_problems(error.problems)
        self.state = "refused"
        _logger.info(
            "Run %s of %s refused: %s", self.id, self.connection_id.name, error
        )

    def _check_source(self, roster):
        """Refuse what would be believed wrongly.

        :raise RosterError: it is another system's file, older than what was applied,
            or its students are here through another connection already
        """
        orgs = roster.files.get(kinds.ORG, "")
        known = self._get_sites()
        if known and roster.orgs and not known.keys() & roster.orgs.keys():
            raise RosterError.of("other_system", orgs)
        last = self.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("state", "in", APPLIED_RUN_STATES),
            ],
            order="as_of desc",
            limit=1,
        )
        if last and self.as_of < last.as_of:
            raise RosterError.of("older_than_last", last=str(last.as_of))
        if not known and (other := self._find_other_connection(roster)):
            raise RosterError.of("known_elsewhere", orgs, connection=other)

    def _find_other_connection(self, roster):
        """Return the name of a connection that most of the students came through."""
        numbers = [
            person.identifier
            for person in roster.persons.values()
            if person.identifier
            and any(role.role == "student" for role in person.roles)
        ]
        students = self.env["gr.student"].sudo()  # counted, never shown
        found = students.with_context(active_test=False).search(
            [("company_id", "=", self.company_id.id), ("local_id", "in", numbers)]
        )
        if not numbers or len(found) * 2 < len(numbers):
            return ""
        link = self.env["gr.external.ref"].search(
            [("model", "=", "gr.student"), ("res_id", "in", found.ids)], limit=1
        )
        connection = self.env["gr.sync.connection"].search(
            [("adapter", "=", link.source), ("tenant", "=", link.tenant)]
        )
        return connection.name

    def _get_key(self):
        """Return (source, tenant), the first half of an external reference."""
        return self.connection_id.adapter, self.connection_id.tenant

    def _store_problems(self, problems):
        ranks = {"fatal": 0, "error": 1, "warning": 2, "note": 3}
        self.env["gr.sync.problem"].create(
            [
                {
                    "run_id": self.id,
                    "code": problem.code,
                    "severity": problem.severity,
                    "severity_rank": ranks[problem.severity],
                    "file": problem.file,
                    "row": problem.row,
                    "column": problem.column,
                    "params": dict(problem.params),
                }
                for problem in problems
            ]
        )
        self.problem_count = len(problems)

    # STAGE AND DECIDE

    def _stage(self, snapshot):
        cr = self.env.cr
        self.env.flush_all()
        source, tenant = self._get_key()
        staging.stage(cr, snapshot)
        staging.compare(cr, source, tenant, self.as_of)
        staging.judge_absent(cr, snapshot, self.as_of)
        groups = staging.tallies(cr)
        holds = decide(tally_groups(groups), self._get_policy())
        self._store_counts(groups)
        self._store_sites(groups, holds, snapshot)
        staging.store_changes(cr, self.id, holds, POSITIONS)
        waits = self.env._("Waits for the arrival at a school that is held.")
        if holds:
            staging.hold_pairs(cr, self.id, waits)
        self.env["gr.sync.change"].invalidate_model()
        cr.execute(SQL("DROP TABLE gr_sync_stage, gr_sync_diff"))

    def _get_policy(self):
        """The thresholds of the gate, from the rules in force for the district."""
        Rule = self.env["gr.rule"]
        share = Rule.rule("sync.hold.share", self.company_id, self.as_of) / 100
        floor = Rule.rule("sync.hold.floor", self.company_id, self.as_of)
        gated = Threshold(share=share, floor=floor)
        return GatePolicy(
            kinds={
                kind: gated if kind in GATED_KINDS else None
                for kind in kinds.RECORD_KINDS
            }
        )

    def _store_counts(self, groups):
        totals = dict.fromkeys(
            ("create", "update", "restore", "archive", "unchanged"), 0
        )
        for change, count in groups:
            if change.action in totals:
                totals[change.action] += count
        self.write({f"count_{action}": count for action, count in totals.items()})

    def _store_sites(self, groups, holds, snapshot):
        lines = count_sites(groups)
        names = self._get_site_names(snapshot)
        sites = self._get_sites()
        self.env["gr.sync.site"].create(
            [
                {
                    **counts,
                    "run_id": self.id,
                    "site_key": key,
                    "site_id": sites.get(key),
                    "name": names.get(key) or key,
                    "is_held": key in holds,
                    "decision": "wait" if key in holds else False,
                    "holds": self._count_holds(holds.get(key, ())),
                }
                for key, counts in sorted(lines.items())
            ]
        )

    def _get_sites(self):
        """Return ``{school's id in the district system: gr.site id}``."""
        return self.env["gr.external.ref"]._find(*self._get_key(), kinds.ORG, "gr.site")

    def _get_site_names(self, snapshot):
        known = self._get_sites()
        sites = self.env["gr.site"].with_context(active_test=False)
        names = {key: sites.browse(site_id).name for key, site_id in known.items()}
        names |= {
            record.external_id: record.payload["name"]
            for record in snapshot.records(kinds.ORG)
        }
        return names | {"": self.env._("Whole district")}

    def _count_holds(self, holds):
        """Return what holds a site, as ``gr.sync.site`` keeps it."""
        return [
            {
                "kind": hold.kind,
                "leaving": max(
                    hold.tally.archived, hold.tally.before - hold.tally.after
                ),
                "before": hold.tally.before,
            }
            for hold in holds
        ]

    def _supersede_older(self):
        """An older preview would undo what this one shows."""
        older = self.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("id", "<", self.id),
                ("state", "in", (*OPEN_RUN_STATES, "held")),
            ]
        )
        older._drop()

    def action_drop(self):
        """Forget a preview; the next run shows the same changes again."""
        self._check_operator().filtered(
            lambda run: run.state in ("review", "held", "new")
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
                    ("state", "in", ("done", "partial", "refused", "dropped")),
                    ("create_date", "<", today - timedelta(days=days)),
                ]
            )
            old.write({"file": False, "baseline": False})
            self.env.cr.execute(
                SQL(
                    "UPDATE gr_sync_change SET payload = '{}'"
                    " WHERE run_id = ANY(%s) AND payload <> '{}'",
                    old.ids,
                )
            )
        self.env["gr.sync.change"].invalidate_model(["payload"])

    def action_view_changes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_district.gr_sync_change_action"
        )
        return action | {"domain": [("run_id", "=", self.id)]}

    def action_view_problems(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_district.gr_sync_problem_action"
        )
        return action | {"domain": [("run_id", "=", self.id)]}
