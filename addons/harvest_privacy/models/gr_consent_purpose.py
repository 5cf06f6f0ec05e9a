from odoo import api, fields, models
from odoo.fields import Domain

from ..standing import ONE_SUFFICES, REFUSAL_HOLDS


class GrConsentPurpose(models.Model):
    """What families are asked to allow, by which law, and what a no does.

    One without a district is everybody's; a district's own with the same code comes
    before it.
    """

    _name = "gr.consent.purpose"
    _description = "Purpose of Consent"
    _inherit = ["gr.guarded.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="What programs ask for")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: for every district",
    )
    description = fields.Text(translate=True, required=True)
    authority = fields.Char("Legal Basis", required=True)
    months = fields.Integer(
        "Holds for (months)", help="Default end of a consent. 0: until withdrawn"
    )
    disagreement = fields.Selection(
        [
            (REFUSAL_HOLDS, "Nothing is allowed until they agree"),
            (ONE_SUFFICES, "One parent is enough"),
        ],
        string="If Parents Disagree",
        required=True,
        default=REFUSAL_HOLDS,
        help="Either parent may act alone unless a court requires both (Family Code"
        " 3083). The stricter choice is the district's to make, and the default.",
    )
    disagreement_authority = fields.Char(
        "By Which Rule", required=True, default="Family Code 3083; district's policy"
    )
    withdrawal_effect = fields.Text(
        "What a Withdrawal Does", translate=True, required=True
    )
    text_sample = fields.Html(
        "Sample Text", translate=True, help="A first draft for the district's own text"
    )
    text_ids = fields.One2many("gr.consent.text", "purpose_id", string="Texts")
    missing_count = fields.Integer(
        "Not Asked or No Answer", compute="_compute_missing_count"
    )

    _code_uniq = models.UniqueIndex(
        "(code, company_id) NULLS NOT DISTINCT",
        "There is a purpose with this code already.",
    )

    def _compute_missing_count(self):
        for purpose in self:
            domain = purpose._get_missing_domain()
            purpose.missing_count = self.env["gr.student"].search_count(domain)

    def _get_missing_domain(self):
        """Return the domain of pupils in school for whom nobody has decided."""
        return (
            Domain("learner_type", "=", "pupil")
            & Domain("site_id", "!=", False)
            & Domain("company_id", "in", (self.company_id or self.env.companies).ids)
            & Domain(
                "consent_standing_ids", "not any", [("purpose_id", "in", self.ids)]
            )
        )

    @api.model
    def _find(self, code, company):
        """Return the district's purpose with this code, or the general one."""
        found = self.sudo().search(  # purposes are no secret: programs ask
            Domain("code", "=", code) & Domain("company_id", "in", [False, company.id])
        )
        return found.sorted(lambda purpose: not purpose.company_id)[:1]

    def _get_least_version(self, company, day):
        """Return the oldest text version whose consents still count on ``day``."""
        self.ensure_one()
        texts = self.env["gr.consent.text"].sudo()  # public texts
        found = texts.search(
            Domain("purpose_id", "=", self.id)
            & Domain("company_id", "=", company.id)
            & Domain("asks_anew", "=", True)
            & Domain("published_on", "<=", day),
            order="version desc",
            limit=1,
        )
        return found.version

    def action_view_missing(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_base.gr_student_action"
        )
        return action | {
            "domain": list(self._get_missing_domain()),
            "context": {},
            "name": self.env._("No answer: %s", self.name),
        }
