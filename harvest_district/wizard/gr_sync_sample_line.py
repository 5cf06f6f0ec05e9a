from odoo import api, fields, models
from odoo.exceptions import UserError


class GrSyncSampleLine(models.TransientModel):
    """One row of a sample; never stored."""

    _name = "gr.sync.sample.line"
    _description = "Row of a Sample"

    sample_id = fields.Many2one("gr.sync.sample")
    row = fields.Integer(help="As a spreadsheet counts: the header is row 1")
    source = fields.Text("What Comes")
    result = fields.Text("What It Becomes")
    problems = fields.Text()
    is_taken = fields.Boolean("Taken")

    @api.constrains("row", "source", "result", "problems")
    def _check_not_kept(self):
        raise UserError(self.env._("A sample is only looked at; nothing is stored."))
