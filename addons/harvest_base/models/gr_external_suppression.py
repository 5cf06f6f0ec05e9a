import base64
import hashlib
import hmac
import secrets

from odoo import api, fields, models
from odoo.tools import SQL


class GrExternalSuppression(models.Model):
    """An object of a district's system that must not come back by itself.

    Who was erased is known by a keyed fingerprint of the external id alone, so that the
    next roster can be recognized and nobody can be read from here. The key is a secret
    of the district, itself sealed: it stays the same when the key ring is rotated,
    because what it was made from is gone and cannot be fingerprinted again.
    """

    _name = "gr.external.suppression"
    _description = "Suppressed External Reference"
    _order = "id desc"
    _rec_name = "reason"

    company_id = fields.Many2one(
        "res.company", string="District", required=True, index=True, readonly=True
    )
    digest = fields.Char(required=True, readonly=True, index=True)
    kind = fields.Char(required=True, readonly=True, help="Which kind of object")
    reason = fields.Char(required=True, readonly=True, help="The case it belongs to")
    create_date = fields.Datetime("Since", readonly=True)

    _digest_uniq = models.Constraint("UNIQUE (digest)", "This is suppressed already.")

    @api.model
    def _suppress(self, refs, reason):
        """Remember external references by their fingerprints.

        :param refs: ``gr.external.ref`` records
        """
        # sudo: made by the case that erases, which checked who asks
        rows = self.sudo()
        for ref in refs.sudo():
            secret = self._get_secret(ref.company_id)
            digest = _digest(secret, ref.source, ref.tenant, ref.kind, ref.external_id)
            if not rows.search_count([("digest", "=", digest)]):
                rows.create(
                    {
                        "company_id": ref.company_id.id,
                        "digest": digest,
                        "kind": ref.kind,
                        "reason": reason,
                    }
                )

    @api.model
    def _find_suppressed(self, district, source, tenant, kind, external_ids):
        """Return ``{external id: suppression}`` of those that must not come back."""
        rows = self.sudo().search([("company_id", "=", district.id)])  # sudo: a check
        if not rows:
            return {}
        secret = self._get_secret(district)
        by_digest = {row.digest: row for row in rows}
        return {
            external_id: by_digest[digest]
            for external_id in external_ids
            if (digest := _digest(secret, source, tenant, kind, external_id))
            in by_digest
        }

    @api.model
    def _get_secret(self, district):
        """Return the district's secret; made on first need."""
        company = district.sudo()  # sudo: nobody's to read
        if not company.gr_suppression_secret:
            # Two cases at once must not make two: the second is tried again by Odoo.
            self.env.execute_query(
                SQL("SELECT id FROM res_company WHERE id = %s FOR UPDATE", district.id)
            )
            company.gr_suppression_secret = secrets.token_urlsafe(32)
        return company.gr_suppression_secret


def _digest(secret: str, *parts: str) -> str:
    """HMAC-SHA256 of an external reference, 44 characters of base64."""
    text = "\0".join(map(str, parts))
    return base64.b64encode(
        hmac.digest(secret.encode(), text.encode(), hashlib.sha256)
    ).decode()
