from odoo import api, models

from odoo.addons.harvest_base.exceptions import HarvestError

# Files that were handed in, by the states in which they may still be changed.
EVIDENCE = {
    "gr.homework.attempt": ("draft",),
    "gr.document.request": ("requested", "rejected"),
}
FIXED = {
    "raw",
    "datas",
    "db_datas",
    "name",
    "res_model",
    "res_id",
    "public",
    "type",
    "url",
}


class IrAttachment(models.Model):
    """A file that was handed in is evidence: it does not change, nor become public."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if FIXED & vals.keys():
            self._gr_check_evidence()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        self._gr_check_evidence()

    def _gr_check_evidence(self):
        for model, changeable in EVIDENCE.items():
            files = self.filtered(lambda file, name=model: file.res_model == name)
            # sudo: only whether it was handed in
            records = self.env[model].sudo().browse(files.mapped("res_id")).exists()
            if any(record.state not in changeable for record in records):
                raise HarvestError(
                    self.env._("This file was handed in, so it stays as it is.")
                )
