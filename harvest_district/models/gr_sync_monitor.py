from datetime import timedelta

from odoo import api, fields, models

from ..const import APPLIED_RUN_STATES

# Runs drawn in the trend of a system.
TREND_RUNS = 30


class GrSyncMonitor(models.AbstractModel):
    """The monitoring page's figures: is every system read, do both sides agree?

    Every figure is counted with the rights of the person who looks.
    """

    _name = "gr.sync.monitor"
    _description = "Monitoring of District Systems"

    @api.model
    def get_figures(self):
        """Return what the page shows.

        :return: ``{"systems": [{id, name, state, lag_hours, …, trend}], "totals": …}``;
            ``lag_hours`` are hours since the last success, False before the first one
        """
        systems = self.env["gr.sync.connection"].search([("active", "=", True)])
        trends = self._get_trends(systems)
        lines = [self._describe(system, trends[system]) for system in systems]
        return {
            "systems": lines,
            "may_connect": self.env["gr.sync.connection"].has_access("create"),
            "totals": {
                "systems": len(lines),
                "attention": sum(bool(line["alert"]) for line in lines),
                "held": sum(line["held"] for line in lines),
                "persons": sum(line["persons"] for line in lines),
            },
        }

    @api.model
    def _describe(self, system, trend):
        last = system.last_run_id
        now = fields.Datetime.now()
        lag = system.last_success and (now - system.last_success) / timedelta(hours=1)
        return {
            "id": system.id,
            "name": system.name,
            "adapter": system.adapter,
            "way": dict(system._fields["adapter"]._description_selection(self.env))[
                system.adapter
            ],
            "run_id": last.id,
            "state": last.state or False,
            "state_label": dict(
                last._fields["state"]._description_selection(self.env)
            ).get(last.state, self.env._("Never read")),
            "last_success": fields.Datetime.to_string(system.last_success) or False,
            "lag_hours": round(lag, 1) if system.last_success else False,
            "is_late": bool(lag and lag > system.silence_hours),
            "next_run": system.is_scheduled
            and not system.is_paused
            and fields.Datetime.to_string(system.next_run),
            "is_paused": system.is_paused,
            "is_scheduled": system.is_scheduled,
            "is_pullable": system.is_pullable,
            "alert": system.alert or False,
            "held": last.held_count,
            "persons": last.identity_count,
            "errors": last.error_count,
            "proof": system.proof_percent if system.proof_date else False,
            "proof_date": fields.Datetime.to_string(system.proof_date) or False,
            "trend": trend,
        }

    @api.model
    def _get_trends(self, systems):
        """Return ``{system: [{date, changes, proof, seconds …}]}``, oldest first."""
        trends = {}
        for system in systems:
            runs = self.env["gr.sync.run"].search(
                [
                    ("connection_id", "=", system.id),
                    ("state", "in", (*APPLIED_RUN_STATES, "refused", "undone")),
                ],
                limit=TREND_RUNS,
                order="id desc",
            )
            trends[system] = [
                {
                    "id": run.id,
                    "date": fields.Datetime.to_string(run.create_date),
                    "changes": run.done_count,
                    "errors": run.error_count,
                    "refused": run.state == "refused",
                    "held": run.held_count,
                    "proof": run.proof_percent if run.proof_id else False,
                    "seconds": round(sum(run.stage_ids.mapped("seconds")), 1),
                }
                for run in reversed(runs)
            ]
        return trends
