import base64

from odoo import fields, models

from ..sis import kinds, split_id
from ..sis.csv_out import write_csv

# Names a system's import is mapped to; they are not translated.
HEADER = (
    *("number", "student_sis_id", "adult_sis_id"),
    *("field", "sis_value", "our_value"),
)


class GrSyncProposalExport(models.TransientModel):
    """Proposals as a CSV file for the import of a district's system.

    The file is made when it is downloaded, of what its reader may see, and kept
    nowhere.
    """

    _name = "gr.sync.proposal.export"
    _description = "Proposals for a District System"

    proposal_ids = fields.Many2many("gr.sync.proposal", string="Proposals")
    file = fields.Binary(compute="_compute_file")
    file_name = fields.Char(compute="_compute_file")

    def _compute_file(self):
        for export in self:
            proposals = export.proposal_ids  # those that the reader may see
            rows = [self._get_row(proposal) for proposal in proposals]
            export.file = base64.b64encode(write_csv(HEADER, rows))
            export.file_name = "proposals.csv"

    def _get_row(self, proposal):
        """Return the cells of a proposal; the number is the one that people know."""
        # sudo: the rule of the proposal has decided who may know of it
        people = proposal.sudo()
        student_id, adult_id = "", ""
        match proposal.kind:
            case kinds.STUDENT:
                student_id = proposal.external_id
            case kinds.ADULT:
                adult_id = proposal.external_id
            case kinds.GUARDIANSHIP:
                student_id, adult_id = split_id(proposal.external_id)
        return (
            people.student_id.local_id or people.partner_id.ref or "",
            student_id,
            adult_id,
            proposal.field,
            proposal.theirs,
            proposal.ours,
        )

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/proposals.csv"
            "?download=true",
            "target": "download",
        }
