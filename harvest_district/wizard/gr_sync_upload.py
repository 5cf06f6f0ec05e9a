from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class GrSyncUpload(models.TransientModel):
    """Drop a roster file; nothing changes until its preview is applied."""

    _name = "gr.sync.upload"
    _description = "Import a Roster"

    connection_id = fields.Many2one(
        "gr.sync.connection",
        string="District System",
        required=True,
        default=lambda self: self._default_connection_id(),
    )
    file = fields.Binary("Roster File", required=True, attachment=True)
    file_name = fields.Char()
    as_of = fields.Date(
        "As of",
        required=True,
        default=fields.Date.context_today,
        help="The day that the file describes: it decides what the current year is.",
    )

    def _default_connection_id(self):
        systems = self.env["gr.sync.connection"].search(
            [("company_id", "=", self.env.company.id)], limit=2
        )
        return systems if len(systems) == 1 else False

    @api.constrains("as_of")
    def _check_as_of(self):
        """A slip in the year would end every enrollment and refuse all that follows.

        An evening's file may be tomorrow's.
        """
        for upload in self:
            if upload.as_of > fields.Date.context_today(upload) + timedelta(days=1):
                raise ValidationError(
                    self.env._("No file describes a day that has not come yet.")
                )

    def action_read(self):
        self.ensure_one()
        run = self.env["gr.sync.run"].create(
            {
                "connection_id": self.connection_id.id,
                "file_name": self.file_name,
                "as_of": self.as_of,
            }
        )
        # sudo: once handed in, the file is nobody's to read; it is children's data
        run.sudo().file = self.file
        run.action_read()
        return {
            "type": "ir.actions.act_window",
            "res_model": "gr.sync.run",
            "res_id": run.id,
            "view_mode": "form",
        }
