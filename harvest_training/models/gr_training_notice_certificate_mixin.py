from odoo import models


class GrTrainingNoticeCertificateMixin(models.AbstractModel):
    """The mail that brings a certificate carries it: the PDF and the badge."""

    _name = "gr.training.notice.certificate.mixin"
    _description = "Certificate in a Training Notice"

    def _attach_certificates(self):
        """Put the certificates into the mail that was just made for these notices."""
        certifying = self.filtered(lambda notice: notice.kind == "certificate_issued")
        if certifying:
            # sudo: the reader is the holder; mails are made by the system
            mail = self[0].sudo().mail_mail_id
            mail.attachment_ids += certifying._make_attachments()

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
