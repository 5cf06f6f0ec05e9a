import base64
import io
import logging

from odoo import models
from odoo.tools import SQL
from odoo.tools.gc import disabling_gc

from .. import staging
from ..const import ACTIONS, APPLIED_RUN_STATES, GATED_KINDS, OPEN_RUN_STATES
from ..sis import (
    GatePolicy,
    RosterError,
    Threshold,
    build_snapshot,
    decide,
    kinds,
    merge,
    pack,
)
from ..sis.gate import tally_groups
from ..sis.vocab import SCHOOL
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


class GrSyncReadMixin(models.AbstractModel):
    """Make a preview of what was handed in or fetched: check, stage, compare, decide.

    Nothing but the run itself is written, so it can be done again at any time.
    """

    _name = "gr.sync.read.mixin"
    _description = "Read a Roster"

    def action_read(self):
        """Read in the background; the form follows by itself."""
        self._check_operator()._delay_read()

    def action_read_again(self):
        """Compare what was sent with what is known by now."""
        for run in self._check_operator():
            run._read_again()

    def _read_again(self):
        """Read what was sent once more, into this run or, if it was applied, a new one.

        :return: the run that is read, or an empty one when what was sent is forgotten
        """
        self.ensure_one()
        run = self
        if self.state in APPLIED_RUN_STATES:
            run = self._copy_sent()
        elif self.state != "review":
            return self.browse()
        if run:
            run.state = "reading"
            run._delay_read()
        return run

    def _copy_sent(self):
        """Return a new run with what was sent for this one, empty when forgotten."""
        # sudo: what was sent is nobody's to read
        sent = self.sudo().with_context(bin_size=False)
        if not (sent.file or sent.fetched):
            return self.browse()
        return sent.create(
            {
                "connection_id": self.connection_id.id,
                "trigger": self.trigger,
                "as_of": self.as_of,
                "is_full": self.is_full,
                "file_name": self.file_name,
                "file": sent.file,
                "fetched": sent.fetched,
                "cursor": sent.cursor,
            }
        )

    def _read(self):
        """Read what was handed in, or else what was fetched."""
        self.ensure_one()
        if self._is_handed_in():
            # sudo: once handed in, the file is nobody's to read
            content = base64.b64decode(self.sudo().with_context(bin_size=False).file)
            self._read_source(io.BytesIO(content))
        else:
            self._read_with(self._load_fetched)

    def _read_source(self, source):
        """Read a file.

        :param source: path of a zip file or folder, or an open zip file
        """
        self._read_with(lambda: self.connection_id._read_file(source))

    def _read_with(self, load):
        """Read, stage, compare and decide.

        :param load: function that returns the roster
        """
        self.ensure_one()
        self.connection_id._claim()
        self._forget()
        try:
            with disabling_gc():  # rows by the thousand, no cycles
                roster, snapshot = self._check_roster(load)
        except RosterError as error:
            self._refuse(error)
            return
        self._store_problems(snapshot.problems)
        with self.env["gr.sync.stage"]._measure(self, "compare") as stage:
            with disabling_gc():
                self._stage(snapshot)
            stage.count = self.change_count
        if self.change_count:
            snapshot = None  # proved when it was applied: make room for the packing
        self._supersede_older()
        # sudo: nobody's to read
        self.sudo().baseline = base64.b64encode(pack(roster))
        self.state = "review"
        if not self.change_count:
            self._finish(snapshot)

    def _check_roster(self, load):
        """Return the whole roster and its snapshot.

        :raise RosterError: it must not be believed
        """
        connection = self.connection_id
        with self.env["gr.sync.stage"]._measure(self, "read") as stage:
            roster = load()
            if any(mode == "delta" for mode in roster.modes.values()):
                roster = merge(connection._load_baseline(), roster)
            self._check_source(roster)
            connection._note_schools(
                {org.id: org.name for org in roster.orgs.values() if org.type == SCHOOL}
            )
            snapshot = build_snapshot(
                roster, as_of=self.as_of, schools=connection._get_taken_schools()
            )
            stage.count = roster.count()
        return roster, snapshot

    def _forget(self):
        """Begin again, as after a crash."""
        self.site_line_ids.unlink()
        self.problem_ids.unlink()
        self.env.execute_query(
            SQL("DELETE FROM gr_sync_change WHERE run_id = %s RETURNING id", self.id)
        )
        self.change_ids.invalidate_recordset()
        self.stage_ids.filtered(lambda line: line.stage != "fetch").unlink()
        self.write({"state": "reading", "done_count": 0, "error_count": 0})

    def _refuse(self, error):
        self._store_problems(error.problems)
        self.state = "refused"
        _logger.info(
            "Run %s of %s refused: %s", self.id, self.connection_id.name, error
        )
        self.connection_id._tell("refused", self)

    def _check_source(self, roster):
        """Refuse what would be believed wrongly.

        :raise RosterError: it is another system's file, older than what was applied,
            or its students are here through another connection already
        """
        orgs = roster.files.get(kinds.ORG, "")
        known = self._get_listed_sites()
        if known and roster.orgs and not known & roster.orgs.keys():
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
            [("id_space", "=", link.source), ("tenant", "=", link.tenant)]
        )
        return connection.name

    def _get_key(self):
        """Return (source, tenant), the first half of an external reference."""
        return self.connection_id.id_space, self.connection_id.tenant

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
        self.env["gr.sync.identity"]._ask(self)
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

    def _get_listed_sites(self):
        """Return the ids there of schools that a run listed and nobody took back."""
        source, tenant = self._get_key()
        return set(
            self.env["gr.external.ref"]
            .search(
                [
                    ("source", "=", source),
                    ("tenant", "=", tenant),
                    ("kind", "=", kinds.ORG),
                    ("model", "=", "gr.site"),
                ]
            )
            .mapped("external_id")
        )

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
