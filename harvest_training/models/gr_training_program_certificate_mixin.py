import uuid

from odoo import fields, models

from ..badges import credential


class GrTrainingProgramCertificateMixin(models.AbstractModel):
    """What a program certifies, and how the public may read of it."""

    _name = "gr.training.program.certificate.mixin"
    _description = "What a Training Program Certifies"

    certificate_template_id = fields.Many2one(
        "gr.certificate.template",
        "Certificate",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Empty: this program ends without a certificate",
    )
    badge_uuid = fields.Char(
        "Public Id",
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="Names the achievement in digital badges; made with the first one",
    )

    _badge_uuid_uniq = models.UniqueIndex(
        "(badge_uuid) WHERE badge_uuid IS NOT NULL", "This achievement exists already."
    )

    def _describe_achievement(self, issuer, template):
        """Return the program as an achievement of digital badges; nobody is named.

        :param issuer: ``gr.badge.issuer``
        :param template: ``gr.certificate.template``
        """
        self.ensure_one()
        if not self.badge_uuid:
            # sudo: made by whoever's act issues the first certificate
            self.sudo().badge_uuid = str(uuid.uuid4())
        address = f"{issuer.base_url}/harvest/badges/achievements/{self.badge_uuid}"
        return credential.Achievement(
            id=address,
            name=self.name,
            description=self.description or self.name,
            criteria=self._get_badge_criteria(),
            image=f"{address}/image",
            language=(self.env.lang or "en_US").replace("_", "-"),
            alignments=(
                (credential.Alignment(template.alignment_name, template.alignment_url),)
                if template.alignment_name
                else ()
            ),
        )

    def _get_badge_criteria(self):
        """Return what one has to do for it, as sentences for the public."""
        courses = self.course_integrations.filtered(
            lambda course: course.status == "active" and course.required
        )
        lines = [
            self.env._("Completes the course “%s”.", course.name) for course in courses
        ] or [self.env._("Completes the program.")]
        if self.hours:
            lines.append(self.env._("Takes part for %g hours.", self.hours))
        return "\n".join(lines)
