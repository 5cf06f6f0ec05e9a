from odoo import fields, models

from ..disclosing import Party, Request

MEDIA = [
    ("view", "Looked at here"),
    ("copy", "Copy on paper"),
    ("export", "File"),
    ("oral", "Told"),
    ("api", "Interface"),
]
IDENTITY_METHODS = [
    ("known", "Known in person"),
    ("badge", "Official badge, called back at the agency"),
    ("photo_id", "Photo identity document"),
    ("signed_in", "Signed in"),
    ("letterhead", "Letter, called back at the published number"),
    ("contract", "Named in the agreement"),
]


class GrDisclosureFactsMixin(models.AbstractModel):
    """What is asked and what is written down: the same for dialogue and log."""

    _name = "gr.disclosure.facts.mixin"
    _description = "Facts of a Disclosure"

    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    requested_at = fields.Datetime(
        "Asked on", required=True, default=lambda self: fields.Datetime.now()
    )
    party_name = fields.Char("Person", required=True, help="Who asked or received")
    party_organization = fields.Char("Organization")
    party_kind_id = fields.Many2one(
        "gr.party.kind", string="Kind of Party", required=True, ondelete="restrict"
    )
    legitimate_interest = fields.Text(
        help="Why this party may know it (34 CFR 99.32(a)(3)(ii))"
    )
    basis_id = fields.Many2one(
        "gr.disclosure.basis", required=True, ondelete="restrict"
    )
    purpose_id = fields.Many2one(
        "gr.consent.purpose", string="Consent to", ondelete="restrict"
    )
    record_category_ids = fields.Many2many("gr.record.category", string="Records")
    directory_category_ids = fields.Many2many(
        "gr.directory.category", string="Directory Information"
    )
    records = fields.Char("In Detail", help="Which documents, which dates")
    medium = fields.Selection(MEDIA, required=True, default="copy")
    circumstances = fields.Text(
        "Place and Circumstances", help="5 CCR 435: reason, time and circumstances"
    )
    identity_method = fields.Selection(
        IDENTITY_METHODS, "Identity Verified by", help="34 CFR 99.31(c)"
    )
    court_document = fields.Binary("Order or Subpoena", attachment=True)
    court_document_name = fields.Char()
    agreement = fields.Binary("Written Agreement", attachment=True)
    agreement_name = fields.Char()
    certification = fields.Binary(attachment=True)
    certification_name = fields.Char()
    threat = fields.Text(
        "Articulable and Significant Threat", help="34 CFR 99.32(a)(5)"
    )
    advance_notice_on = fields.Date("Family Was Told in Advance on")
    redisclosure = fields.Text(
        "May Pass It on to",
        help="Parties and their interests (34 CFR 99.32(b)(1), 99.33(b))",
    )
    language_id = fields.Many2one("gr.language", string="Language of the Letter")

    def _as_request(self, day):
        """Return the request as the engine reads it."""
        self.ensure_one()
        kind = self.party_kind_id
        return Request(
            basis=self.basis_id._as_basis(),
            party=Party(
                kind.code, kind.is_barred, kind.is_court_only, kind.is_for_profit
            ),
            day=day,
            interest=bool(self.legitimate_interest),
            identified=bool(self.identity_method),
            court_document=bool(self.court_document),
            agreement=bool(self.agreement),
            certification=bool(self.certification),
            threat=bool(self.threat),
            purpose=bool(self.purpose_id),
            noticed_on=self.advance_notice_on or None,
            directory=frozenset(self.directory_category_ids.mapped("code")),
        )
