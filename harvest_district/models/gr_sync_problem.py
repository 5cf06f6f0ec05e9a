from odoo import api, fields, models

from ..sis import MESSAGES


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
            params = problem.params or {}
            # The table in sis/messages.py marks its texts for translation.
            problem.message = known and self.env._(known.message) % params  # pylint: disable=gettext-variable
            problem.remedy = known and self.env._(known.remedy) % params  # pylint: disable=gettext-variable
