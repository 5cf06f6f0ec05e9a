from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.gc import disabling_gc

from ..const import APPLIED_RUN_STATES
from ..sis import RosterError, build_snapshot, kinds


class GrSyncNightlyMixin(models.AbstractModel):
    """Prove each night that a district system and we say the same.

    A system that can be asked is asked for its whole roster, and nothing of it is
    applied; one whose files are handed in is what its last file said. A system that
    does not answer is told to who is responsible, and stops no other.
    """

    _name = "gr.sync.nightly.mixin"
    _description = "Nightly Proof"

    proof_ids = fields.One2many("gr.sync.proof", "connection_id", string="Proofs")
    proof_id = fields.Many2one(
        "gr.sync.proof", string="Last Proof", readonly=True, copy=False
    )
    proof_percent = fields.Float(
        "Proof", related="proof_id.percent", store=True, aggregator="min"
    )
    proof_date = fields.Datetime("Proved on", related="proof_id.date", store=True)
    proof_mismatch_count = fields.Integer(
        "Mismatches", related="proof_id.mismatch_count"
    )
    proof_problem = fields.Json(groups=fields.NO_ACCESS, readonly=True, copy=False)
    proof_error = fields.Char("Why It Was Not Proved", compute="_compute_proof_error")

    def _get_key(self):
        """Return (source, tenant), the first half of an external reference."""
        self.ensure_one()
        return self.id_space, self.tenant

    def _has_baseline(self):
        # sudo: only whether there is one
        return bool(self.sudo().with_context(bin_size=True).baseline)

    def _load_snapshot(self, day, roster=None):
        """Return the snapshot of a roster, without one of the last that was applied.

        It is for a proof: students, adults and schools; classes are let go of.
        """
        snapshot = build_snapshot(
            roster or self._load_baseline(),
            as_of=day,
            schools=self._get_taken_schools(),
        )
        snapshot.drop(kinds.DEMOGRAPHICS, kinds.COURSE, kinds.CLASS, kinds.MEMBERSHIP)
        return snapshot

    @api.depends("proof_problem")
    @api.depends_context("lang")
    def _compute_proof_error(self):
        for connection in self:
            # sudo: codes and places only, told in words
            problem = connection.sudo().proof_problem or {}
            connection.proof_error = problem.get("text") or self._tell_problem(problem)

    @api.model
    def _tell_problem(self, problem):
        if not problem:
            return False
        message, remedy = self.env["gr.sync.problem"]._translate(
            problem["code"], problem["params"]
        )
        place = f"{problem['place']}: " if problem["place"] else ""
        return f"{place}{message} {remedy}"

    # PROVE

    @api.model
    def _cron_prove(self):
        """Queue a proof of each system that something was applied from."""
        known = self.search([("last_success", "!=", False), ("is_paused", "=", False)])
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(known))
        for connection in known:
            connection.with_company(connection.company_id)._delay_prove("night")
            if not cron._commit_progress(1):
                break

    def action_prove(self):
        """Prove now: ask the system, or take the last roster that was applied."""
        self.ensure_one()
        return self._delay_prove()

    def _delay_prove(self, trigger="manual", run=None):
        """Queue a proof; each system has its own transaction.

        :param run: prove this run's roster, without asking the system
        :return: an action that says so
        """
        self.ensure_one()
        connection = self._check_operator()
        connection.with_delay(
            description=self.env._("Prove %(system)s", system=self.name),
            identity_key=f"gr.sync.prove-{self.id}-{run and run.id}",
        )._job_prove(trigger, run)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%(system)s is being proved. The figure follows in a moment.",
                    system=self.name,
                ),
            },
        }

    def _job_prove(self, trigger, run=None):
        self.ensure_one()
        self._claim()
        day = self._get_proof_day()
        try:
            with disabling_gc():
                snapshot, is_fresh = self._ask_again(day, is_last=bool(run))
        except RosterError as error:
            problem = error.problem
            self._tell_unproved(
                {
                    "code": problem.code,
                    "place": problem.file,
                    "params": dict(problem.params),
                }
            )
        except UserError as error:  # a secret that cannot be opened, for example
            self._tell_unproved({"text": str(error)})
        else:
            self._finish_proof(snapshot, day, trigger, run, is_fresh)

    def _ask_again(self, day, is_last):
        """Return (snapshot, whether the system was asked).

        :raise RosterError: it did not answer, or not wholly
        """
        if is_last or not self.is_pullable:
            return self._load_snapshot(day), False
        return self._load_snapshot(day, self._make_source(day).pull().roster), True

    def _finish_proof(self, snapshot, day, trigger, run, is_fresh):
        with disabling_gc():
            proof = self.env["gr.sync.proof"]._prove(
                self, snapshot, day, trigger, run=run, is_fresh=is_fresh
            )
        if run:
            run.sudo().proof_id = proof  # sudo: written by the product alone
        self.sudo().proof_problem = False  # sudo: nobody's to write
        if self.alert == "unproved":
            self.activity_ids.filtered("automated").action_feedback()
            self.alert = False
        return proof

    def _get_proof_day(self):
        """Today by the system's clock, but not before the last roster's own day.

        A roster of the evening may be as of tomorrow; what it ended today is over then.
        """
        today = fields.Date.context_today(self.with_context(tz=self.time_zone))
        last = self.env["gr.sync.run"].search(
            [
                ("connection_id", "=", self.id),
                ("state", "in", APPLIED_RUN_STATES),
            ],
            limit=1,
        )
        return max(today, last.as_of or today)

    # ALERT

    def _tell_unproved(self, problem):
        self.sudo().proof_problem = problem  # sudo: nobody's to write
        if not self.alert:  # what is told already is worse
            self._tell("unproved")

    def _get_alert_text(self, run):
        if self.alert == "unproved":
            return self.env._("Not proved: %(why)s", why=self.proof_error or "")
        return super()._get_alert_text(run)

    def action_view_proof(self):
        self.ensure_one()
        return self.proof_id._get_form_action()

    def action_view_proofs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_district.gr_sync_proof_action"
        )
        return action | {"domain": [("connection_id", "=", self.id)]}
