from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.gc import disabling_gc

from ..const import APPLIED_RUN_STATES


class GrSyncProofMixin(models.AbstractModel):
    """Prove, after a run, that both sides agree, and say where they do not."""

    _name = "gr.sync.proof.mixin"
    _description = "Proof of a Roster Import"

    proof_id = fields.Many2one(
        "gr.sync.proof", string="Last Proof", readonly=True, copy=False
    )
    proof_percent = fields.Float("Proof", related="proof_id.percent")
    proof_mismatch_count = fields.Integer(
        "Mismatches", related="proof_id.mismatch_count"
    )

    def _prove(self, snapshot=None):
        """Compare what was sent, once it is the last roster, with what is here.

        :param snapshot: the roster's, when it is in memory already
        """
        self.ensure_one()
        connection = self.connection_id
        if not connection._has_baseline():
            connection.sudo().proof_id = False  # sudo: written by the product alone
            return  # nothing of it is here, or not any more
        with self.env["gr.sync.stage"]._measure(self, "prove") as stage, disabling_gc():
            snapshot = snapshot or connection._load_snapshot(self.as_of)
            # sudo: written by the product alone
            proof = self.sudo().proof_id = self.env["gr.sync.proof"]._prove(
                connection, snapshot, self.as_of, "run", run=self
            )
            stage.count = proof.student_count

    def action_prove(self):
        """Prove now, against the last roster that was applied; it is this run's."""
        self.ensure_one()
        newer = [
            ("connection_id", "=", self.connection_id.id),
            ("state", "in", APPLIED_RUN_STATES),
            ("id", ">", self.id),
        ]
        if self.state not in APPLIED_RUN_STATES or self.search_count(newer, limit=1):
            raise UserError(
                self.env._("Only the last import that was applied can be proved.")
            )
        return self.connection_id._delay_prove(run=self)

    def action_view_proof(self):
        self.ensure_one()
        return self.proof_id._get_form_action()
