from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.harvest_audit import recording

from ..const import ACTIONS, CHANGE_STATES, KIND_LABELS
from ..sis import kinds
from ..writers import get_writer

# Kinds of objects that are about one student.
OF_STUDENTS = {
    kinds.STUDENT,
    kinds.DEMOGRAPHICS,
    kinds.GUARDIANSHIP,
    kinds.SCHOOL_ENROLLMENT,
    kinds.MEMBERSHIP,
}


class GrSyncChange(models.Model):
    """One staged change of one record: what the source sends, and what became of it."""

    _name = "gr.sync.change"
    _description = "Roster Change"
    _order = "run_id, position, id"
    _log_access = False
    _rec_name = "external_id"

    run_id = fields.Many2one(
        "gr.sync.run", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KIND_LABELS, required=True)
    external_id = fields.Char(string="External ID", required=True)
    action = fields.Selection(ACTIONS, required=True)
    site_key = fields.Char(help="The school it counts for")
    old_site_key = fields.Char(help="The school it counted for before")
    payload = fields.Json(groups=fields.NO_ACCESS)
    payload_hash = fields.Char()
    undo = fields.Json(
        groups=fields.NO_ACCESS, help="What it overwrote: rows and reference as before"
    )
    date_end = fields.Date()
    position = fields.Integer(required=True, help="What must be applied before what")
    state = fields.Selection(CHANGE_STATES, required=True, default="staged")
    held_by = fields.Selection(
        [
            ("site", "Its site is held"),
            ("pair", "The arrival elsewhere is held"),
            ("identity", "One person or two?"),
            ("reference", "What it hangs on waits"),
        ],
        string="Held Because",
    )
    error = fields.Char()
    name = fields.Char("What", compute="_compute_name")
    details = fields.Char("From → To", compute="_compute_details")

    # Without ``state``: marking a change as applied touches no index then.
    _run_idx = models.Index("(run_id, position, id)")

    def init(self):
        # Room in each page, so that the mark is written beside its row.
        self.env.cr.execute(
            SQL("ALTER TABLE %s SET (fillfactor = 60)", SQL.identifier(self._table))
        )

    @api.model
    def _get_kind_labels(self):
        """Return ``{kind: its name in the reader's language}``."""
        return dict(self._fields["kind"]._description_selection(self.env))

    def action_release(self):
        """Apply these changes of a held site; the rest of it goes on waiting."""
        self._decide("staged")

    def action_leave_out(self):
        """Forget these changes; the next reading shows them again."""
        self._decide("dropped")

    def _decide(self, state):
        for run in self.run_id._check_operator():
            mine = self.sudo().filtered(
                lambda change, run=run: (
                    change.run_id == run
                    and change.state == "held"
                    and change.held_by != "identity"
                )
            )
            if not mine:
                raise UserError(
                    self.env._("None of these changes waits for such a decision.")
                )
            mine.write({"state": state, "held_by": False, "error": False})
            run._go_on()

    def _compute_name(self):
        # sudo: names are for who may read the change, the payload is for nobody
        staged = self.sudo()
        for (run, kind), changes in staged.grouped(
            lambda change: (change.run_id, change.kind)
        ).items():
            writer = get_writer(run, kind)
            names = writer.get_names(changes)
            for change in changes:
                change.name = names.get(change.id) or change.external_id
            self._log_names(writer, changes)

    def _log_names(self, writer, changes):
        """Tell the event log whose names are read from what a system sent."""
        if writer.kind not in OF_STUDENTS:
            return
        students = {
            change.id: writer.links.find(kinds.STUDENT, external_id) or None
            for change in changes
            if (external_id := _student_of(change))
        }
        recording.saw(self.env, self._name, ["name"], students)

    def _compute_details(self):
        """Compare with the record as it is now; readable, for people."""
        self.details = False
        # sudo: as above; what needs a need to know is not described
        waiting = self.sudo().filtered(
            lambda change: (
                change.action == "update"
                and change.state != "applied"
                and change.kind != kinds.DEMOGRAPHICS
            )
        )
        for (run, kind), changes in waiting.grouped(
            lambda change: (change.run_id, change.kind)
        ).items():
            writer = get_writer(run, kind)
            for change in changes:
                change.details = writer.describe(change)


def _student_of(change) -> str | None:
    """The id there of the student whom a staged change is about, as far as it says."""
    if change.kind == kinds.STUDENT:
        return change.external_id
    return (change.payload or {}).get("student_id")
