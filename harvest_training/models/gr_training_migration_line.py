import logging

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import mute_logger

_logger = logging.getLogger(__name__)

# What must be as it was for a record to be removed again.
SEEN = {
    "gr.student": ("first_name", "last_name", "partner_id", "active", "learner_type"),
    "res.partner": ("name", "email", "phone"),
    "gr.training.enrollment": ("status", "progress", "date_due", "decision_note"),
    "slide.channel.partner": ("completion", "member_status"),
    "slide.slide.partner": ("completed",),
}


class GrTrainingMigrationLine(models.Model):
    """A row of a file: what it says, what becomes of it, what was made of it."""

    _name = "gr.training.migration.line"
    _description = "Row of a Training Data File"
    _inherit = ["gr.guarded.mixin"]
    _order = "run_id, number"
    _guarded = frozenset({"run_id", "values", "action", "made"})

    run_id = fields.Many2one(
        "gr.training.migration.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    number = fields.Integer("Row", help="As a spreadsheet counts: the header is row 1")
    values = fields.Json(help="What the row says; empty when it cannot be read")
    email = fields.Char(compute="_compute_email")
    action = fields.Selection(
        [
            ("create", "New"),
            ("match", "Added to"),
            ("skip", "There Already"),
            ("error", "Error"),
            ("removed", "Taken Back"),
            ("stay", "Stayed"),
        ],
        default="error",
    )
    text = fields.Char("What Happens")
    made = fields.Json(help="Records made of this row, and how they were then")

    @api.depends("values")
    def _compute_email(self):
        for line in self:
            line.email = (line.values or {}).get("email")

    def _process(self):
        """Do what the row says; return ``(action, text, records made)``."""
        self.ensure_one()
        if not self.values:
            return "error", self.text, []
        made = []
        try:
            with self.env.cr.savepoint():
                action, text = getattr(self, f"_process_{self.run_id.kind}")(made)
        except UserError as error:  # Odoo's and ours: each says what to do
            return "error", str(error), []
        return action, text, made

    # Look-ups that the kinds share

    def _find_learner(self):
        """Return the district's learner with this e-mail address, or none."""
        email = self.values["email"]
        mine = Domain("company_id", "=", self.company_id.id)
        mine &= Domain("learner_type", "!=", "pupil")
        Student = self.env["gr.student"]
        found = Student.search(mine & Domain("partner_id.email_normalized", "=", email))
        found = found or Student.search(
            mine & Domain("employee_id.work_email", "=ilike", email)
        )
        if len(found) > 1:
            raise UserError(
                self.env._(
                    "%(count)s learners have this e-mail address: %(names)s. Merge them"
                    " or correct an address first.",
                    count=len(found),
                    names=", ".join(found.mapped("name")),
                )
            )
        return found

    def _need_learner(self):
        learner = self._find_learner()
        if not learner:
            raise UserError(
                self.env._(
                    "No learner has the address %s. Take over the learners first.",
                    self.values["email"],
                )
            )
        return learner

    def _find_program(self):
        name = self.values["program"]
        programs = self.env["gr.training.program"].search(
            [("company_id", "=", self.company_id.id), ("status", "!=", "archived")]
        )
        found = programs.filtered(lambda program: program.code == name)
        found = found or programs.filtered(
            lambda program: program.name.casefold() == name.casefold()
        )
        if len(found) != 1:
            raise UserError(
                self.env._(
                    "There is no program “%s”, or more than one. Write its code or its"
                    " name as it is under Training / Programs.",
                    name,
                )
            )
        return found

    # Roll back

    @api.model
    def _remember(self, made):
        return [
            {"model": record._name, "id": record.id, "seen": self._see(record)}
            for record in made
        ]

    @api.model
    def _see(self, record):
        seen = {}
        for name in SEEN[record._name]:
            value = record[name]
            seen[name] = value.id if hasattr(value, "ids") else str(value)
        if record._name == "gr.training.enrollment":
            seen["facts"] = self._count_facts(record)
        return seen

    @api.model
    def _count_facts(self, enrollment):
        """Count what a learner did or got in an enrollment."""
        trackers = [("tracker_id", "in", enrollment.tracker_ids.ids)]
        count = sum(
            self.env[model].search_count(trackers)
            for model in (
                "gr.course.session.attendee",
                "gr.homework.attempt",
                "gr.assessment.attempt",
            )
        )
        handed_in = enrollment.document_ids.filtered(lambda d: d.state != "requested")
        return count + len(handed_in)

    def _roll_back(self):
        self.ensure_one()
        stays = []
        for entry in reversed(self.made or []):
            record = self.env[entry["model"]].browse(entry["id"]).exists()
            reason = record and self._remove(record, entry["seen"])
            if reason:
                stays.append(reason)
        if self.made:
            self.write(
                {"action": "stay", "text": " ".join(stays)}
                if stays
                else {"action": "removed", "text": False, "made": False}
            )

    def _remove(self, record, seen):
        """Remove a record as it was made; return why it stays, or False."""
        if self._see(record) != seen:
            return self.env._(
                "“%s” was changed since and stays.", record.sudo().display_name
            )
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                if record._name == "gr.training.enrollment":
                    # What a wrong file began was never a part of history.
                    record.status = "refused"
                if record._name == "slide.slide.partner":
                    record.completed = False  # the course counts again
                record.unlink()
                self.env.flush_all()
        except (UserError, IntegrityError) as error:
            _logger.info(
                "Row %s of run %s stays: %s", self.number, self.run_id.id, error
            )
            return self.env._(
                "“%s” stays: other records belong to it.", record.sudo().display_name
            )
        return False
