from datetime import timedelta

from odoo import api, fields, models

from .. import proving
from ..const import KEEP_DAYS_RULE, PROOF_TRIGGERS
from ..sis import kinds
from ..sis.proof import (
    GRADE,
    GUARDIANS,
    NO_SITE,
    STATUS,
    compare,
    judgeable,
    unknown_key,
)
from ..writers.insert import insert

STORE_BATCH = 5_000  # mismatches in one statement


class GrSyncProof(models.Model):
    """Whether a district system and we said the same on a day, site by site.

    Made only by ``_prove``: nobody can write a proof.
    """

    _name = "gr.sync.proof"
    _description = "Proof of a Roster"
    _order = "id desc"
    _log_access = False

    connection_id = fields.Many2one(
        "gr.sync.connection",
        string="District System",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", string="District", store=True, index=True
    )
    run_id = fields.Many2one(
        "gr.sync.run", string="Import", index="btree_not_null", ondelete="set null"
    )
    trigger = fields.Selection(PROOF_TRIGGERS, string="Why", required=True)
    date = fields.Datetime("When", required=True, default=fields.Datetime.now)
    day = fields.Date("As of", required=True)
    is_fresh = fields.Boolean(
        "Asked Anew",
        help="The system was asked for its whole roster. Off: the last roster that was"
        " applied is what it said.",
    )
    there_count = fields.Integer("Students There")
    here_count = fields.Integer("Students Here")
    student_count = fields.Integer(
        "Students Compared", help="Every student whom at least one side lists"
    )
    matching_count = fields.Integer("Matching")
    percent = fields.Float(
        "Proof",
        digits=(4, 1),
        aggregator="min",
        help="Students of whom both sides say the same; rounded down, so that 100 means"
        " all of them",
    )
    mismatch_count = fields.Integer("Mismatches")
    site_line_ids = fields.One2many("gr.sync.proof.site", "proof_id", string="Sites")
    mismatch_ids = fields.One2many("gr.sync.proof.mismatch", "proof_id")
    is_forgotten = fields.Boolean(
        help="The mismatches were forgotten with the payloads; the counts stay."
    )

    @api.depends("connection_id", "day")
    def _compute_display_name(self):
        for proof in self:
            proof.display_name = f"{proof.connection_id.name}, {proof.day}"

    @api.model
    def _prove(self, connection, snapshot, day, trigger, run=None, is_fresh=False):
        """Compare a system's snapshot with our records, and keep what was found.

        What we have otherwise on purpose is listed as proposals to the system.

        :param snapshot: what the system says; read more than once, changed never
        :return: the proof
        """
        proof = self._compare(connection, snapshot, day, trigger, run, is_fresh)
        self.env["gr.sync.proposal"]._update(connection, snapshot)
        return proof

    @api.model
    def _compare(self, connection, snapshot, day, trigger, run, is_fresh):
        # sudo: figures and causes come from all students; who may see the lines is
        # decided by the rules of the lines
        connection = connection.sudo()
        side = proving.OurSide(connection, day)
        expected = side.expect(snapshot)
        found = judgeable(expected, side.read(expected), snapshot.complete)
        result = compare(expected, found)
        proof = self.sudo().create(
            {
                "connection_id": connection.id,
                "run_id": run and run.id,
                "trigger": trigger,
                "day": day,
                "is_fresh": is_fresh,
                "there_count": result.there,
                "here_count": result.here,
                "student_count": result.total,
                "matching_count": result.matching,
                "percent": result.percent,
                "mismatch_count": len(result.mismatches),
            }
        )
        names = proof._name_sites(result.sites, snapshot)
        lines = proof._store_sites(result.sites, names)
        if result.mismatches:
            proof._store_mismatches(result.mismatches, lines, names, side, snapshot)
        connection.proof_id = proof
        return proof

    def _name_sites(self, sites, snapshot):
        """Return ``{site key: name}``; of a school that is not here, its name there."""
        known = self.env["gr.site"].with_context(active_test=False)
        names = {NO_SITE: self.env._("Without a school")}
        ours = known.browse(int(line.site) for line in sites if line.site.isdigit())
        names |= {str(site.id): site.name for site in ours}
        if any(line.site not in names for line in sites):
            names |= {
                unknown_key(record.external_id): record.payload["name"]
                for record in snapshot.records(kinds.ORG)
            }
        return names

    def _store_sites(self, sites, names):
        """Return ``{site key: id of its line}``."""
        lines = self.env["gr.sync.proof.site"].create(
            [
                {
                    "proof_id": self.id,
                    "site_id": int(line.site) if line.site.isdigit() else False,
                    "name": names.get(line.site) or line.site,
                    "there_count": line.there,
                    "here_count": line.here,
                    "student_count": line.total,
                    "matching_count": line.matching,
                    "percent": line.percent,
                    "hash_there": line.hash_there,
                    "hash_here": line.hash_here,
                }
                for line in sites
            ]
        )
        return {line.site: made.id for line, made in zip(sites, lines, strict=True)}

    def _store_mismatches(self, mismatches, lines, sites, side, snapshot):
        """Write them with causes and names, set-based: a held site has many."""
        students = {line.student_id for line in mismatches}
        adults, unknown = proving.name_adults(self.env, mismatches)
        said = proving.look_up(snapshot, side.day, students, unknown)
        causes = proving.Causes(self.connection_id, side, snapshot, said, students)
        adults |= {unknown_key(key): name for key, name in said.adults.items()}
        words = {STATUS: {}, GRADE: {}, GUARDIANS: adults}  # those are codes
        rows = [
            {
                "proof_id": self.id,
                "company_id": self.company_id.id,
                "site_line_id": lines.get(line.site, False),
                "student_id": side.students.get(line.student_id, False),
                "external_id": line.student_id,
                "name": said.names.get(line.student_id, False),
                "what": line.what,
                "cause": causes.of(line),
                "there": _spell(line.there, words.get(line.what, sites)),
                "here": _spell(line.here, words.get(line.what, sites)),
            }
            for line in mismatches
        ]
        for start in range(0, len(rows), STORE_BATCH):
            insert(
                self.env["gr.sync.proof.mismatch"], rows[start : start + STORE_BATCH]
            )

    @api.autovacuum
    def _gc_mismatches(self):
        """Forget the lines of old proofs, children's data; their counts stay."""
        today = fields.Date.context_today(self)
        for district in self.env["res.company"].search([("gr_site_ids", "!=", False)]):
            days = self.env["gr.rule"].rule(KEEP_DAYS_RULE, district, today)
            old = self.search(
                [
                    ("company_id", "=", district.id),
                    ("is_forgotten", "=", False),
                    ("date", "<", today - timedelta(days=days)),
                ]
            )
            old.mismatch_ids.unlink()
            old.write({"is_forgotten": True})

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_view_mismatches(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_district.gr_sync_proof_mismatch_action"
        )
        return action | {"domain": [("proof_id", "=", self.id)]}


def _spell(keys, names):
    return [names.get(key, key) for key in keys]
