from odoo import api, fields, models


class GrSyncProofSite(models.Model):
    """One site of a proof: students, equal rows, and the hash of each side's rows."""

    _name = "gr.sync.proof.site"
    _description = "Proof of a Site"
    _order = "proof_id desc, percent, name, id"
    _log_access = False

    proof_id = fields.Many2one(
        "gr.sync.proof", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="proof_id.company_id", store=True, index=True)
    site_id = fields.Many2one(
        "gr.site", index="btree_not_null", help="The site that it is today"
    )
    name = fields.Char(required=True)
    there_count = fields.Integer("Students There", aggregator="sum")
    here_count = fields.Integer("Students Here", aggregator="sum")
    student_count = fields.Integer("Students Compared", aggregator="sum")
    matching_count = fields.Integer("Matching", aggregator="sum")
    percent = fields.Float("Proved", digits=(4, 1), aggregator="min")
    hash_there = fields.Char(
        help="Of (id, school, grade, status, guardians) of all students, sorted by id"
    )
    hash_here = fields.Char(help="Of the same rows as our records have them")
    is_equal = fields.Boolean("Same Hash", compute="_compute_is_equal")

    @api.depends("name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.name

    @api.depends("hash_there", "hash_here")
    def _compute_is_equal(self):
        for line in self:
            line.is_equal = line.hash_there == line.hash_here

    def action_view_mismatches(self):
        self.ensure_one()
        action = self.proof_id.action_view_mismatches()
        return action | {
            "name": self.env._("Mismatches of %(site)s", site=self.name),
            "domain": [("site_line_id", "=", self.id)],
        }
