from odoo import api, fields, models

from odoo.addons.harvest_crypto import keyring
from odoo.addons.harvest_crypto.blind_index import fingerprint, fingerprints

PLACE = "gr.external.suppression,digest"


class GrExternalSuppression(models.Model):
    """An object of a district's system that must not come back by itself.

    Who was erased is known by a keyed fingerprint of the external id alone, so that the
    next roster can be recognized and nobody can be read from here.
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
        key_id = keyring.ensure().active
        for ref in refs.sudo():
            text = self._join(ref.source, ref.tenant, ref.kind, ref.external_id)
            if not rows.search_count([("digest", "in", fingerprints([text], PLACE))]):
                rows.create(
                    {
                        "company_id": ref.company_id.id,
                        "digest": fingerprint(text, key_id, PLACE),
                        "kind": ref.kind,
                        "reason": reason,
                    }
                )

    @api.model
    def _find_suppressed(self, district, source, tenant, kind, external_ids):
        """Return ``{external id: suppression}`` of those that must not come back."""
        rows = self.sudo().search([("company_id", "=", district.id)])  # sudo: a check
        by_digest = {row.digest: row for row in rows}
        return {
            external_id: by_digest[digest]
            for external_id in external_ids
            if by_digest
            for digest in fingerprints(
                [self._join(source, tenant, kind, external_id)], PLACE
            )
            if digest in by_digest
        }

    @api.model
    def _join(self, *parts):
        return "\0".join(map(str, parts))
