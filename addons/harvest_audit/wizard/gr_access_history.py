from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command

from ..const import PURPOSES

KNOWN = dict(PURPOSES)
SHOWN = 500  # rows of a dialogue; one a day, person, kind and action


class GrAccessHistory(models.TransientModel):
    """Who looked at or changed one student's record."""

    _name = "gr.access.history"
    _description = "Who Saw a Student's Record"

    student_id = fields.Many2one("gr.student", required=True, readonly=True)
    since = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self) - relativedelta(days=90),
    )
    line_ids = fields.One2many("gr.access.history.line", "history_id", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        histories = super().create(vals_list)
        for history in histories:
            history._fill()
        return histories

    def action_refresh(self):
        self.ensure_one()
        self._fill()
        return self.student_id.action_access_history() | {"res_id": self.id}

    def action_view_log(self):
        """Every single event, for who may read the log."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_audit.gr_audit_event_action"
        )
        return action | {"context": {"search_default_subject_ids": self.student_id.id}}

    def _fill(self):
        """Ask the log; who may not read the student is refused by it."""
        since = fields.Datetime.to_datetime(self.since)
        rows = self.student_id._gr_access_history(since)[:SHOWN]
        self.line_ids = [Command.clear()] + [
            Command.create(
                {
                    "day": row["day"],
                    "user_id": row["user"].id,
                    "role": row["role"],
                    "organization": row["organization"],
                    "action": row["action"],
                    "kind": row["kind"],
                    "facts": ", ".join(row["facts"]),
                    "purpose": row["purpose"] in KNOWN and row["purpose"],
                    "times": row["times"],
                }
            )
            for row in rows
        ]
