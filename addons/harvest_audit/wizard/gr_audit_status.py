from odoo import api, fields, models

from .. import anchor, places, store, verify
from ..const import ANCHOR_HOURS


class GrAuditStatus(models.TransientModel):
    """Whether the event log is as safe as it should be, and whether it is whole."""

    _name = "gr.audit.status"
    _description = "State of the Event Log"

    separated = fields.Boolean(compute="_compute_state")
    events = fields.Integer(compute="_compute_state", help="In all districts")
    waiting = fields.Integer("Not Yet in the Chain", compute="_compute_state")
    last_anchor = fields.Datetime(compute="_compute_state")
    anchor_late = fields.Boolean(compute="_compute_state")
    anchor_folder = fields.Char(compute="_compute_state")
    verified = fields.Selection(
        [("sound", "Sound"), ("faulty", "Not Sound")], readonly=True
    )
    faults = fields.Text(readonly=True)

    @api.depends_context("uid")
    def _compute_state(self):
        self.env.cr.execute(verify.IS_SEPARATED)
        separated = self.env.cr.fetchone()[0]
        self.env.cr.execute(
            "SELECT (SELECT sum(seq) FROM harvest_audit.head),"
            " (SELECT count(*) FROM harvest_audit.pending)"
        )
        events, waiting = self.env.cr.fetchone()
        folder = places.anchors(self.env.cr.dbname)
        found = anchor.notes(folder)
        last = found and anchor.time_of(found[-1])
        late = fields.Datetime.subtract(fields.Datetime.now(), hours=ANCHOR_HOURS)
        for status in self:
            status.separated = separated
            status.events, status.waiting = events or 0, waiting
            status.last_anchor = last
            status.anchor_late = not last or last < late
            status.anchor_folder = str(folder)

    def action_verify(self):
        """Walk the whole chain now: some ten thousand events a second."""
        self.ensure_one()
        self.check_access("write")
        database = self.env.cr.dbname
        with store.connection(database) as cr:
            report = verify.verify(cr.connection, places.anchors(database))
        self.verified = "faulty" if report.faults else "sound"
        self.faults = "\n".join(map(str, report.faults))
        return self._reopen()

    def action_anchor(self):
        """Sign where every stream stands now."""
        self.ensure_one()
        self.check_access("write")
        self.env["gr.audit.event"]._write_anchor()
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log Status"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def action_open(self):
        return self.create({})._reopen()
