from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sis import RosterError


class GrSyncSample(models.TransientModel):
    """The first rows of a source, and what a mapping makes of them.

    They are children's data, so nothing is stored: the lines are computed for the
    screen and are gone with it.
    """

    _name = "gr.sync.sample"
    _description = "Sample of a Mapping"

    mapping_id = fields.Many2one("gr.sync.mapping", required=True)
    line_ids = fields.One2many(
        "gr.sync.sample.line", "sample_id", compute="_compute_line_ids"
    )
    problem_text = fields.Text("To Do", compute="_compute_line_ids")
    row_count = fields.Integer("Rows Shown", compute="_compute_line_ids")

    @api.constrains("mapping_id")
    def _check_not_kept(self):
        raise UserError(self.env._("A sample is only looked at; nothing is stored."))

    @api.depends("mapping_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = False
            wizard.problem_text = False
            wizard.row_count = 0
            if wizard.mapping_id:
                wizard._show(wizard.mapping_id)

    def _show(self, mapping):
        # Only those who may change a mapping see what it reads.
        mapping.check_access("write")
        try:
            sample = mapping._get_sample()
        except RosterError as error:
            place = f"{error.problem.place}: " if error.problem.place else ""
            self.problem_text = place + mapping._describe(error.problem)
            return
        self.problem_text = "\n".join(map(mapping._describe, sample.problems))
        self.row_count = len(sample.rows)
        lines = self.env["gr.sync.sample.line"]
        for row in sample.rows:
            lines += lines.new(
                {
                    "row": row.number,
                    "source": _list_cells(row.source),
                    "result": _list_cells(row.result),
                    "is_taken": row.is_taken,
                    "problems": "\n".join(map(mapping._describe, row.problems)),
                }
            )
        self.line_ids = lines


def _list_cells(row):
    """Return ``name: value`` of every cell that holds something, one a line."""
    return "\n".join(f"{name}: {value}" for name, value in row.items() if value)
