from odoo import api, fields, models

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
            known = MESSAGES.get(problem.code)
            params = problem._get_params()
            # The table in sis/messages.py marks its texts for translation.
            problem.message = known and self.env._(known.message, **params)
            problem.remedy = (
                known and known.remedy and self.env._(known.remedy, **params)
            )

    def _get_params(self):
        """Return what fills the text, a kind by the name that people know it by."""
        params = dict(self.params or {})
        if "kind" in params:
            labels = self.env["gr.sync.change"]._get_kind_labels()
            labels |= {kinds.PERSON: self.env._("Person")}
            params["kind"] = labels.get(params["kind"], params["kind"]).lower()
        return params

    def _get_place(self):
        """Return ``users.csv, row 12, column birthDate`` as far as known."""
        parts = [
            self.file,
            self.row and self.env._("row %s", self.row),
            self.column and self.env._("column %s", self.column),
        ]
        return ", ".join(part for part in parts if part)
