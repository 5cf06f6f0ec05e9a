from odoo import api, fields, models

from ..const import MISMATCHES, PROOF_CAUSES
from ..sis.proof import ACTIVE, GRADE, LEFT, STATUS


class GrSyncProofMismatch(models.Model):
    """One thing that a district system and we say differently of one student, and why.

    It holds children's data, so it is for who imports rosters, and is forgotten with
    the payloads.
    """

    _name = "gr.sync.proof.mismatch"
    _description = "Mismatch of a Proof"
    _inherit = ["gr.audited.part.mixin"]
    _order = "proof_id desc, site_line_id, name, id"
    _log_access = False

    proof_id = fields.Many2one(
        "gr.sync.proof", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="proof_id.company_id", store=True, index=True)
    site_line_id = fields.Many2one(
        "gr.sync.proof.site", string="Site", index="btree_not_null", ondelete="cascade"
    )
    student_id = fields.Many2one(
        "gr.student", string="Our Student", index="btree_not_null", ondelete="cascade"
    )
    external_id = fields.Char("Its ID There", required=True)
    name = fields.Char("Name There", help="Empty when it is not listed there")
    student_name = fields.Char("Student", compute="_compute_student_name")
    what = fields.Selection(MISMATCHES, string="Differs In", required=True)
    cause = fields.Selection(PROOF_CAUSES, string="Why", required=True)
    there = fields.Json("Said There", help="Names, or codes of grades and statuses")
    here = fields.Json("Said Here")
    there_text = fields.Char("There", compute="_compute_texts")
    here_text = fields.Char("Here", compute="_compute_texts")

    @api.depends("student_id", "name", "external_id")
    def _compute_student_name(self):
        for line in self:
            # sudo: the rule of the mismatch has decided who may know of it
            ours = line.student_id.sudo().with_context(active_test=False)
            line.student_name = ours.name or line.name or line.external_id

    @api.depends("student_name", "what")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.student_name

    @api.depends("there", "here", "what")
    @api.depends_context("lang")
    def _compute_texts(self):
        grade = self.env["gr.student"]._fields["grade"]
        labels = {
            GRADE: dict(grade._description_selection(self.env)),
            STATUS: {ACTIVE: self.env._("Active"), LEFT: self.env._("Left")},
        }
        for line in self:
            names = labels.get(line.what, {})
            line.there_text = self._spell(line.there, names)
            line.here_text = self._spell(line.here, names)

    def _spell(self, words, names):
        return ", ".join(names.get(word, word) for word in words or () if word) or "–"

    def action_open_student(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "gr.student",
            "res_id": self.student_id.id,
            "view_mode": "form",
        }
