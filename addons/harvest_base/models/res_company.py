import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.harvest_crypto.fields import SealedChar


class ResCompany(models.Model):
    """A company is a school district (or another local education agency)."""

    _inherit = "res.company"

    gr_nces_code = fields.Char(
        string="NCES District ID", help="Seven digits, from the federal directory"
    )
    gr_cds_code = fields.Char(
        string="County-District Code",
        help="Seven digits: two for the county, five for the district",
    )
    gr_county = fields.Char(string="County")
    gr_jurisdiction = fields.Char(
        string="Jurisdiction",
        default="US-CA",
        help="Whose law applies, as ISO 3166-2. Chooses the rules in force.",
    )
    gr_sis = fields.Selection(
        [
            ("synergy", "Edupoint Synergy"),
            ("powerschool", "PowerSchool"),
            ("infinite_campus", "Infinite Campus"),
            ("skyward", "Skyward"),
            ("aeries", "Aeries"),
            ("other", "Another system"),
        ],
        string="Student Information System",
    )
    gr_employer_kind = fields.Selection(
        [
            ("public_lea", "Public local education agency"),
            ("private_contractor", "Private contractor"),
        ],
        string="Employer",
        default="public_lea",
        help="Labor, breach and children's privacy laws differ between the two.",
    )
    # With it external ids of the erased are recognized; see gr.external.suppression.
    gr_suppression_secret = SealedChar(groups=fields.NO_ACCESS, copy=False)
    gr_site_ids = fields.One2many("gr.site", "company_id", string="Sites")

    @api.constrains("gr_nces_code", "gr_cds_code")
    def _check_gr_codes(self):
        for company in self:
            for code in (company.gr_nces_code, company.gr_cds_code):
                if code and not re.fullmatch(r"\d{7}", code):
                    raise ValidationError(
                        self.env._("“%(code)s” is not a seven-digit code.", code=code)
                    )
