import base64
import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import fields, models

from ..badges import baking, credential, status


class GrCertificateBadgeMixin(models.AbstractModel):
    """A certificate's digital side: the signed credential, and the badge with it."""

    _name = "gr.certificate.badge.mixin"
    _description = "Certificate Badge"

    credential = fields.Text(
        "Signed Credential", readonly=True, copy=False, help="Open Badges 3.0, VC-JWT"
    )
    badge = fields.Binary(attachment=True, readonly=True, copy=False)
    badge_name = fields.Char(compute="_compute_file_names")

    def _make_badge(self):
        """Return the values of the signed credential and the baked picture."""
        self.ensure_one()
        document = credential.build(
            self.issuer_id._describe(), self._get_achievement(), self._get_award()
        )
        signed = self.issuer_id._sign(document)
        picture = baking.bake(self.template_id._get_badge_picture(), signed)
        return {"credential": signed, "badge": base64.b64encode(picture)}

    def _get_achievement(self):
        """Return what was achieved, in the certificate's language."""
        program = self.program_id.with_context(lang=self.lang)
        return program._describe_achievement(self.issuer_id, self.template_id)

    def _get_award(self):
        return credential.Award(
            id=uuid.uuid4().urn,
            subject=uuid.uuid4().urn,
            valid_from=credential.aware(fields.Datetime.now()),
            valid_until=self._get_end(),
            email=self._get_badge_email(),
            status=status.entry(*self._get_status_place()),
        )

    def _get_end(self):
        """Return the end of the last valid day, where the district is, or None."""
        if not self.expires_on:
            return None
        zone = ZoneInfo(self.company_id.partner_id.tz or "UTC")
        return datetime.combine(self.expires_on + timedelta(days=1), time(), zone)

    def _get_badge_email(self):
        """Return the holder's e-mail address for its hash; never a child's."""
        if self.student_id.learner_type == "pupil":
            return ""
        return self.student_id.partner_id.email_normalized or ""

    def _get_status_place(self):
        """Return the address of the status list and the position in it.

        Every certificate of the database has a position of its own, so that none has to
        be given out and two lists never share one.
        """
        number, index = divmod(self.id, status.LIST_BITS)
        return self.issuer_id._get_url("status", number), index
