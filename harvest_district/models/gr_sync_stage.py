import time
from contextlib import contextmanager

from odoo import api, fields, models

from ..const import STAGES


class GrSyncStage(models.Model):
    """One stage of a run: when it was worked on, for how long, how much it moved."""

    _name = "gr.sync.stage"
    _description = "Stage of a Roster Import"
    _order = "run_id, id"
    _log_access = False
    _rec_name = "stage"

    run_id = fields.Many2one(
        "gr.sync.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    stage = fields.Selection(STAGES, required=True)
    date_start = fields.Datetime("Began", required=True)
    seconds = fields.Float("Duration (s)", digits=(12, 1), aggregator="sum")
    count = fields.Integer("Records", aggregator="sum")

    @api.model
    @contextmanager
    def _measure(self, run, stage):
        """Measure one piece of work on a stage; the block sets the line's ``count``.

        Nothing is kept of work that fails: it is rolled back and done again. Pieces of
        one stage (``apply`` runs in many transactions) add up in one line.
        """
        line = run.stage_ids.filtered(lambda known: known.stage == stage)[:1]
        if not line:
            values = {"run_id": run.id, "stage": stage}
            line = self.create({**values, "date_start": fields.Datetime.now()})
        began = time.monotonic()
        yield line
        line.seconds += time.monotonic() - began
