from odoo import fields, models

from ..disclosing import Basis


class GrDisclosureBasis(models.Model):
    """Why the law lets records go to a party without, or with, the family's consent."""

    _name = "gr.disclosure.basis"
    _description = "Basis of Disclosure"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    authority = fields.Char(required=True)
    party_kind_ids = fields.Many2many(
        "gr.party.kind", string="Only for", help="Empty: for any party"
    )
    by_consent = fields.Boolean("Needs the Family's Consent")
    is_directory = fields.Boolean("Directory Information Only")
    needs_identity = fields.Boolean("Identity Is Verified", default=True)
    needs_court_document = fields.Boolean("Needs a Judge's Order or Subpoena")
    needs_agreement = fields.Boolean("Needs a Written Agreement")
    needs_certification = fields.Boolean("Needs a Written Certification")
    needs_threat = fields.Boolean("Needs an Articulable, Significant Threat")
    notice_days = fields.Integer("Family Is Told in Advance (days)")
    notice_authority = fields.Char("Advance Notice by")
    inform_hours = fields.Integer("Family Is Told Afterwards Within (hours)")
    inform_authority = fields.Char("Telling Afterwards by")
    is_statutory = fields.Boolean(
        "The Law Requires This Entry",
        default=True,
        help="Others are exempt (34 CFR 99.32(d), EC 49064) and logged all the same",
    )
    limits_redisclosure = fields.Boolean(
        "The Letter of 99.33 Goes with It",
        default=True,
        help="The party is told that it may not pass the records on (34 CFR 99.33(d))",
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "This basis exists already.")

    def _as_basis(self):
        """Return what it asks for, as the engine reads it."""
        self.ensure_one()
        return Basis(
            by_consent=self.by_consent,
            is_directory=self.is_directory,
            needs_identity=self.needs_identity,
            needs_court_document=self.needs_court_document,
            needs_agreement=self.needs_agreement,
            needs_certification=self.needs_certification,
            needs_threat=self.needs_threat,
            notice_days=self.notice_days,
            party_kinds=frozenset(self.party_kind_ids.mapped("code")),
        )
