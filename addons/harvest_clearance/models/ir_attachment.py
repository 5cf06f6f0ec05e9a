from odoo import api, models
from odoo.exceptions import UserError

MODEL = "gr.staff.credential"
CONTENT = {"datas", "raw", "db_datas", "name", "url", "type", "res_model", "res_id"}


class IrAttachment(models.Model):
    """The proof of a credential is as fixed as the credential."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._gr_check_credential()
        return attachments

    def write(self, vals):
        guarded = bool(CONTENT & vals.keys())
        if guarded:
            self._gr_check_credential()
        result = super().write(vals)
        if guarded:
            self._gr_check_credential()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proof(self):
        self._gr_check_credential()

    def _gr_check_credential(self):
        """Refuse files of verified credentials, and any of criminal record checks."""
        # sudo: which record a file hangs on, and the state of that record
        ids = [one.res_id for one in self.sudo() if one.res_model == MODEL]
        credentials = self.env[MODEL].sudo().browse(filter(None, ids)).exists()
        if credentials.filtered("is_cori"):
            raise UserError(
                self.env._(
                    "Criminal record information is not stored: no file can be added."
                )
            )
        if credentials.filtered(lambda one: one.state != "draft"):
            raise UserError(
                self.env._(
                    "The proof of a verified credential cannot be changed. Register a"
                    " new credential with the new document."
                )
            )
