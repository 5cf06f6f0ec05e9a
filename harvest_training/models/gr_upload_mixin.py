from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.harvest_base.exceptions import HarvestError

from .. import uploads

UPLOAD_SIZE = "training.upload.max_megabytes"
UPLOAD_TYPES = "training.upload.types"


class GrUploadMixin(models.AbstractModel):
    """A record that takes files: checked, private, for who may read the record.

    Needs ``company_id``: how large and of which kinds a file may be is a district's
    rule.
    """

    _name = "gr.upload.mixin"
    _description = "Files of a Training Record"

    attachment_ids = fields.Many2many("ir.attachment", string="Files", copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._adopt_files()
        return records

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._adopt_files()
        return result

    def _adopt_files(self):
        """Bind files that a form has uploaded to the record that they were added to."""
        for record in self:
            # sudo: whether a file is free to be taken is seen before it may be read
            for file_sudo in record.sudo().attachment_ids:
                if (file_sudo.res_model, file_sudo.res_id) == (record._name, record.id):
                    continue
                if file_sudo.res_id or file_sudo.create_uid != self.env.user:
                    raise AccessError(
                        self.env._("This file belongs elsewhere. Upload it here again.")
                    )
                record._check_file(file_sudo.name, file_sudo.raw or b"")
                file_sudo.write(
                    {"res_model": record._name, "res_id": record.id, "public": False}
                )

    def _attach(self, files):
        """Keep files with this record.

        :param files: ``[(name, bytes)]``
        :return: the attachments, sudoed
        :raise HarvestError: one is too large, empty, or of a kind that is not allowed
        """
        self.ensure_one()
        for name, content in files:
            self._check_file(name, content)
        # sudo: a learner hands in through a page and may not make attachments
        attachments = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": name,
                        "raw": content,
                        "res_model": self._name,
                        "res_id": self.id,
                    }
                    for name, content in files
                ]
            )
        )
        self.sudo().attachment_ids += attachments  # sudo: as above
        return attachments

    def _check_file(self, name, content):
        limit, types = self._get_upload_limits()
        try:
            uploads.check(
                name,
                len(content),
                guess_mimetype(content),
                limit * uploads.MEGABYTE,
                types,
            )
        except uploads.Refused as refusal:
            raise HarvestError(
                self._explain_refusal(refusal.reason, name, limit, types)
            ) from refusal

    def _get_upload_limits(self):
        """Return (megabytes, ``{extension: [kinds of content]}``)."""
        today = fields.Date.context_today(self)
        rule = self.env["gr.rule"].rule
        return (
            rule(UPLOAD_SIZE, self.company_id, today),
            rule(UPLOAD_TYPES, self.company_id, today),
        )

    def _explain_refusal(self, reason, name, limit, types):
        if reason == "empty":
            return self.env._("“%s” is empty. Choose the file again.", name)
        if reason == "size":
            return self.env._(
                "“%(name)s” is larger than %(limit)s MB. Make it smaller, for example"
                " by taking a photo of lower quality.",
                name=name,
                limit=limit,
            )
        if reason == "type":
            return self.env._(
                "“%(name)s” is of a kind that is not taken. Send one of these:"
                " %(types)s.",
                name=name,
                types=", ".join(sorted(types)),
            )
        return self.env._(
            "The content of “%s” is not what its name says. Save it again, for example"
            " as PDF.",
            name,
        )
