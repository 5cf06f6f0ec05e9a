from odoo import fields, models


class GrTrainingCredentialMixin(models.AbstractModel):
    """A certificate counts for the staff requirements that its program names.

    So the gate that scheduling asks (``harvest_clearance``) opens by what was learned
    here, and closes when the certificate ends.
    """

    _name = "gr.training.credential.mixin"
    _description = "Credentials from a Training Enrollment"

    def _give_credentials(self):
        """Register each new certificate for its requirements, verified; sudoed.

        Who is no employee has no clearances. Once a certificate, however often called.
        """
        certificates = self.certificate_ids.filtered(
            lambda one: one.state == "valid" and one.student_id.employee_id
        )
        return self.env["gr.staff.credential"]._register_seen(
            "training",
            [
                self._prepare_credential(certificate, requirement)
                for certificate in certificates
                for requirement in certificate.program_id.requirement_ids
            ],
        )

    def _prepare_credential(self, certificate, requirement):
        return {
            "employee_id": certificate.student_id.employee_id.id,
            "requirement_id": requirement.id,
            "issued": certificate.issued_on,
            "card_expires": certificate.expires_on,
            "issuer": certificate.company_id.name,
            "number": False if requirement.is_cori else certificate.name,
            "hours": certificate.program_id.hours,
            "source_model": "gr.certificate",
            "source_id": certificate.id,
        }

    def _revoke_credentials(self, certificates, reason):
        """What a revoked certificate was good for is gone, too; sudoed."""
        credentials = self.env["gr.staff.credential"].search(
            [
                ("source_model", "=", "gr.certificate"),
                ("source_id", "in", certificates.ids),
                ("state", "in", ("verified", "superseded")),
            ]
        )
        if credentials:
            credentials._revoke(fields.Date.context_today(self), reason)
