from odoo import api, fields, models

from ..summary import count_sites


class GrSyncUndo(models.TransientModel):
    """Say in figures what rolling a run back will do, and ask for the reason."""

    _name = "gr.sync.undo"
    _description = "Roll Back a Roster Import"

    run_id = fields.Many2one("gr.sync.run", required=True, readonly=True)
    reason = fields.Char(required=True, help="It is kept with the run.")
    change_count = fields.Integer("Changes", compute="_compute_change_count")
    line_ids = fields.One2many("gr.sync.undo.site", "undo_id", readonly=True)

    @api.depends("run_id")
    def _compute_change_count(self):
        for wizard in self:
            wizard.change_count = wizard.run_id.done_count

    @api.model
    def default_get(self, fields):
        """Count site by site what the run has applied."""
        values = super().default_get(fields)
        run = self.env["gr.sync.run"].browse(values.get("run_id") or [])
        if run and "line_ids" in fields:
            names = {line.site_key: line.name for line in run.site_line_ids}
            values["line_ids"] = [
                (0, 0, self.env["gr.sync.undo.site"]._get_values(names, key, counts))
                for key, counts in sorted(count_sites(run._count_applied()).items())
            ]
        return values

    def action_undo(self):
        """Roll back in the background; the run's form follows."""
        self.ensure_one()
        run = self.run_id
        run.check_access("read")
        run._check_operator()._start_undo(self.reason)
        return {
            "type": "ir.actions.act_window",
            "res_model": "gr.sync.run",
            "res_id": run.id,
            "view_mode": "form",
        }
