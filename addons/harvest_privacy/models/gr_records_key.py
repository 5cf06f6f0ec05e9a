from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.harvest_crypto.fields import SealedText

from .. import archive_signing


class GrRecordsKey(models.Model):
    """The key a district signs archives with; its public half is published.

    The private half is sealed by the key ring, so the database alone signs nothing.
    """

    _name = "gr.records.key"
    _description = "Signing Key of Archives"
    _inherit = ["gr.guarded.mixin"]
    _order = "id desc"
    _rec_name = "fingerprint"
    _guarded = frozenset({"public_pem", "fingerprint", "private_sealed"})

    company_id = fields.Many2one(
        "res.company", string="District", required=True, index=True, readonly=True
    )
    fingerprint = fields.Char(
        readonly=True, help="SHA-256 of the public key, as readers compare it"
    )
    public_pem = fields.Text("Public Key", readonly=True)
    private_sealed = SealedText(groups=fields.NO_ACCESS, copy=False)
    create_date = fields.Datetime("In Use since", readonly=True)
    active = fields.Boolean(default=True, help="Off: a newer key signs")

    _company_uniq = models.UniqueIndex(
        "(company_id) WHERE active", "This district has a signing key already."
    )

    @api.model
    def _get_for(self, district):
        """Return the district's key in force (sudoed), made on first need."""
        # sudo: the key belongs to nobody; callers sign what they may read
        keys = self.sudo()
        self.env.execute_query(
            SQL(
                "SELECT id FROM res_company WHERE id = %s FOR NO KEY UPDATE",
                district.id,
            )
        )
        found = keys.search([("company_id", "=", district.id)], limit=1)
        return found or keys._make(district)

    @api.model
    def _make(self, district):
        private = archive_signing.generate()
        public = archive_signing.public_pem(private)
        return self.create(
            {
                "company_id": district.id,
                "public_pem": public,
                "fingerprint": archive_signing.thumbprint(public),
                "private_sealed": private,
            }
        )

    def _get_private(self):
        """Return the private key as PEM text; keep it in no record and no log."""
        self.ensure_one()
        # sudo: nobody's to read but this method's
        return self.sudo().private_sealed
