from odoo import api, fields, models

from ..const import SETTING_FIELDS
from ..sis import MESSAGES, kinds


class GrSyncProblem(models.Model):
    """Something in a file that could not be used as it was, and what to do about it.

    A problem never holds a cell's value: files are full of children's data.
    """

    _name = "gr.sync.problem"
    _description = "Problem in a Roster"
    _order = "run_id, severity_rank, file, row, id"
    _rec_name = "code"

    run_id = fields.Many2one(
        "gr.sync.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    code = fields.Char(required=True)
    severity = fields.Selection(
        [
            ("fatal", "Refused"),
            ("error", "Row set aside"),
            ("warning", "Used in part"),
            ("note", "Note"),
        ],
        required=True,
    )
    severity_rank = fields.Integer(required=True)
    file = fields.Char()
    row = fields.Integer(help="As a spreadsheet counts: the header is row 1")
    column = fields.Char()
    params = fields.Json()
    message = fields.Char(compute="_compute_message")
    remedy = fields.Char("What to Do", compute="_compute_message")

    @api.depends("code", "params")
    @api.depends_context("lang")
    def _compute_message(self):
        for problem in self:
            problem.message, problem.remedy = self._translate(
                problem.code, problem.params or {}
            )

    @api.model
    def _translate(self, code, params):
        """Return (what is wrong, what to do) in the reader's language."""
        known = MESSAGES.get(code)
        if not known:
            return code, ""
        params = self._name_kinds(self._name_setting(params))
        # The table in sis/messages.py marks its texts for translation.
        remedy = known.remedy and self.env._(known.remedy, **params)
        return self.env._(known.message, **params), remedy

    @api.model
    def _name_setting(self, params):
        """Return what fills the text, a setting by its label on the form."""
        if "setting" not in params:
            return params
        field = SETTING_FIELDS.get(params["setting"], params["setting"])
        labels = self.env["gr.sync.connection"].fields_get([field], ["string"])
        label = labels.get(field, {}).get("string", params["setting"])
        return {**params, "setting": f"“{label}”"}

    @api.model
    def _name_kinds(self, params):
        """Return what fills the text, a kind by the name that people know it by."""
        if "kind" not in params:
            return params
        labels = self.env["gr.sync.change"]._get_kind_labels()
        labels |= {kinds.PERSON: self.env._("Person")}
        return {**params, "kind": labels.get(params["kind"], params["kind"]).lower()}

    def _get_place(self):
        """Return ``users.csv, row 12, column birthDate`` as far as known."""
        parts = [
            self.file,
            self.row and self.env._("row %s", self.row),
            self.column and self.env._("column %s", self.column),
        ]
        return ", ".join(part for part in parts if part)
