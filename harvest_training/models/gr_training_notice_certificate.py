from odoo import models


class GrTrainingNotice(models.Model):
    """The mail that brings a certificate carries it: the PDF and the badge."""

    _inherit = "gr.training.notice"

    def _send_mail(self, template, state):
        result = super()._send_mail(template, state)
        certifying = self.filtered(lambda notice: notice.kind == "certificate_issued")
        if certifying:
            # sudo: the reader is the holder; mails are made by the system
            mail = self[0].sudo().mail_mail_id
            mail.attachment_ids += certifying._make_attachments()
        return result

    def _make_attachments(self):
        """Return copies of the files; the mail may be removed, the originals not."""
        certificates = self.env["gr.certificate"]._get_standing(self.enrollment_id)
        files = [
            (certificate[name], certificate[f"{name}_name"], notice.id)
            for notice in self
            for certificate in certificates
            if certificate.enrollment_id == notice.enrollment_id
            for name in ("pdf", "badge")
        ]
        return self.env["ir.attachment"].create(
            [
                {"name": name, "datas": data, "res_model": self._name, "res_id": res_id}
                for data, name, res_id in files
            ]
        )
